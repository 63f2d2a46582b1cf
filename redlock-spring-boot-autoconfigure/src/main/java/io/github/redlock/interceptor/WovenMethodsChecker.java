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
import java.util.Arrays;

import io.github.redlock.RedLocked;

import org.springframework.util.function.SingletonSupplier;

/**
 * Checks the {@link RedLocked @RedLocked} methods of all beans where AspectJ guards them.
 *
 * @since 0.1.0
 */
public class WovenMethodsChecker extends LockedMethodsChecker {

	/**
	 * Create a checker.
	 * @param methods supplies the cache of resolved methods when it is first needed
	 */
	public WovenMethodsChecker(SingletonSupplier<LockedMethods> methods) {
		super(methods);
	}

	@Override
	void checkGuarded(LockedMethod locked, Method method) {
		if (!isWoven(method)) {
			throw unguarded(locked, method,
					"Have AspectJ weave the class, and put the annotation on this method itself or on its class; or remove the property 'redlock.aspect.mode'.");
		}
	}

	private static boolean isWoven(Method method) {
		// the weaver moves what was in the method into one of such a name
		return Arrays.stream(method.getDeclaringClass().getDeclaredMethods())
			.anyMatch((each) -> each.getName().startsWith(method.getName() + "_aroundBody"));
	}

}
