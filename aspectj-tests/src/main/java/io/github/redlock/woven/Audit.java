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

package io.github.redlock.woven;

import java.util.concurrent.atomic.AtomicReference;

import io.github.redlock.Lease;
import org.aspectj.lang.ProceedingJoinPoint;
import org.aspectj.lang.annotation.Around;
import org.aspectj.lang.annotation.Aspect;
import org.jspecify.annotations.Nullable;

/**
 * Another aspect of the same methods, as that of transactions is.
 */
@Aspect
public class Audit {

	static final AtomicReference<Lease> SEEN = new AtomicReference<>();

	/**
	 * Note the lease that is there around the method.
	 * @param joinPoint the call
	 * @return what the method returns
	 * @throws Throwable what it throws
	 */
	@Around("execution(* io.github.redlock.woven.Till.pay*(..)) && @annotation(io.github.redlock.RedLocked)")
	public @Nullable Object note(ProceedingJoinPoint joinPoint) throws Throwable {
		SEEN.set(Lease.current());
		return joinPoint.proceed();
	}

}
