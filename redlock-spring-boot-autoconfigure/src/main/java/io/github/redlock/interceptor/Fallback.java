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
import java.util.Arrays;
import java.util.List;
import java.util.Set;

import io.github.redlock.LockBusyException;
import io.github.redlock.QuorumUnavailableException;
import io.github.redlock.RedLockException;
import io.github.redlock.RedLocked;
import org.jspecify.annotations.Nullable;

import org.springframework.aop.support.AopUtils;
import org.springframework.core.KotlinDetector;
import org.springframework.core.annotation.MergedAnnotations;
import org.springframework.core.annotation.MergedAnnotations.SearchStrategy;
import org.springframework.util.ClassUtils;
import org.springframework.util.ReflectionUtils;

/**
 * A method of the bean in the place of one that cannot have its lock.
 */
final class Fallback implements Instead {

	private static final Set<Class<?>> FAILURES = Set.of(LockBusyException.class, QuorumUnavailableException.class,
			RedLockException.class);

	private final Method method;

	/** Where the exception goes among the arguments, or -1. */
	private final int position;

	private Fallback(Method method, int position) {
		this.method = method;
		this.position = position;
	}

	/**
	 * Find the fallback of a method.
	 * @param locked the method
	 * @param targetClass the class of the bean
	 * @param name the name of the fallback
	 * @return the fallback
	 * @throws IllegalArgumentException if there is none that fits, or more than one
	 */
	static Fallback find(Method locked, Class<?> targetClass, String name) {
		List<Method> named = new ArrayList<>();
		ReflectionUtils.doWithMethods(targetClass, named::add,
				(method) -> method.getName().equals(name) && !method.equals(locked) && !method.isSynthetic()
						&& isVisible(method, targetClass)
						&& AopUtils.getMostSpecificMethod(method, targetClass).equals(method));
		if (named.isEmpty()) {
			throw new IllegalArgumentException("not the name of another method of this class");
		}
		int position = locked.getParameterCount() - (KotlinDetector.isSuspendingFunction(locked) ? 1 : 0);
		List<Fallback> fitting = new ArrayList<>();
		for (Method method : named) {
			if (Arrays.equals(method.getParameterTypes(), locked.getParameterTypes())) {
				fitting.add(new Fallback(method, -1));
			}
			else if (hasExceptionAt(position, method, locked)) {
				fitting.add(new Fallback(method, position));
			}
		}
		fitting.removeIf((fallback) -> !returnsWhat(locked, fallback.method));
		if (fitting.isEmpty()) {
			throw new IllegalArgumentException("not a method that fits: there is only " + named);
		}
		if (fitting.size() > 1) {
			throw new IllegalArgumentException("not one method only that fits: there are " + named);
		}
		Fallback found = fitting.get(0);
		if (MergedAnnotations.from(found.method, SearchStrategy.TYPE_HIERARCHY).isPresent(RedLocked.class)) {
			throw new IllegalArgumentException("a method with a @RedLocked of its own, but a fallback has no lock");
		}
		return found;
	}

	private static boolean isVisible(Method method, Class<?> targetClass) {
		return !Modifier.isPrivate(method.getModifiers()) || method.getDeclaringClass() == targetClass;
	}

	private static boolean hasExceptionAt(int position, Method method, Method locked) {
		if (method.getParameterCount() != locked.getParameterCount() + 1
				|| !FAILURES.contains(method.getParameterTypes()[position])) {
			return false;
		}
		List<Class<?>> others = new ArrayList<>(Arrays.asList(method.getParameterTypes()));
		others.remove(position);
		return others.equals(Arrays.asList(locked.getParameterTypes()));
	}

	private static boolean returnsWhat(Method locked, Method method) {
		return locked.getReturnType() == void.class
				|| ClassUtils.isAssignable(locked.getReturnType(), method.getReturnType());
	}

	@Override
	public boolean accepts(Throwable failure) {
		if (this.position >= 0) {
			return this.method.getParameterTypes()[this.position].isInstance(failure) && isKnown(failure);
		}
		return isKnown(failure);
	}

	private static boolean isKnown(Throwable failure) {
		return failure instanceof LockBusyException || failure instanceof QuorumUnavailableException;
	}

	@Override
	public @Nullable Object apply(Invocation invocation, RedLockException failure) throws Exception {
		List<@Nullable Object> arguments = new ArrayList<>(Arrays.asList(invocation.arguments()));
		if (this.position >= 0) {
			arguments.add(this.position, failure);
		}
		try {
			return AopUtils.invokeJoinpointUsingReflection(invocation.target(), this.method, arguments.toArray());
		}
		catch (Exception | Error ex) {
			throw ex;
		}
		catch (Throwable ex) {
			throw new IllegalStateException(ex);
		}
	}

}
