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

import java.util.function.Supplier;

import io.github.redlock.RedLockClient;
import org.aopalliance.intercept.MethodInterceptor;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;

import org.springframework.aop.ProxyMethodInvocation;
import org.springframework.aop.interceptor.ExposeInvocationInterceptor;
import org.springframework.aop.support.AopUtils;

/**
 * Runs {@link io.github.redlock.RedLocked @RedLocked} methods of proxies under their
 * lock.
 *
 * @since 0.1.0
 */
public class RedLockedInterceptor implements MethodInterceptor {

	private final Supplier<RedLockClient> clientSupplier;

	private final Supplier<LockedMethods> methodsSupplier;

	private final Supplier<LockedRun> runSupplier;

	// without a lock, on which an event loop could wait: what is supplied is always the
	// same
	private volatile @Nullable RedLockClient client;

	private volatile @Nullable LockedMethods methods;

	private volatile @Nullable LockedRun run;

	/**
	 * Create an interceptor.
	 * @param client supplies the client when it is first needed
	 * @param methods supplies the description of the annotated methods when it is first
	 * needed
	 * @param run supplies, when it is first needed, what takes the lock of a method that
	 * is done when it returns
	 */
	public RedLockedInterceptor(Supplier<RedLockClient> client, Supplier<LockedMethods> methods,
			Supplier<LockedRun> run) {
		this.clientSupplier = client;
		this.methodsSupplier = methods;
		this.runSupplier = run;
	}

	@Override
	public @Nullable Object invoke(MethodInvocation invocation) throws Throwable {
		Object target = invocation.getThis();
		Class<?> targetClass = (target != null) ? AopUtils.getTargetClass(target)
				: invocation.getMethod().getDeclaringClass();
		LockedMethod method = methods().get(invocation.getMethod(), targetClass);
		return method.execution()
			.run(new LockedCall(method, new ProxyInvocation((ProxyMethodInvocation) invocation), client(), run()));
	}

	private RedLockClient client() {
		RedLockClient known = this.client;
		if (known == null) {
			known = this.clientSupplier.get();
			this.client = known;
		}
		return known;
	}

	private LockedMethods methods() {
		LockedMethods known = this.methods;
		if (known == null) {
			known = this.methodsSupplier.get();
			this.methods = known;
		}
		return known;
	}

	private LockedRun run() {
		LockedRun known = this.run;
		if (known == null) {
			known = this.runSupplier.get();
			this.run = known;
		}
		return known;
	}

	/**
	 * A call of a proxy.
	 *
	 * @param original the call, never proceeded with
	 */
	private record ProxyInvocation(ProxyMethodInvocation original) implements Invocation {

		@Override
		public @Nullable Object target() {
			return this.original.getThis();
		}

		@Override
		public @Nullable Object[] arguments() {
			return this.original.getArguments();
		}

		@Override
		public @Nullable Object proceed() throws Throwable {
			// as the outermost interceptor does, since this can be another thread
			return ExposeInvocationInterceptor.INSTANCE.invoke(this.original.invocableClone());
		}

	}

}
