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

import java.util.List;
import java.util.concurrent.Callable;

import io.github.redlock.RedLockClient;
import io.github.redlock.RedLockClient.LockSpec;
import io.github.redlock.RedLockException;
import org.jspecify.annotations.Nullable;

/**
 * One call of a locked method, for the {@link Execution} of its return type.
 *
 * @param method what is known of the method
 * @param invocation the call
 * @param client takes the lock
 * @param run takes it where the method is done when it returns
 */
record LockedCall(LockedMethod method, Invocation invocation, RedLockClient client, LockedRun run) {

	/**
	 * Describe the lock of this call.
	 * @return the lock as it is wanted
	 * @throws IllegalArgumentException if a key is null or empty, or cannot be derived
	 */
	LockSpec lock() {
		return lock(keys());
	}

	private LockSpec lock(List<String> keys) {
		return this.method.apply(this.client.lock(keys));
	}

	private List<String> keys() {
		return this.method.keys().of(this.invocation.target(), this.invocation.arguments());
	}

	/**
	 * Take the lock, and run under it what is done when it returns.
	 * @param body what to run
	 * @return the result of the body
	 * @throws Exception what the body throws, or why the lock cannot be had
	 */
	@Nullable Object underLock(Callable<@Nullable Object> body) throws Exception {
		List<String> keys = keys();
		return this.run.call(this.method.method(), this.method.targetClass(), keys, lock(keys), body);
	}

	/**
	 * Run the method.
	 * @return what it returns
	 * @throws Exception what it throws
	 */
	@Nullable Object proceed() throws Exception {
		try {
			return this.invocation.proceed();
		}
		catch (Exception | Error ex) {
			throw ex;
		}
		catch (Throwable ex) {
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * Return whether something takes the place of a method that cannot have its lock.
	 * @param failure why it cannot have it
	 * @return whether {@link #instead} may be called
	 */
	boolean hasInstead(Throwable failure) {
		return this.method.instead().accepts(failure);
	}

	/**
	 * Do what takes the place of the method.
	 * @param failure why it cannot have its lock
	 * @return the result, of the method's return type; {@code null} also for an empty one
	 * of an asynchronous type
	 * @throws Exception what the fallback throws
	 */
	@Nullable Object instead(RedLockException failure) throws Exception {
		return this.method.instead().apply(this.invocation, failure);
	}

}
