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

import org.jspecify.annotations.Nullable;

/**
 * A {@link io.github.redlock.RedLocked @RedLocked} method cannot work as it is written.
 *
 * @since 0.1.0
 */
public class InvalidRedLockedException extends RuntimeException {

	private final String action;

	/**
	 * Create a new instance.
	 * @param method the class and the method
	 * @param attribute what is wrong about it
	 * @param value the wrong value
	 * @param reason what the value is
	 * @param action what to write instead
	 * @param cause the cause, or {@code null}
	 */
	InvalidRedLockedException(String method, String attribute, String value, String reason, String action,
			@Nullable Throwable cause) {
		super("@RedLocked method %s: %s '%s' is %s".formatted(method, attribute, value, reason), cause);
		this.action = action;
	}

	/**
	 * Return what to write instead.
	 * @return a sentence
	 */
	public String getAction() {
		return this.action;
	}

}
