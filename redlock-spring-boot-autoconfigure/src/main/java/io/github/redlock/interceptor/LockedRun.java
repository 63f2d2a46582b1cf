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

import java.lang.reflect.Method;
import java.util.List;
import java.util.concurrent.Callable;

import io.github.redlock.RedLockClient.LockSpec;
import org.jspecify.annotations.Nullable;

/**
 * Takes the lock of a call, runs its body under it, and sees to it that the lock is given
 * back.
 *
 * @since 0.1.0
 */
@FunctionalInterface
public interface LockedRun {

	/**
	 * Gives the lock back when the body has ended.
	 */
	LockedRun DIRECT = (method, targetClass, keys, lock, body) -> lock.call(body);

	/**
	 * Run a body under a lock.
	 * @param method the most specific method
	 * @param targetClass the class of the bean
	 * @param keys what is locked
	 * @param lock the lock on the keys, ready to be taken
	 * @param body the body of the method
	 * @return the result of the body
	 * @throws Exception what the body throws, or what {@link LockSpec#call(Callable)
	 * taking the lock} throws
	 */
	@Nullable Object call(Method method, Class<?> targetClass, List<String> keys, LockSpec lock, Callable<@Nullable Object> body)
			throws Exception;

}
