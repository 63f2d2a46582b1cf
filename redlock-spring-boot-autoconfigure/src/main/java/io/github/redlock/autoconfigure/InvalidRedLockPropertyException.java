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

import org.springframework.boot.convert.DurationStyle;

/**
 * A property of {@code redlock} has an impossible value.
 */
class InvalidRedLockPropertyException extends RuntimeException {

	private final String action;

	InvalidRedLockPropertyException(String property, @Nullable Object value, String reason, String action) {
		super("The property '%s' %s. %s.".formatted(property,
				(value != null) ? "has the value '" + text(value) + "'" : "is not set", reason));
		this.action = action;
	}

	String getAction() {
		return this.action;
	}

	static String text(Object value) {
		return (value instanceof Duration duration) ? DurationStyle.SIMPLE.print(duration) : value.toString();
	}

}
