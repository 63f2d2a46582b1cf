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
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;

import io.github.redlock.RedLocked;
import io.github.redlock.RedLocked.WhenBusy;
import io.github.redlock.RedLocked.WhenLost;
import io.github.redlock.quorum.QuorumRedLockClient;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.config.ConfigurableBeanFactory;
import org.springframework.context.expression.BeanFactoryResolver;
import org.springframework.core.DefaultParameterNameDiscoverer;
import org.springframework.core.GenericTypeResolver;
import org.springframework.core.ParameterNameDiscoverer;
import org.springframework.core.annotation.MergedAnnotation;
import org.springframework.core.annotation.MergedAnnotations;
import org.springframework.core.annotation.MergedAnnotations.SearchStrategy;
import org.springframework.expression.spel.standard.SpelExpression;
import org.springframework.expression.spel.standard.SpelExpressionParser;
import org.springframework.expression.spel.support.StandardEvaluationContext;
import org.springframework.expression.spel.support.StandardTypeLocator;
import org.springframework.format.datetime.standard.DurationFormatterUtils;
import org.springframework.util.Assert;
import org.springframework.util.ClassUtils;
import org.springframework.util.StringUtils;

/**
 * Makes a {@link LockedMethod} of an annotation, and refuses what cannot work.
 */
final class LockedMethodResolver {

	private final SpelExpressionParser parser = new SpelExpressionParser();

	private final ParameterNameDiscoverer parameterNames = new DefaultParameterNameDiscoverer();

	private final StandardEvaluationContext shared = new StandardEvaluationContext();

	private final LockNames names = new LockNames();

	private final ConfigurableBeanFactory beanFactory;

	private final BiConsumer<String, Duration> durations;

	LockedMethodResolver(ConfigurableBeanFactory beanFactory, BiConsumer<String, Duration> durations) {
		this.beanFactory = beanFactory;
		this.durations = durations;
		this.shared.setBeanResolver(new BeanFactoryResolver(beanFactory));
		this.shared.setTypeLocator(new StandardTypeLocator(beanFactory.getBeanClassLoader()));
	}

	/**
	 * Resolve a method.
	 * @param method the most specific method
	 * @param targetClass the class of the bean
	 * @param annotation the annotation that covers it
	 * @return the description
	 * @throws InvalidRedLockedException if it cannot work
	 */
	LockedMethod resolve(Method method, Class<?> targetClass, MergedAnnotation<RedLocked> annotation) {
		return new Attributes(method, targetClass, annotation).toLockedMethod();
	}

	/**
	 * The attributes of the annotation on one method.
	 */
	private final class Attributes {

		private final Method method;

		private final Class<?> targetClass;

		private final @Nullable Object source;

		private final RedLocked annotation;

		private final Class<?> returnType;

		Attributes(Method method, Class<?> targetClass, MergedAnnotation<RedLocked> annotation) {
			this.method = method;
			this.targetClass = targetClass;
			this.source = annotation.getSource();
			this.annotation = annotation.synthesize();
			this.returnType = GenericTypeResolver.resolveReturnType(method, targetClass);
		}

		LockedMethod toLockedMethod() {
			requireOneOnly();
			Execution execution = execution();
			Duration atLeast = duration("atLeast", this.annotation.atLeast());
			Duration maxHold = duration("maxHold", this.annotation.maxHold());
			if (atLeast != null && maxHold != null && maxHold.compareTo(atLeast) < 0) {
				throw invalid("maxHold", this.annotation.maxHold(),
						"shorter than atLeast '" + this.annotation.atLeast() + "'",
						"Raise 'maxHold', or lower 'atLeast'.", null);
			}
			return new LockedMethod(this.method, this.targetClass, keys(), duration("lease", this.annotation.lease()),
					duration("waitFor", this.annotation.waitFor()), this.annotation.renew(), atLeast, maxHold,
					instead(), this.annotation.whenLost() == WhenLost.INTERRUPT, execution);
		}

		private void requireOneOnly() {
			if (this.source instanceof AnnotatedElement element) {
				List<String> all = MergedAnnotations.from(element, SearchStrategy.DIRECT)
					.stream(RedLocked.class)
					.map((each) -> each.getRoot().getType().getSimpleName())
					.toList();
				if (all.size() > 1) {
					throw invalid("declaration", String.join(", ", all),
							"one of several annotations, of which only one would lock",
							"Leave one of them; its 'key' may name several locks.", null);
				}
			}
		}

		private String name() {
			String name = resolve("name", this.annotation.name());
			if (!StringUtils.hasText(name)) {
				name = defaultName();
			}
			check(name);
			String other = LockedMethodResolver.this.names.add(name);
			if (other != null) {
				throw invalid("name", name,
						"in conflict with the name '" + other + "': a key could make one lock of both",
						"Give names of which none is the beginning of another up to a colon, such as '"
								+ name.replace(':', '-') + "' and '" + other.replace(':', '-') + "'.",
						null);
			}
			return name;
		}

		private String defaultName() {
			Class<?> named = namedClass();
			if (named.isAnonymousClass() || named.isSynthetic() || named.isHidden()) {
				throw invalid("name", "", "empty, and the class has no name that is the same everywhere",
						"Give a name, such as name = \"orders\".", null);
			}
			return named.getSimpleName() + "." + this.method.getName();
		}

