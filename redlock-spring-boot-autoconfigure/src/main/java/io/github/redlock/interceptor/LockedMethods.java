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
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Flow;
import java.util.concurrent.Future;
import java.util.function.BiConsumer;
import java.util.function.UnaryOperator;
import java.util.stream.BaseStream;

import io.github.redlock.RedLocked;
import io.github.redlock.RedLocked.WhenBusy;
import io.github.redlock.RedLocked.WhenLost;
import org.jspecify.annotations.Nullable;

import org.springframework.aop.support.AopUtils;
import org.springframework.context.expression.AnnotatedElementKey;
import org.springframework.core.KotlinDetector;
import org.springframework.core.ReactiveAdapterRegistry;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.format.datetime.standard.DurationFormatterUtils;
import org.springframework.util.Assert;
import org.springframework.util.StringUtils;

/**
 * Resolves {@link RedLocked @RedLocked} once for each method, and refuses what cannot
 * work.
 *
 * @since 0.1.0
 */
public class LockedMethods {

	private final Map<AnnotatedElementKey, LockedMethod> resolved = new ConcurrentHashMap<>();

	private final UnaryOperator<@Nullable String> placeholders;

	private final KeyExpressions expressions;

	private final BiConsumer<String, Duration> durations;

	/**
	 * Create an empty cache.
	 * @param placeholders resolves the placeholders in the attributes
	 * @param expressions parses the keys
	 * @param durations is given the name and the value of every attribute that is a
	 * duration, and throws an {@link IllegalArgumentException} if it is impossible
	 */
	public LockedMethods(UnaryOperator<@Nullable String> placeholders, KeyExpressions expressions,
			BiConsumer<String, Duration> durations) {
		this.placeholders = placeholders;
		this.expressions = expressions;
		this.durations = durations;
	}

	/**
	 * Return whether a method of a class is to be locked.
	 * @param method the method
	 * @param targetClass the class of the bean
	 * @return whether it, or the class that declares it, is annotated
	 */
	static boolean isLocked(Method method, Class<?> targetClass) {
		return find(AopUtils.getMostSpecificMethod(method, targetClass)) != null;
	}

	LockedMethod get(Method method, Class<?> targetClass) {
		AnnotatedElementKey key = new AnnotatedElementKey(method, targetClass);
		LockedMethod known = this.resolved.get(key);
		return (known != null) ? known : this.resolved.computeIfAbsent(key, (absent) -> resolve(method, targetClass));
	}

	private static @Nullable RedLocked find(Method method) {
		RedLocked onMethod = AnnotatedElementUtils.findMergedAnnotation(method, RedLocked.class);
		return (onMethod != null) ? onMethod
				: AnnotatedElementUtils.findMergedAnnotation(method.getDeclaringClass(), RedLocked.class);
	}

	private LockedMethod resolve(Method method, Class<?> targetClass) {
		Method specific = AopUtils.getMostSpecificMethod(method, targetClass);
		RedLocked annotation = find(specific);
		if (annotation == null) {
			throw new IllegalStateException("No @RedLocked on " + specific);
		}
		Attributes attributes = new Attributes(specific, targetClass);
		LockedMethod locked = new LockedMethod(specific, targetClass, attributes.name(annotation.name()),
				List.of(annotation.key()), attributes.duration("lease", annotation.lease()),
				attributes.duration("waitFor", annotation.waitFor()), annotation.renew(),
				attributes.duration("atLeast", annotation.atLeast()),
				attributes.duration("maxHold", annotation.maxHold()), annotation.whenBusy() == WhenBusy.SKIP,
				annotation.whenLost() == WhenLost.INTERRUPT);
		attributes.checkKeys(locked);
		attributes.checkReturnType(locked);
		return locked;
	}

	/**
	 * The attributes of the annotation on one method.
	 */
	private final class Attributes {

		private final Method method;

		private final Class<?> targetClass;

		Attributes(Method method, Class<?> targetClass) {
			this.method = method;
			this.targetClass = targetClass;
		}

		String name(String value) {
			String name = resolve("name", value);
			return StringUtils.hasText(name) ? name : this.targetClass.getSimpleName() + "." + this.method.getName();
		}

		@Nullable Duration duration(String attribute, String value) {
			String text = resolve(attribute, value);
			if (!StringUtils.hasText(text)) {
				return null;
			}
			return checked(attribute, text, parse(attribute, text));
		}

		private Duration parse(String attribute, String text) {
			try {
				Assert.isTrue(!text.chars().allMatch(Character::isDigit), "a unit is missing");
				return DurationFormatterUtils.detectAndParse(text);
			}
			catch (IllegalArgumentException ex) {
				throw invalid(attribute, text, "not a duration",
						"Write a number with a unit, such as \"10s\" or \"500ms\", or the ISO form \"PT10S\".", ex);
			}
		}

		private Duration checked(String attribute, String text, Duration duration) {
			try {
				LockedMethods.this.durations.accept(attribute, duration);
				return duration;
			}
			catch (IllegalArgumentException ex) {
				throw invalid(attribute, text, "impossible: " + ex.getMessage(),
						"Write some seconds, not more than the property 'redlock.max-lease'.", ex);
			}
		}

		void checkKeys(LockedMethod locked) {
			for (String key : locked.keys()) {
				try {
					LockedMethods.this.expressions.parse(locked, key);
				}
				catch (RuntimeException ex) {
					throw invalid("key", key, "not a SpEL expression: " + ex.getMessage(),
							"Write an expression such as \"#order.id\"; a fixed text needs quotes: \"'" + key + "'\".",
							ex);
				}
			}
		}

		void checkReturnType(LockedMethod locked) {
			Class<?> type = this.method.getReturnType();
			if (outlivesMethod(type) || KotlinDetector.isSuspendingFunction(this.method)) {
				throw invalid("return type", type.getName(),
						"work that goes on after the method has returned, when the lock is given back already",
						"Let the method wait for its result and return that, or take the lock where the work is done, "
								+ "with RedLockClient.",
						null);
			}
			if (locked.skipWhenBusy() && type.isPrimitive() && type != void.class) {
				throw invalid("whenBusy", "SKIP", "impossible with the return type '" + type + "'",
						"Return a reference type, which is null when skipped, an Optional, or void.", null);
			}
		}

		private boolean outlivesMethod(Class<?> type) {
			return CompletionStage.class.isAssignableFrom(type) || Future.class.isAssignableFrom(type)
					|| Callable.class.isAssignableFrom(type) || BaseStream.class.isAssignableFrom(type)
					|| Flow.Publisher.class.isAssignableFrom(type)
					|| ReactiveAdapterRegistry.getSharedInstance().getAdapter(type) != null;
		}

		private @Nullable String resolve(String attribute, String value) {
			try {
				return LockedMethods.this.placeholders.apply(value);
			}
			catch (IllegalArgumentException ex) {
				throw invalid(attribute, value, "a placeholder that cannot be resolved (" + ex.getMessage() + ")",
						"Define the property, or give a default, such as \"${orders.lease:10s}\".", ex);
			}
		}

		private InvalidRedLockedException invalid(String attribute, String value, String reason, String action,
				@Nullable Throwable cause) {
			return new InvalidRedLockedException(this.targetClass.getName() + "." + this.method.getName(), attribute,
					value, reason, action, cause);
		}

	}

}
