/*
 * Copyright 2026 the original author or authors.
 *
 * Licensed under the Apache License, Version 2.0 (the "License");
 * you may not use this file except in compliance with the License.
 * You may obtain a copy of the License at
 *
 *      https://www.apache.org/licenses/LICENSE-2.0
 *
 * Unless required by applicable law or agreed to in writing, software
 * distributed under the License is distributed on an "AS IS" BASIS,
 * WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied.
 * See the License for the specific language governing permissions and
 * limitations under the License.
 */

package io.github.redlock.interceptor;

import io.github.redlock.RedLockException;
import org.jspecify.annotations.Nullable;

/**
 * What takes the place of a method that cannot have its lock.
 */
interface Instead {

	/** The caller gets the exception. */
	Instead NOTHING = new Instead() {

		@Override
		public boolean accepts(Throwable failure) {
			return false;
		}

		@Override
		public @Nullable Object apply(Invocation invocation, RedLockException failure) {
			throw failure;
		}

	};

	/**
	 * Return whether this takes the place of the method.
	 * @param failure why the method cannot have its lock
	 * @return {@code false} if the caller is to get the failure
	 */
	boolean accepts(Throwable failure);

	/**
	 * Take the place of the method.
	 * @param invocation the call
	 * @param failure why the method cannot have its lock, accepted before
	 * @return the result, of the method's return type; {@code null} also for an empty one
	 * of an asynchronous type
	 * @throws Exception what the caller gets
	 */
	@Nullable Object apply(Invocation invocation, RedLockException failure) throws Exception;

}
