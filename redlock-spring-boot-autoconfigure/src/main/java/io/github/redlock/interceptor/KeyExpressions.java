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
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.BaseStream;

import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.context.expression.AnnotatedElementKey;
import org.springframework.context.expression.BeanFactoryResolver;
import org.springframework.context.expression.CachedExpressionEvaluator;
import org.springframework.context.expression.MethodBasedEvaluationContext;
import org.springframework.expression.BeanResolver;
import org.springframework.expression.EvaluationException;
import org.springframework.expression.Expression;
import org.springframework.util.ObjectUtils;

/**
 * Derives the keys of a call from the SpEL expressions of its method, each parsed once.
 *
 * @since 0.1.0
 */
public class KeyExpressions extends CachedExpressionEvaluator {

	private final Map<ExpressionKey, Expression> parsed = new ConcurrentHashMap<>();

	private final BeanResolver beans;

	/**
	 * Create an evaluator.
	 * @param beanFactory where references to beans are looked up
	 */
	public KeyExpressions(BeanFactory beanFactory) {
		this.beans = new BeanFactoryResolver(beanFactory);
	}

	Expression parse(LockedMethod locked, String expression) {
		return getExpression(this.parsed, new AnnotatedElementKey(locked.method(), locked.targetClass()), expression);
	}

	/**
	 * Return what a call locks.
	 * @param locked the method
	 * @param target the bean
	 * @param args the arguments
	 * @return the keys, each preceded by the method's name
	 * @throws IllegalArgumentException if one is null or empty
	 */
	List<String> keys(LockedMethod locked, @Nullable Object target, @Nullable Object[] args) {
		if (locked.keys().isEmpty()) {
			return List.of(locked.name());
		}
		MethodBasedEvaluationContext context = new MethodBasedEvaluationContext(
				new Root(locked.method(), args, target, locked.targetClass()), locked.method(), args,
				getParameterNameDiscoverer());
		context.setBeanResolver(this.beans);
		List<String> keys = new ArrayList<>();
		for (String expression : locked.keys()) {
			for (Object value : elements(evaluate(locked, expression, context))) {
				keys.add(locked.name() + ":" + text(locked, expression, value));
			}
		}
		return keys;
	}

	private @Nullable Object evaluate(LockedMethod locked, String expression, MethodBasedEvaluationContext context) {
		try {
			return parse(locked, expression).getValue(context);
		}
		catch (EvaluationException ex) {
			throw new IllegalArgumentException("The key '%s' of the @RedLocked method %s cannot be evaluated: %s"
				.formatted(expression, locked.describe(), ex.getMessage()), ex);
		}
	}

	private static Collection<?> elements(@Nullable Object value) {
		Collection<?> elements = (value instanceof Collection<?> collection) ? collection
				: Arrays.asList(ObjectUtils.isArray(value) ? ObjectUtils.toObjectArray(value) : new Object[] { value });
		return elements.isEmpty() ? Collections.singletonList(null) : elements;
	}

	private static String text(LockedMethod locked, String expression, @Nullable Object value) {
		String where = "The key '%s' of the @RedLocked method %s is ".formatted(expression, locked.describe());
		if (value == null) {
			throw new IllegalArgumentException(where + "null: without a key, calls cannot be told apart");
		}
		String text = value.toString();
		if (ObjectUtils.isEmpty(value) || text.isBlank()) {
			throw new IllegalArgumentException(where + "empty: without a key, calls cannot be told apart");
		}
		if (value instanceof BaseStream || text.equals(ObjectUtils.identityToString(value))) {
			throw new IllegalArgumentException(where + "a " + value.getClass().getName()
					+ ", without a text of its own: equal ones would have different keys; name a property of it");
		}
		return text;
	}

	/**
	 * What an expression sees as {@code #root}.
	 *
	 * @param method the method
	 * @param args the arguments
	 * @param target the bean
	 * @param targetClass the class of the bean
	 */
	record Root(Method method, @Nullable Object[] args, @Nullable Object target, Class<?> targetClass) {

	}

}
