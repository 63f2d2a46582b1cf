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

package io.github.redlock.autoconfigure.metrics;

import java.util.Objects;

import io.github.redlock.autoconfigure.metrics.RedLockObservationDocumentation.HighCardinalityKeys;
import io.github.redlock.autoconfigure.metrics.RedLockObservationDocumentation.LowCardinalityKeys;
import io.micrometer.common.KeyValue;
import io.micrometer.common.KeyValues;
import org.jspecify.annotations.Nullable;

/**
 * Default {@link HoldObservationConvention}.
 *
 * @since 0.1.0
 */
public class DefaultHoldObservationConvention implements HoldObservationConvention {

	private final boolean includeKeys;

	/**
	 * Create the convention.
	 * @param includeKeys whether traces tell the keys
	 */
	public DefaultHoldObservationConvention(boolean includeKeys) {
		this.includeKeys = includeKeys;
	}

	@Override
	public String getName() {
		return "redlock.hold";
	}

	@Override
	public String getContextualName(HoldObservationContext context) {
		return "hold " + Objects.requireNonNullElse(context.getLease().name(), "lock");
	}

	@Override
	public KeyValues getLowCardinalityKeyValues(HoldObservationContext context) {
		return KeyValues.of(
				LowCardinalityKeys.NAME
					.withValue(Objects.requireNonNullElse(context.getLease().name(), KeyValue.NONE_VALUE)),
				LowCardinalityKeys.OUTCOME.withValue(outcome(context.getLost())));
	}

	private static String outcome(@Nullable Boolean lost) {
		if (lost == null) {
			return KeyValue.NONE_VALUE;
		}
		return lost ? "lost" : "released";
	}

	@Override
	public KeyValues getHighCardinalityKeyValues(HoldObservationContext context) {
		KeyValues values = KeyValues.of(HighCardinalityKeys.TOKEN.withValue(Long.toString(context.getLease().token())));
		return this.includeKeys
				? values.and(HighCardinalityKeys.KEY.withValue(String.join(",", context.getLease().keys()))) : values;
	}

}
