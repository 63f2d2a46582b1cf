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
import java.util.function.IntSupplier;

import org.aopalliance.aop.Advice;

import org.springframework.aop.Pointcut;
import org.springframework.aop.support.AbstractPointcutAdvisor;
import org.springframework.aop.support.StaticMethodMatcherPointcut;

/**
 * Puts the {@link RedLockedInterceptor} before every
 * {@link io.github.redlock.RedLocked @RedLocked} method.
 *
 * @since 0.1.0
 */
public class RedLockedAdvisor extends AbstractPointcutAdvisor {

	private final transient Pointcut pointcut = new LockedMethodsPointcut();

	private final transient RedLockedInterceptor interceptor;

	private final transient IntSupplier order;

	/**
	 * Create an advisor.
	 * @param interceptor the advice
	 * @param order supplies the order among the advice of a method when it is first
	 * needed
	 */
	public RedLockedAdvisor(RedLockedInterceptor interceptor, IntSupplier order) {
		this.interceptor = interceptor;
		this.order = order;
	}

	@Override
	public int getOrder() {
		return this.order.getAsInt();
	}

	@Override
	public Pointcut getPointcut() {
		return this.pointcut;
	}

	@Override
	public Advice getAdvice() {
		return this.interceptor;
	}

	private static final class LockedMethodsPointcut extends StaticMethodMatcherPointcut {

		private LockedMethodsPointcut() {
			setClassFilter(LockedMethods::isCandidate);
		}

		@Override
		public boolean matches(Method method, Class<?> targetClass) {
			return LockedMethods.isLocked(method, targetClass);
		}

	}

}
