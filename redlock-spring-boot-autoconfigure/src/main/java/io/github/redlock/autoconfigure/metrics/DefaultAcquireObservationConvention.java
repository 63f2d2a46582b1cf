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
import java.util.concurrent.CancellationException;

import io.github.redlock.Lease;
import io.github.redlock.LockBusyException;
import io.github.redlock.QuorumUnavailableException;
import io.github.redlock.autoconfigure.metrics.RedLockObservationDocumentation.HighCardinalityKeys;
import io.github.redlock.autoconfigure.metrics.RedLockObservationDocumentation.LowCardinalityKeys;
import io.micrometer.common.KeyValue;
import io.micrometer.common.KeyValues;

/**
 * Default {@link AcquireObservationConvention}.
 *
 * @since 0.1.0
 */
public class DefaultAcquireObservationConvention implements AcquireObservationConvention {

	private final boolean includeKeys;

	/**
	 * Create the convention.
	 * @param includeKeys whether traces tell the keys
	 */
	public DefaultAcquireObservationConvention(boolean includeKeys) {
		this.includeKeys = includeKeys;
	}

	@Override
	public String getName() {
		return "redlock.acquire";
	}

	@Override
	public String getContextualName(AcquireObservationContext context) {
		return "acquire " + Objects.requireNonNullElse(context.getLockName(), "lock");
	}

	@Override
	public KeyValues getLowCardinalityKeyValues(AcquireObservationContext context) {
		return KeyValues.of(
				LowCardinalityKeys.NAME
					.withValue(Objects.requireNonNullElse(context.getLockName(), KeyValue.NONE_VALUE)),
				LowCardinalityKeys.OUTCOME.withValue(outcome(context)));
	}

	private static String outcome(AcquireObservationContext context) {
		if (context.getLease() != null) {
			return "acquired";
		}
		Throwable failure = context.getError();
		return (failure != null) ? outcome(failure) : KeyValue.NONE_VALUE;
	}

	private static String outcome(Throwable failure) {
		if (failure instanceof LockBusyException) {
			return "busy";
		}
		if (failure instanceof QuorumUnavailableException) {
			return "no_quorum";
		}
		return (failure instanceof CancellationException) ? "cancelled" : "failed";
	}

	@Override
	public KeyValues getHighCardinalityKeyValues(AcquireObservationContext context) {
		KeyValues values = KeyValues
			.of(HighCardinalityKeys.ATTEMPTS.withValue(Integer.toString(context.getAttempts())));
		Lease lease = context.getLease();
		if (lease != null) {
			values = values.and(HighCardinalityKeys.TOKEN.withValue(Long.toString(lease.token())));
		}
		return this.includeKeys ? values.and(HighCardinalityKeys.KEY.withValue(String.join(",", context.getKeys())))
				: values;
	}

}
