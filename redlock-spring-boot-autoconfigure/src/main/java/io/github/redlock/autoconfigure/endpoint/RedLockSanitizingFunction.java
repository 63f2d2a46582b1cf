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

package io.github.redlock.autoconfigure.endpoint;

import java.util.Locale;

import org.springframework.boot.actuate.endpoint.SanitizableData;
import org.springframework.boot.actuate.endpoint.SanitizingFunction;

/**
 * {@link SanitizingFunction} for the passwords of the masters, which are not shown even
 * where all other values are: not by themselves, and not as a part of an address.
 */
class RedLockSanitizingFunction implements SanitizingFunction {

	@Override
	public SanitizableData apply(SanitizableData data) {
		String key = data.getKey().toLowerCase(Locale.ROOT);
		if (!key.startsWith("redlock") || !(data.getValue() instanceof CharSequence value)) {
			return data;
		}
		if (key.endsWith("password")) {
			return data.withSanitizedValue();
		}
		String text = value.toString();
		return text.contains("@") ? data.withValue(text.replaceAll("[^/@]*@", "******@")) : data;
	}

}
