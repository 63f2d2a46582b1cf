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

import io.github.redlock.RedLocked;

import org.springframework.aop.support.AopUtils;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.core.MethodIntrospector;
import org.springframework.core.annotation.AnnotationUtils;
import org.springframework.util.function.SingletonSupplier;

/**
 * Resolves every {@link RedLocked @RedLocked} method when its bean is made, so that a
 * mistake ends the start of the application and not a call at night.
 *
 * @since 0.1.0
 */
public class LockedMethodsChecker implements BeanPostProcessor {

	private final SingletonSupplier<LockedMethods> methods;

	/**
	 * Create a checker.
	 * @param methods supplies the cache of resolved methods when it is first needed
	 */
	public LockedMethodsChecker(SingletonSupplier<LockedMethods> methods) {
		this.methods = methods;
	}

	@Override
	public Object postProcessBeforeInitialization(Object bean, String beanName) {
		Class<?> type = AopUtils.getTargetClass(bean);
		if (AnnotationUtils.isCandidateClass(type, RedLocked.class)) {
			MethodIntrospector
				.selectMethods(type, (Method method) -> !method.isSynthetic() && LockedMethods.isLocked(method, type))
				.forEach((method) -> this.methods.obtain().get(method, type));
		}
		return bean;
	}

}