		private void check(String name) {
			if (name.length() > QuorumRedLockClient.MAX_KEY_LENGTH) {
				throw invalid("name", name, "longer than a key may be",
						"Give a shorter name: together with the key it has at most "
								+ QuorumRedLockClient.MAX_KEY_LENGTH + " characters.",
						null);
			}
			if (name.chars().anyMatch(Character::isISOControl)) {
				throw invalid("name", name.replaceAll("\\p{Cc}", "?"),
						"one with control characters such as line breaks", "Give a name without them.", null);
			}
		}

		// what stands behind an interface may be a proxy that others share, or have a
		// name that differs from run to run
		private Class<?> namedClass() {
			Class<?> annotated = (this.source instanceof Method declared) ? declared.getDeclaringClass()
					: (this.source instanceof Class<?> type) ? type : this.targetClass;
			boolean proxy = Proxy.isProxyClass(this.targetClass) || !annotated.isAssignableFrom(this.targetClass);
			return proxy ? annotated : ClassUtils.getUserClass(this.targetClass);
		}

		private MethodKeys keys() {
			Map<String, Integer> variables = variables();
			ExpressionCheck check = new ExpressionCheck(variables.keySet(),
					LockedMethodResolver.this.beanFactory::containsBean);
			List<SpelExpression> expressions = new ArrayList<>();
			for (String key : this.annotation.key()) {
				SpelExpression expression = parse(key);
				try {
					check.check(expression);
				}
				catch (IllegalArgumentException ex) {
					throw invalid("key", key, "not a key of this method: " + ex.getMessage(),
							"Write an expression over the parameters, such as \"#order.id\"; a fixed text needs quotes: \"'"
									+ key.replace("'", "") + "'\".",
							ex);
				}
				expressions.add(expression);
			}
			return new MethodKeys(this.method, this.targetClass, name(), List.copyOf(expressions),
					Map.copyOf(variables), LockedMethodResolver.this.shared);
		}

		private SpelExpression parse(String key) {
			try {
				return LockedMethodResolver.this.parser.parseRaw(key);
			}
			catch (RuntimeException ex) {
				throw invalid("key", key, "not a SpEL expression: " + ex.getMessage(),
						"Write an expression such as \"#order.id\"; a fixed text needs quotes: \"'"
								+ key.replace("'", "") + "'\".",
						ex);
			}
		}

		private Map<String, Integer> variables() {
			Map<String, Integer> variables = new HashMap<>();
			for (int i = 0; i < this.method.getParameterCount(); i++) {
				variables.put("p" + i, i);
				variables.put("a" + i, i);
			}
			addNames(variables, this.method);
			if (this.source instanceof Method declared && !declared.equals(this.method)) {
				addNames(variables, declared);
			}
			return variables;
		}

		private void addNames(Map<String, Integer> variables, Method declared) {
			@Nullable String @Nullable [] names = LockedMethodResolver.this.parameterNames.getParameterNames(declared);
			for (int i = 0; names != null && i < Math.min(names.length, this.method.getParameterCount()); i++) {
				String name = names[i];
				if (name != null) {
					variables.putIfAbsent(name, i);
				}
			}
		}

		private Execution execution() {
			try {
				return ReturnTypes.executionOf(this.method, this.returnType);
			}
			catch (IllegalArgumentException ex) {
				throw invalid("return type", this.returnType.getName(),
						"one of work that goes on when the lock is given back already, unknown when it ends",
						ex.getMessage(), null);
			}
		}

		private Instead instead() {
			String fallback = resolve("fallback", this.annotation.fallback());
			boolean skip = this.annotation.whenBusy() == WhenBusy.SKIP;
			if (StringUtils.hasText(fallback)) {
				if (skip) {
					throw invalid("fallback", fallback, "impossible together with whenBusy 'SKIP'",
							"Leave one of them away.", null);
				}
				return fallback(fallback);
			}
			if (skip && !ReturnTypes.canBeEmpty(this.returnType)) {
				throw invalid("whenBusy", "SKIP", "impossible with the return type '" + this.returnType.getName() + "'",
						"Return a type that can be null or empty, such as an Optional, or void.", null);
			}
			return skip ? Skip.returning(this.returnType) : Instead.NOTHING;
		}

		private Fallback fallback(String name) {
			try {
				return Fallback.find(this.method, this.targetClass, name);
			}
			catch (IllegalArgumentException ex) {
				throw invalid("fallback", name, ex.getMessage(),
						"Write one method '%s' without @RedLocked in this class with the return type and the parameters of '%s', and at the end a %s if you need it."
							.formatted(name, this.method.getName(), "RedLockException"),
						ex);
			}
		}

		private @Nullable Duration duration(String attribute, String value) {
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
				LockedMethodResolver.this.durations.accept(attribute, duration);
				return duration;
			}
			catch (IllegalArgumentException ex) {
				throw invalid(attribute, text, "impossible: " + ex.getMessage(),
						"Write some seconds, not more than the property 'redlock.max-lease'.", ex);
			}
		}

		private @Nullable String resolve(String attribute, String value) {
			try {
				return LockedMethodResolver.this.beanFactory.resolveEmbeddedValue(value);
			}
			catch (IllegalArgumentException ex) {
				throw invalid(attribute, value, "a placeholder that cannot be resolved (" + ex.getMessage() + ")",
						"Define the property, or give a default, such as \"${orders.lease:10s}\".", ex);
			}
		}

		private InvalidRedLockedException invalid(String attribute, String value, @Nullable String reason,
				@Nullable String action, @Nullable Throwable cause) {
			return new InvalidRedLockedException(LockedMethod.describe(this.method, this.targetClass), attribute, value,
					String.valueOf(reason), String.valueOf(action), cause);
		}

	}

}
