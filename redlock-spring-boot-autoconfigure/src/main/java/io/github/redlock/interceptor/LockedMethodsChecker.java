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
import java.lang.reflect.Proxy;
import java.util.Arrays;
import java.util.Set;
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
 *
 * @since 0.1.0
 */
public class LockedMethodsChecker implements BeanPostProcessor {

	private final SingletonSupplier<LockedMethods> methods;

	private final boolean woven;

	private final Set<Class<?>> checked = ConcurrentHashMap.newKeySet();

	/**
	 * Create a checker.
	 * @param methods supplies the cache of resolved methods when it is first needed
	 * @param woven whether AspectJ guards the methods, and not proxies
	 */
	public LockedMethodsChecker(SingletonSupplier<LockedMethods> methods, boolean woven) {
		this.methods = methods;
		this.woven = woven;
	}

	@Override
	public Object postProcessBeforeInitialization(Object bean, String beanName) {
		Class<?> type = AopUtils.getTargetClass(bean);
		if (this.checked.add(type) && LockedMethods.isCandidate(type)) {
			ReflectionUtils.doWithMethods(type, (method) -> check(method, type),
					(method) -> !method.isSynthetic() && !method.isBridge());
			for (Class<?> implemented : ClassUtils.getAllInterfacesForClass(type)) {
				ReflectionUtils.doWithLocalMethods(implemented, (method) -> checkNotInherited(method, type));
			}
		}
		return bean;
	}

	private void checkNotInherited(Method method, Class<?> type) {
		if (!method.isSynthetic()
				&& (Modifier.isPrivate(method.getModifiers()) || Modifier.isStatic(method.getModifiers()))) {
			check(method, type);
		}
	}

	private void check(Method method, Class<?> type) {
		boolean specific = AopUtils.getMostSpecificMethod(method, type).equals(method);
		if (specific && LockedMethods.isLocked(method, type)) {
			LockedMethod locked = this.methods.obtain().get(method, type);
			if (this.woven && !isWoven(method)) {
				throw unguarded(locked, method,
						"Have AspectJ weave the class, and put the annotation on this method itself or on its class; or remove the property 'redlock.aspect.mode'.");
			}
			if (!this.woven && !isInterceptable(method)) {
				throw unguarded(locked, method,
						"Let the method be neither private nor static nor final, or have AspectJ weave it and set the property 'redlock.aspect.mode' to 'aspectj'.");
			}
		}
	}

	private static InvalidRedLockedException unguarded(LockedMethod locked, Method method, String mend) {
		return new InvalidRedLockedException(locked.toString(), "declaration", method.toGenericString(),
				"not one that can be guarded: it would run without its lock", mend, null);
	}

	private static boolean isInterceptable(Method method) {
		// those of a proxy are final, but another one can stand before it
		return Proxy.isProxyClass(method.getDeclaringClass()) || !Modifier.isPrivate(method.getModifiers())
				&& !Modifier.isStatic(method.getModifiers()) && !Modifier.isFinal(method.getModifiers());
	}

	private static boolean isWoven(Method method) {
		// the weaver moves what was in the method into one of such a name
		return Arrays.stream(method.getDeclaringClass().getDeclaredMethods())
			.anyMatch((each) -> each.getName().startsWith(method.getName() + "_aroundBody"));
	}

}
