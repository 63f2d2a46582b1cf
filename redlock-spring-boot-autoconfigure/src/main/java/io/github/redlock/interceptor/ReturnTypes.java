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
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.Future;
import java.util.stream.BaseStream;

import org.jspecify.annotations.Nullable;

import org.springframework.core.KotlinDetector;
import org.springframework.core.MethodParameter;
import org.springframework.core.ReactiveAdapter;
import org.springframework.core.ReactiveAdapterRegistry;
import org.springframework.util.ClassUtils;

/**
 * Decides by the return type of a method how it is run, and refuses a type of which
 * nobody can tell when the work is done.
 */
final class ReturnTypes {

	private static final boolean REACTOR_PRESENT = isPresent("reactor.core.publisher.Flux");

	private static final boolean COROUTINES_REACTOR_PRESENT = isPresent("kotlinx.coroutines.reactor.MonoKt");

	private static final String FLOW_OF_COROUTINES = "kotlinx.coroutines.flow.Flow";

	private ReturnTypes() {
	}

	private static boolean isPresent(String className) {
		return ClassUtils.isPresent(className, ReturnTypes.class.getClassLoader());
	}

	/**
	 * Choose how a method is run.
	 * @param method the method
	 * @param type what it returns, type variables resolved
	 * @return what runs it
	 * @throws IllegalArgumentException with what to do instead if there is no way
	 */
	static Execution executionOf(Method method, Class<?> type) {
		if (KotlinDetector.isSuspendingFunction(method)) {
			return executionOfSuspending(method);
		}
		if (type == CompletionStage.class || type == CompletableFuture.class) {
			return new StageExecution();
		}
		ReactiveAdapter adapter = adapter(type);
		if (adapter != null && adapter.getReactiveType() == type) {
			if (!REACTOR_PRESENT) {
				throw new IllegalArgumentException("Add io.projectreactor:reactor-core to the class path: "
						+ "reactive types are locked with it.");
			}
			return new ReactiveExecution(adapter, !adapter.isMultiValue());
		}
		refuse(type, adapter);
		return new BlockingExecution();
	}

	private static Execution executionOfSuspending(Method method) {
		if (!REACTOR_PRESENT || !COROUTINES_REACTOR_PRESENT) {
			throw new IllegalArgumentException(
					"Add org.jetbrains.kotlinx:kotlinx-coroutines-reactor to the class path: "
							+ "suspending functions are locked with it.");
		}
		String result = new MethodParameter(method, -1).getParameterType().getName();
		return new ReactiveExecution(null, !FLOW_OF_COROUTINES.equals(result));
	}

	private static @Nullable ReactiveAdapter adapter(Class<?> type) {
		return CompletionStage.class.isAssignableFrom(type) ? null
				: ReactiveAdapterRegistry.getSharedInstance().getAdapter(type);
	}

	private static void refuse(Class<?> type, @Nullable ReactiveAdapter adapter) {
		if (adapter != null) {
			throw new IllegalArgumentException("Return " + adapter.getReactiveType().getName() + ".");
		}
		if (CompletionStage.class.isAssignableFrom(type) || Future.class.isAssignableFrom(type)) {
			throw new IllegalArgumentException("Return java.util.concurrent.CompletableFuture.");
		}
		if (Callable.class.isAssignableFrom(type)) {
			throw new IllegalArgumentException(
					"Return the result itself, or a java.util.concurrent.CompletableFuture.");
		}
		if (BaseStream.class.isAssignableFrom(type)) {
			throw new IllegalArgumentException("Return a java.util.List of the elements, or a reactive type.");
		}
		if (Flow.Publisher.class.isAssignableFrom(type)) {
			throw new IllegalArgumentException("Return a reactive type that is on the class path.");
		}
	}

	/**
	 * Return whether a method can end without a result.
	 * @param type what it returns, a type that is supported
	 * @return {@code false} if there is no empty result
	 */
	static boolean canBeEmpty(Class<?> type) {
		ReactiveAdapter adapter = adapter(type);
		return (adapter != null) ? adapter.supportsEmpty() : !type.isPrimitive() || type == void.class;
	}

}
