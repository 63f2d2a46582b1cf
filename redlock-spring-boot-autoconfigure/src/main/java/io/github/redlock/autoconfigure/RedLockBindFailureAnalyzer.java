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

package io.github.redlock.autoconfigure;

import java.time.Duration;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

/**
 * Tells how to write a value, where Boot's own analyzer only tells that it is wrong.
 */
@Order(Ordered.HIGHEST_PRECEDENCE)
class RedLockBindFailureAnalyzer extends AbstractFailureAnalyzer<BindException> {

	private static final ConfigurationPropertyName PREFIX = ConfigurationPropertyName.of("redlock");

	@Override
	protected @Nullable FailureAnalysis analyze(Throwable rootFailure, BindException cause) {
		ConfigurationProperty property = cause.getProperty();
		Class<?> type = cause.getTarget().getType().resolve();
		if (property == null || type == null || !PREFIX.isAncestorOf(cause.getName())) {
			return null;
		}
		if (type == Duration.class) {
			return analysis(property, "It is not a duration",
					"Write a number with a unit, such as '10s' or '500ms', or the ISO form 'PT10S'.", cause);
		}
		if (type == Boolean.class || type == boolean.class) {
			return analysis(property, "It is neither true nor false", "Write 'true' or 'false'.", cause);
		}
		if (type.isEnum()) {
			String values = Stream.of(type.getEnumConstants())
				.map((value) -> "'" + value.toString().toLowerCase(Locale.ROOT).replace('_', '-') + "'")
				.collect(Collectors.joining(", "));
			return analysis(property, "It is none of " + values, "Write one of them.", cause);
		}
		return null;
	}

	private static FailureAnalysis analysis(ConfigurationProperty property, String reason, String action,
			BindException cause) {
		String origin = (property.getOrigin() != null) ? " (from " + property.getOrigin() + ")" : "";
		return new FailureAnalysis("The property '%s' has the value '%s'%s. %s.".formatted(cause.getName(),
				property.getValue(), origin, reason), action, cause);
	}

}
