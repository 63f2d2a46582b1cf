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
import java.util.function.Supplier;

import io.github.redlock.RedLockClient;
import org.aopalliance.intercept.MethodInterceptor;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;

import org.springframework.aop.ProxyMethodInvocation;
import org.springframework.aop.interceptor.ExposeInvocationInterceptor;
import org.springframework.aop.support.AopUtils;

/**
 * Runs {@link io.github.redlock.RedLocked @RedLocked} methods under their lock, as the
 * advice of proxies or for the {@link RedLockedAspect}.
 *
 * @since 0.1.0
 */
public class RedLockedInterceptor implements MethodInterceptor {

	private final Known<RedLockClient> client;

	private final Known<LockedMethods> methods;

	private final Known<LockedRun> run;

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
		this.client = new Known<>(client);
		this.methods = new Known<>(methods);
		this.run = new Known<>(run);
	}

	@Override
	public @Nullable Object invoke(MethodInvocation invocation) throws Throwable {
		return invoke(invocation.getMethod(), new ProxyInvocation((ProxyMethodInvocation) invocation));
	}

	/**
	 * Run a method under its lock.
	 * @param method the method, annotated or covered by an annotation
	 * @param invocation the call
	 * @return what the caller gets
	 * @throws Throwable what the caller gets instead
	 */
	@Nullable Object invoke(Method method, Invocation invocation) throws Throwable {
		Object target = invocation.target();
		Class<?> targetClass = (target != null) ? AopUtils.getTargetClass(target) : method.getDeclaringClass();
		LockedMethod locked = this.methods.get().get(method, targetClass);
		return locked.execution().run(new LockedCall(locked, invocation, this.client.get(), this.run.get()));
	}

	/**
	 * What is supplied once it is needed, always the same. Without a lock, on which an
	 * event loop could wait.
	 */
	private static final class Known<T> {

		private final Supplier<T> supplier;

		private volatile @Nullable T value;

		private Known(Supplier<T> supplier) {
			this.supplier = supplier;
		}

		private T get() {
			T known = this.value;
			if (known == null) {
				known = this.supplier.get();
				this.value = known;
			}
			return known;
		}

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
