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
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import io.github.redlock.RedLocked;

import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.config.SingletonBeanRegistry;
import org.springframework.core.PriorityOrdered;
import org.springframework.util.function.SingletonSupplier;

/**
 * Checks the {@link RedLocked @RedLocked} methods of all beans where proxies guard them,
 * and at the end of the start that there is a proxy. It comes before what makes proxies,
 * to see also the beans that are made too early for that.
 *
 * @since 0.1.0
 */
public class ProxiedMethodsChecker extends LockedMethodsChecker implements PriorityOrdered, SmartInitializingSingleton {

	private final SingletonBeanRegistry beans;

	private final Map<String, Found> found = new ConcurrentHashMap<>();

	private volatile boolean started;

	/**
	 * Create a checker.
	 * @param methods supplies the cache of resolved methods when it is first needed
	 * @param beans has the beans as they are used
	 */
	public ProxiedMethodsChecker(SingletonSupplier<LockedMethods> methods, SingletonBeanRegistry beans) {
		super(methods);
		this.beans = beans;
	}

	@Override
	public int getOrder() {
		return LOWEST_PRECEDENCE;
	}

	@Override
	void checkGuarded(LockedMethod locked, Method method) {
		if (!isInterceptable(method)) {
			throw unguarded(locked, method,
					"Let the method be neither private nor static nor final, or have AspectJ weave it and set the property 'redlock.aspect.mode' to 'aspectj'.");
		}
	}

	private static boolean isInterceptable(Method method) {
		// those of a proxy are final, but another one can stand before it
		return Proxy.isProxyClass(method.getDeclaringClass()) || !Modifier.isPrivate(method.getModifiers())
				&& !Modifier.isStatic(method.getModifiers()) && !Modifier.isFinal(method.getModifiers());
	}

	@Override
	void found(LockedMethod locked, Object bean, String beanName) {
		if (!this.started) {
			this.found.put(beanName, new Found(locked, bean));
		}
	}

	@Override
	public void afterSingletonsInstantiated() {
		this.started = true;
		this.found.forEach((beanName, found) -> {
			if (this.beans.getSingleton(beanName) == found.bean()) {
				throw new InvalidRedLockedException(found.method().toString(), "bean", beanName,
						"made before Spring makes proxies: the method would run without its lock",
						"Let nothing that Spring needs so early depend on this bean: have a BeanPostProcessor take it by an ObjectProvider, and declare the method of its bean static.",
						null);
			}
		});
		this.found.clear();
	}

	/**
	 * A bean as it was before anything could stand before it.
	 *
	 * @param method a locked method of it
	 * @param bean the bean
	 */
	private record Found(LockedMethod method, Object bean) {

	}

}
