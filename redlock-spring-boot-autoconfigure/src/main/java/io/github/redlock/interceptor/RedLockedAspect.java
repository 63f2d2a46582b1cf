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
import java.util.ArrayDeque;
import java.util.Deque;

import org.aspectj.lang.ProceedingJoinPoint;
import org.aspectj.lang.annotation.Around;
import org.aspectj.lang.annotation.Aspect;
import org.aspectj.lang.annotation.DeclarePrecedence;
import org.aspectj.lang.reflect.MethodSignature;
import org.jspecify.annotations.Nullable;

/**
 * What AspectJ weaves into classes with {@link io.github.redlock.RedLocked @RedLocked}
 * methods, so that they are guarded without a proxy too: private ones, and those that
 * another method of the same object calls. AspectJ sees annotations on methods and types,
 * and annotations that are annotated, but not those that a method or a type inherits.
 * <p>
 * Woven methods take their lock once an application with
 * {@code redlock.aspect.mode=aspectj} has started, and are refused when it has ended.
 * Without such an application they run as if they were not woven.
 *
 * @since 0.1.0
 */
@Aspect
@DeclarePrecedence("org.springframework.scheduling.aspectj..*, org.springframework.security..*,"
		+ " io.github.redlock.interceptor.RedLockedAspect, *")
public final class RedLockedAspect {

	// guarded by the class
	private static final Deque<RedLockedInterceptor> bound = new ArrayDeque<>();

	/**
	 * Of several applications in this JVM that of the last one that has not ended.
	 */
	private static volatile @Nullable RedLockedInterceptor current;

	private static volatile boolean everBound;

	static synchronized void bind(RedLockedInterceptor interceptor) {
		bound.push(interceptor);
		current = interceptor;
		everBound = true;
	}

	static synchronized void unbind(RedLockedInterceptor interceptor) {
		bound.remove(interceptor);
		current = bound.peek();
	}

	/**
	 * Run a woven method under its lock.
	 * @param joinPoint the call
	 * @return what the caller gets
	 * @throws Throwable what the caller gets instead
	 */
	@Around("execution(@io.github.redlock.RedLocked * *(..))"
			+ " || execution(@(@io.github.redlock.RedLocked *) * *(..))" + " || (execution(!private !static * *(..))"
			+ " && (within(@io.github.redlock.RedLocked *) || within(@(@io.github.redlock.RedLocked *) *))"
			+ " && !execution(boolean equals(Object)) && !execution(int hashCode()) && !execution(String toString()))")
	public @Nullable Object underLock(ProceedingJoinPoint joinPoint) throws Throwable {
		return invoke(joinPoint);
	}

	// one member, since AspectJ makes accessors for all that an advice uses, each time in
	// another order
	private static @Nullable Object invoke(ProceedingJoinPoint joinPoint) throws Throwable {
		RedLockedInterceptor interceptor = current;
		Method method = ((MethodSignature) joinPoint.getSignature()).getMethod();
		if (interceptor == null) {
			if (everBound) {
				throw new IllegalStateException(
						"The lock of " + method + " cannot be had: the application has ended that took it");
			}
			return joinPoint.proceed();
		}
		return interceptor.invoke(method, new WovenInvocation(joinPoint));
	}

	/**
	 * A call of a woven method.
	 *
	 * @param joinPoint the call
	 */
	private record WovenInvocation(ProceedingJoinPoint joinPoint) implements Invocation {

		@Override
		public @Nullable Object target() {
			return this.joinPoint.getTarget();
		}

		@Override
		public @Nullable Object[] arguments() {
			return this.joinPoint.getArgs();
		}

		@Override
		public @Nullable Object proceed() throws Throwable {
			return this.joinPoint.proceed();
		}

	}

}
