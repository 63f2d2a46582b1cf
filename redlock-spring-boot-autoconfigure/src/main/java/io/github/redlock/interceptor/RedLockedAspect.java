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
import java.util.function.Supplier;

import io.github.redlock.Lease;
import io.github.redlock.LeaseLostException;
import io.github.redlock.LockBusyException;
import io.github.redlock.RedLockClient;
import org.aspectj.lang.ProceedingJoinPoint;
import org.aspectj.lang.annotation.Around;
import org.aspectj.lang.annotation.Aspect;
import org.aspectj.lang.reflect.MethodSignature;
import org.jspecify.annotations.Nullable;

import org.springframework.aop.support.AopUtils;
import org.springframework.core.Ordered;
import org.springframework.util.function.SingletonSupplier;

/**
 * Runs {@link io.github.redlock.RedLocked @RedLocked} methods under their lock.
 *
 * @since 0.1.0
 */
@Aspect
public class RedLockedAspect implements Ordered {

	static final String POINTCUT = "execution(@io.github.redlock.RedLocked * *(..))"
			+ " || execution(@(@io.github.redlock.RedLocked *) * *(..))"
			+ " || (execution(public * *(..)) && (within(@io.github.redlock.RedLocked *)"
			+ " || within(@(@io.github.redlock.RedLocked *) *))"
			+ " && !execution(* toString()) && !execution(* equals(Object)) && !execution(* hashCode()))";

	private final Supplier<RedLockClient> client;

	private final LockedMethods methods;

	private final KeyExpressions expressions;

	private final int order;

	/**
	 * Create an aspect.
	 * @param client supplies the client when it is first needed
	 * @param methods describes the annotated methods
	 * @param expressions evaluates their keys
	 * @param order the order among the advice of a method
	 */
	public RedLockedAspect(Supplier<RedLockClient> client, LockedMethods methods, KeyExpressions expressions,
			int order) {
		this.client = SingletonSupplier.of(client);
		this.methods = methods;
		this.expressions = expressions;
		this.order = order;
	}

	@Override
	public int getOrder() {
		return this.order;
	}

	@Around(POINTCUT)
	@Nullable Object underLock(ProceedingJoinPoint joinPoint) {
		Object target = joinPoint.getTarget();
		Method method = ((MethodSignature) joinPoint.getSignature()).getMethod();
		Class<?> targetClass = (target != null) ? AopUtils.getTargetClass(target) : method.getDeclaringClass();
		LockedMethod locked = this.methods.get(method, targetClass);
		List<String> keys = this.expressions.keys(locked, target, joinPoint.getArgs());
		Body body = new Body(joinPoint, locked.interruptWhenLost());
		try {
			return locked.apply(this.client.get().lock(keys)).call(body);
		}
		catch (LockBusyException ex) {
			if (body.entered || !locked.skipWhenBusy()) {
				throw ex;
			}
			return locked.skippedResult();
		}
		catch (LeaseLostException ex) {
			if (body.interruption != null) {
				ex.addSuppressed(body.interruption);
			}
			throw ex;
		}
	}

	/**
	 * The body of the method.
	 */
	private static final class Body implements Callable<@Nullable Object> {

		private final ProceedingJoinPoint joinPoint;

		private final boolean interruptWhenLost;

		private boolean entered;

		private @Nullable InterruptedException interruption;

		private Body(ProceedingJoinPoint joinPoint, boolean interruptWhenLost) {
			this.joinPoint = joinPoint;
			this.interruptWhenLost = interruptWhenLost;
		}

		@Override
		public @Nullable Object call() throws Exception {
			this.entered = true;
			return this.interruptWhenLost ? proceedUntilLost() : proceed();
		}

		private @Nullable Object proceedUntilLost() throws Exception {
			LossInterrupt interrupt = LossInterrupt.begin();
			try {
				Lease.current().onLost(interrupt::interrupt);
				return proceed();
			}
			catch (InterruptedException ex) {
				if (!interrupt.isSent()) {
					throw ex;
				}
				// the caller gets a LeaseLostException instead, since the lease is lost
				this.interruption = ex;
				return null;
			}
			finally {
				interrupt.end();
			}
		}

		private @Nullable Object proceed() throws Exception {
			try {
				return this.joinPoint.proceed();
			}
			catch (Exception | Error ex) {
				throw ex;
			}
			catch (Throwable ex) {
				throw new IllegalStateException(ex);
			}
		}

	}

}
