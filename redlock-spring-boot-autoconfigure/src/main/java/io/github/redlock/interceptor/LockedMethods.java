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

import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;

import io.github.redlock.RedLocked;
import org.jspecify.annotations.Nullable;

import org.springframework.aop.support.AopUtils;
import org.springframework.beans.factory.config.ConfigurableBeanFactory;
import org.springframework.core.MethodClassKey;
import org.springframework.core.annotation.AnnotationUtils;
import org.springframework.core.annotation.MergedAnnotation;
import org.springframework.core.annotation.MergedAnnotations;
import org.springframework.core.annotation.MergedAnnotations.SearchStrategy;
import org.springframework.util.ClassUtils;
import org.springframework.util.ReflectionUtils;

/**
 * Knows which methods are {@link RedLocked @RedLocked}, and what that says of each,
 * resolved once.
 *
 * @since 0.1.0
 */
public class LockedMethods {

	private static final List<String> SPRING_PACKAGES = List.of("org.springframework.aop.",
			"org.springframework.beans.", "org.springframework.boot.", "org.springframework.context.",
			"org.springframework.core.", "org.springframework.http.", "org.springframework.web.");

	private final Map<MethodClassKey, LockedMethod> resolved = new ConcurrentHashMap<>();

	private final LockedMethodResolver resolver;

	/**
	 * Create an empty cache.
	 * @param beanFactory resolves the placeholders in the attributes and the beans in the
	 * keys
	 * @param durations is given the name and the value of every attribute that is a
	 * duration, and throws an {@link IllegalArgumentException} if it is impossible
	 */
	public LockedMethods(ConfigurableBeanFactory beanFactory, BiConsumer<String, Duration> durations) {
		this.resolver = new LockedMethodResolver(beanFactory, durations);
	}

	/**
	 * Return whether a class may have locked methods: whether the annotation is anywhere
	 * in it or in what it extends and implements. Those of which Spring makes most beans
	 * of an application have none, and are so many that a look at each of their methods
	 * would hold up the start.
	 * @param type the class of the bean
	 * @return whether its methods are worth a look
	 */
	static boolean isCandidate(Class<?> type) {
		try {
			return isDeclaredIn(type);
		}
		catch (RuntimeException | LinkageError ex) {
			// a class that it names is missing; whether that matters, the look shows
			return true;
		}
	}

	private static boolean isDeclaredIn(Class<?> type) {
		if (isOfSpring(type.getName()) || !AnnotationUtils.isCandidateClass(type, RedLocked.class)) {
			return false;
		}
		if (isDeclaredOn(type)) {
			return true;
		}
		for (Method method : ReflectionUtils.getDeclaredMethods(type)) {
			if (isDeclaredOn(method)) {
				return true;
			}
		}
		for (Class<?> implemented : type.getInterfaces()) {
			if (isDeclaredIn(implemented)) {
				return true;
			}
		}
		Class<?> extended = type.getSuperclass();
		return extended != null && isDeclaredIn(extended);
	}

	private static boolean isOfSpring(String name) {
		return name.startsWith("org.springframework.") && SPRING_PACKAGES.stream().anyMatch(name::startsWith);
	}

	private static boolean isDeclaredOn(AnnotatedElement element) {
		return element.getDeclaredAnnotations().length > 0
				&& MergedAnnotations.from(element).isPresent(RedLocked.class);
	}

	/**
	 * Return whether a method of a class is to be locked.
	 * @param method the method
	 * @param targetClass the class of the bean
	 * @return whether the annotation covers it
	 */
	static boolean isLocked(Method method, Class<?> targetClass) {
		return find(method, targetClass) != null;
	}

	/**
	 * Return what is known of a locked method.
	 * @param method the method
	 * @param targetClass the class of the bean
	 * @return the description
	 * @throws InvalidRedLockedException if the method cannot work as it is written
	 */
	LockedMethod get(Method method, Class<?> targetClass) {
		MethodClassKey key = new MethodClassKey(method, targetClass);
		LockedMethod known = this.resolved.get(key);
		return (known != null) ? known : this.resolved.computeIfAbsent(key, (absent) -> resolve(method, targetClass));
	}

	private LockedMethod resolve(Method method, Class<?> targetClass) {
		MergedAnnotation<RedLocked> annotation = find(method, targetClass);
		if (annotation == null) {
			throw new IllegalStateException("No @RedLocked on " + method);
		}
		return this.resolver.resolve(AopUtils.getMostSpecificMethod(method, targetClass), targetClass, annotation);
	}

	/**
	 * Find the annotation that is nearest to a method: on the method itself or one that
	 * it overrides or implements, then on its class, then on those above that.
	 * @param method the method
	 * @param targetClass the class of the bean
	 * @return the annotation, or {@code null} if there is none
	 */
	private static @Nullable MergedAnnotation<RedLocked> find(Method method, Class<?> targetClass) {
		Method specific = AopUtils.getMostSpecificMethod(method, targetClass);
		// the class that has the method need not be the one that implements the interface
		Method implemented = ClassUtils.getInterfaceMethodIfPossible(specific, targetClass);
		MergedAnnotation<RedLocked> found = on(specific);
		if (found == null) {
			found = on(implemented);
		}
		if (found == null && isCoveredByType(specific)) {
			found = onType(specific, specific.getDeclaringClass());
			if (found == null) {
				found = onType(specific, implemented.getDeclaringClass());
			}
			if (found == null) {
				found = onType(specific, method.getDeclaringClass());
			}
		}
		return found;
	}

	// the fallback of a class's methods is one of them
	private static @Nullable MergedAnnotation<RedLocked> onType(Method method, Class<?> type) {
		MergedAnnotation<RedLocked> found = on(type);
		return (found != null && !method.getName().equals(found.getString("fallback"))) ? found : null;
	}

	private static @Nullable MergedAnnotation<RedLocked> on(AnnotatedElement element) {
		MergedAnnotation<RedLocked> annotation = MergedAnnotations.from(element, SearchStrategy.TYPE_HIERARCHY)
			.get(RedLocked.class);
		return annotation.isPresent() ? annotation : null;
	}

	private static boolean isCoveredByType(Method method) {
		return !Modifier.isPrivate(method.getModifiers()) && !Modifier.isStatic(method.getModifiers())
				&& ClassUtils.isUserLevelMethod(method) && !ReflectionUtils.isObjectMethod(method);
	}

}
