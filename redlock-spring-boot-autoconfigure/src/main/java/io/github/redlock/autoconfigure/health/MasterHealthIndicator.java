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

package io.github.redlock.autoconfigure.health;

import io.github.redlock.quorum.MasterStatus;

import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;

/**
 * {@link HealthIndicator} for one master. What it says does not count for the whole
 * unless a health group gives its status codes an order: as long as there is a quorum, an
 * application does not need every master.
 */
final class MasterHealthIndicator extends AbstractHealthIndicator {

	private static final double NANOS_IN_MILLI = 1e6;

	private final MastersCheck check;

	private final String name;

	MasterHealthIndicator(MastersCheck check, String name) {
		super("The Redis masters could not be asked");
		this.check = check;
		this.name = name;
	}

	@Override
	protected void doHealthCheck(Health.Builder builder) {
		this.check.statuses()
			.stream()
			.filter((master) -> master.name().equals(this.name))
			.findFirst()
			.ifPresentOrElse((master) -> fill(builder, master), builder::unknown);
	}

	private static void fill(Health.Builder builder, MasterStatus master) {
		builder.status(master.condition().name());
		if (master.roundTrip() != null) {
			builder.withDetail("roundTripMillis", master.roundTrip().toNanos() / NANOS_IN_MILLI);
		}
		if (master.reason() != null) {
			builder.withDetail("reason", master.reason());
		}
	}

}
