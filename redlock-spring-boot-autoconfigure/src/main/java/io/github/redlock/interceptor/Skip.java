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

import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;

import io.github.redlock.LockBusyException;
import io.github.redlock.RedLockException;
import org.jspecify.annotations.Nullable;

/**
 * Nothing at all in the place of a method whose lock is busy.
 *
 * @param result what the caller gets
 */
record Skip(@Nullable Object result) implements Instead {

	private static final Map<Class<?>, Object> EMPTY = Map.of(Optional.class, Optional.empty(), OptionalInt.class,
			OptionalInt.empty(), OptionalLong.class, OptionalLong.empty(), OptionalDouble.class,
			OptionalDouble.empty());

	/**
	 * Create one for a method.
	 * @param returnType the type of its result
	 */
	static Skip returning(Class<?> returnType) {
		return new Skip(EMPTY.get(returnType));
	}

	@Override
	public boolean accepts(Throwable failure) {
		return failure instanceof LockBusyException;
	}

	@Override
	public @Nullable Object apply(Invocation invocation, RedLockException failure) {
		return this.result;
	}

}
