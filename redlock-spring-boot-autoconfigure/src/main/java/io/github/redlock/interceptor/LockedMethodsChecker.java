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
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import io.github.redlock.RedLocked;

import org.springframework.aop.support.AopUtils;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.util.ClassUtils;
import org.springframework.util.ReflectionUtils;
import org.springframework.util.function.SingletonSupplier;

/**
 * Resolves every {@link RedLocked @RedLocked} method when its bean is made, so that a
 * mistake ends the start of the application and not a call at night, and refuses those
 * that would run without their lock.
 */
abstract class LockedMethodsChecker implements BeanPostProcessor {

	private final SingletonSupplier<LockedMethods> methods;

	private final Map<Class<?>, List<LockedMethod>> checked = new ConcurrentHashMap<>();

	/**
	 * Create a checker.
	 * @param methods supplies the cache of resolved methods when it is first needed
	 */
	LockedMethodsChecker(SingletonSupplier<LockedMethods> methods) {
		this.methods = methods;
	}

	@Override
	public Object postProcessBeforeInitialization(Object bean, String beanName) {
		Class<?> type = AopUtils.getTargetClass(bean);
		if (this.checked.putIfAbsent(type, List.of()) == null && LockedMethods.isCandidate(type)) {
			this.checked.put(type, check(type));
		}
		for (LockedMethod locked : this.checked.getOrDefault(type, List.of())) {
			found(locked, bean, beanName);
		}
		return bean;
	}

	private List<LockedMethod> check(Class<?> type) {
		List<LockedMethod> found = new ArrayList<>();
		ReflectionUtils.doWithMethods(type, (method) -> check(method, type, found),
				(method) -> !method.isSynthetic() && !method.isBridge());
		for (Class<?> implemented : ClassUtils.getAllInterfacesForClass(type)) {
			ReflectionUtils.doWithLocalMethods(implemented, (method) -> checkNotInherited(method, type, found));
		}
		return found;
	}

	private void checkNotInherited(Method method, Class<?> type, List<LockedMethod> found) {
		if (!method.isSynthetic()
				&& (Modifier.isPrivate(method.getModifiers()) || Modifier.isStatic(method.getModifiers()))) {
			check(method, type, found);
		}
	}

	private void check(Method method, Class<?> type, List<LockedMethod> found) {
		boolean specific = AopUtils.getMostSpecificMethod(method, type).equals(method);
		if (specific && LockedMethods.isLocked(method, type)) {
			LockedMethod locked = this.methods.obtain().get(method, type);
			checkGuarded(locked, method);
			found.add(locked);
		}
	}

	/**
	 * Refuse a method that would run without its lock.
	 * @param locked what is known of it
	 * @param method the method
	 * @throws InvalidRedLockedException if it would
	 */
	abstract void checkGuarded(LockedMethod locked, Method method);

	/**
	 * Take note of a method that is locked.
	 * @param locked what is known of it
	 * @param bean the bean, not initialized and not a proxy yet
	 * @param beanName its name
	 */
	void found(LockedMethod locked, Object bean, String beanName) {
	}

	static InvalidRedLockedException unguarded(LockedMethod locked, Method method, String mend) {
		return new InvalidRedLockedException(locked.toString(), "declaration", method.toGenericString(),
				"not one that can be guarded: it would run without its lock", mend, null);
	}

}
