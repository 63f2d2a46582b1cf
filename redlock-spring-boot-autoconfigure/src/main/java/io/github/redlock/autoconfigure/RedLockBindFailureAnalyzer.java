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

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

/**
 * Tells how to write a duration, where Boot's own analyzer only tells that it is wrong.
 */
@Order(Ordered.HIGHEST_PRECEDENCE)
class RedLockBindFailureAnalyzer extends AbstractFailureAnalyzer<BindException> {

	private static final ConfigurationPropertyName PREFIX = ConfigurationPropertyName.of("redlock");

	@Override
	protected @Nullable FailureAnalysis analyze(Throwable rootFailure, BindException cause) {
		ConfigurationProperty property = cause.getProperty();
		if (property == null || !PREFIX.isAncestorOf(cause.getName())
				|| cause.getTarget().getType().resolve() != Duration.class) {
			return null;
		}
		return new FailureAnalysis(
				"The property '%s' has the value '%s'%s. It is not a duration.".formatted(cause.getName(),
						property.getValue(),
						(property.getOrigin() != null) ? " (from " + property.getOrigin() + ")" : ""),
				"Write a number with a unit, such as '10s' or '500ms', or the ISO form 'PT10S'.", cause);
	}

}
