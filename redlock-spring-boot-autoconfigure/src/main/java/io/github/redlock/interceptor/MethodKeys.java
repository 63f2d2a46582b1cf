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
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.stream.BaseStream;

import org.jspecify.annotations.Nullable;

import org.springframework.expression.spel.standard.SpelExpression;
import org.springframework.expression.spel.support.StandardEvaluationContext;
import org.springframework.util.ObjectUtils;

/**
 * Derives what a call of one method locks.
 *
 * @param method the method
 * @param targetClass the class of the bean
 * @param name what the keys belong to
 * @param expressions the parsed key expressions, possibly none
 * @param variables the positions of the arguments by the names that expressions use
 * @param shared what all evaluations have in common
 */
record MethodKeys(Method method, Class<?> targetClass, String name, List<SpelExpression> expressions,
		Map<String, Integer> variables, StandardEvaluationContext shared) {

	/**
	 * Return what a call locks.
	 * @param target the bean
	 * @param arguments the arguments
	 * @return the keys, each preceded by the name
	 * @throws IllegalArgumentException if one is null or empty, or cannot be evaluated
	 */
	List<String> of(@Nullable Object target, @Nullable Object[] arguments) {
		if (this.expressions.isEmpty()) {
			return List.of(this.name);
		}
		KeyContext context = new KeyContext(this,
				new KeyContext.Root(this.method, arguments, target, this.targetClass));
		List<String> keys = new ArrayList<>(this.expressions.size());
		for (SpelExpression expression : this.expressions) {
			addAll(keys, expression, withoutOptional(evaluate(expression, context)));
		}
		return keys;
	}

	private @Nullable Object evaluate(SpelExpression expression, KeyContext context) {
		try {
			return expression.getValue(context);
		}
		catch (RuntimeException ex) {
			throw new IllegalArgumentException("The key '%s' of the @RedLocked method %s cannot be evaluated: %s"
				.formatted(expression.getExpressionString(), describe(), ex.getMessage()), ex);
		}
	}

	private static @Nullable Object withoutOptional(@Nullable Object value) {
		if (value instanceof Optional<?> optional) {
			return optional.isPresent() ? optional.get() : "";
		}
		if (value instanceof OptionalInt optional) {
			return optional.isPresent() ? optional.getAsInt() : "";
		}
		if (value instanceof OptionalLong optional) {
			return optional.isPresent() ? optional.getAsLong() : "";
		}
		if (value instanceof OptionalDouble optional) {
			return optional.isPresent() ? optional.getAsDouble() : "";
		}
		return value;
	}

	private void addAll(List<String> keys, SpelExpression expression, @Nullable Object value) {
		if (value instanceof Collection<?> collection) {
			if (collection.isEmpty()) {
				throw invalid(expression, "empty: without a key, calls cannot be told apart");
			}
			collection.forEach((element) -> keys.add(key(expression, element)));
		}
		else if (value instanceof byte[] || value instanceof char[]) {
			throw invalid(expression, "a " + value.getClass().getSimpleName()
					+ ", of which each element would be a key of its own; make one text of it");
		}
		else if (ObjectUtils.isArray(value)) {
			addAll(keys, expression, Arrays.asList(ObjectUtils.toObjectArray(value)));
		}
		else {
			keys.add(key(expression, value));
		}
	}

	private String key(SpelExpression expression, @Nullable Object value) {
		if (value == null) {
			throw invalid(expression, "null: without a key, calls cannot be told apart");
		}
		String text = value.toString();
		if (text.isBlank() || ObjectUtils.isEmpty(value)) {
			throw invalid(expression, "empty: without a key, calls cannot be told apart");
		}
		if (value instanceof BaseStream
				|| (text.indexOf('@') > 0 && text.equals(ObjectUtils.identityToString(value)))) {
			throw invalid(expression, "a " + value.getClass().getName()
					+ ", without a text of its own: equal ones would have different keys; name a property of it");
		}
		return this.name + ":" + text;
	}

	private IllegalArgumentException invalid(SpelExpression expression, String reason) {
		return new IllegalArgumentException("The key '%s' of the @RedLocked method %s is %s"
			.formatted(expression.getExpressionString(), describe(), reason));
	}

	private String describe() {
		return LockedMethod.describe(this.method, this.targetClass);
	}

}
