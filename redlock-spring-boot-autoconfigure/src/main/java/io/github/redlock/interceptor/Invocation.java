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

import org.jspecify.annotations.Nullable;

/**
 * A call of a locked method that has not run yet.
 */
interface Invocation {

	/**
	 * Return the bean.
	 * @return the target, or {@code null} if the method is static
	 */
	@Nullable Object target();

	/**
	 * Return the arguments.
	 * @return the arguments in the order of the parameters
	 */
	@Nullable Object[] arguments();

	/**
	 * Run the method, the advice that is nearer to it included. To be called on any
	 * thread, and as often as the method is to run.
	 * @return what it returns
	 * @throws Throwable what it throws
	 */
	@Nullable Object proceed() throws Throwable;

}
