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

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

import io.github.redlock.quorum.MasterStatus;
import io.github.redlock.quorum.MasterStatus.Condition;

import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;

/**
 * {@link HealthIndicator} for the masters as a whole: up as long as enough of them vote
 * for locks to be granted; which ones do not is told in the details.
 */
final class QuorumHealthIndicator extends AbstractHealthIndicator {

	private final MastersCheck check;

	QuorumHealthIndicator(MastersCheck check) {
		super("The Redis masters could not be asked");
		this.check = check;
	}

	@Override
	protected void doHealthCheck(Health.Builder builder) {
		List<MasterStatus> masters = this.check.statuses();
		long voting = MasterStatus.countVoting(masters);
		builder.status((voting >= this.check.majority()) ? "UP" : "DOWN")
			.withDetail("masters", masters.size())
			.withDetail("voting", voting)
			.withDetail("needed", this.check.majority());
		Map<String, String> away = new TreeMap<>();
		masters.stream()
			.filter((master) -> master.condition() != Condition.UP)
			.forEach((master) -> away.put(master.name(),
					master.condition() + ": " + Objects.requireNonNullElse(master.reason(), "")));
		if (!away.isEmpty()) {
			builder.withDetail("away", away);
		}
	}

}
