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

import java.time.Duration;
import java.util.Map;

import io.github.redlock.RedLockClient;
import io.github.redlock.autoconfigure.RedLockAutoConfiguration;
import io.github.redlock.test.EmbeddedRedLock;
import io.github.redlock.test.RedisMaster;
import io.github.redlock.test.RedisMasters;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import org.springframework.boot.actuate.autoconfigure.endpoint.EndpointAutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.health.actuate.endpoint.CompositeHealthDescriptor;
import org.springframework.boot.health.actuate.endpoint.HealthDescriptor;
import org.springframework.boot.health.actuate.endpoint.HealthEndpoint;
import org.springframework.boot.health.actuate.endpoint.IndicatedHealthDescriptor;
import org.springframework.boot.health.autoconfigure.actuate.endpoint.HealthEndpointAutoConfiguration;
import org.springframework.boot.health.autoconfigure.contributor.HealthContributorAutoConfiguration;
import org.springframework.boot.health.autoconfigure.registry.HealthContributorRegistryAutoConfiguration;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * The health of the masters, as an application's health endpoint tells it.
 */
@EmbeddedRedLock
class RedLockHealthTests {

	private final RedisMasters masters;

	private final ApplicationContextRunner runner;

	RedLockHealthTests(RedisMasters masters) {
		this.masters = masters;
		this.runner = new ApplicationContextRunner()
			.withConfiguration(
					AutoConfigurations.of(RedLockAutoConfiguration.class, RedLockHealthAutoConfiguration.class,
							EndpointAutoConfiguration.class, HealthContributorAutoConfiguration.class,
							HealthContributorRegistryAutoConfiguration.class, HealthEndpointAutoConfiguration.class))
			.withPropertyValues("redlock.nodes=" + masters.nodes(), "redlock.recovery.quarantine=2s",
					"management.endpoint.health.show-details=always",
					"management.endpoint.health.group.masters.include=redlock",
					"management.endpoint.health.group.masters.status.order=down,unreachable,failing,hung,recovering,up",
					"management.endpoint.health.group.masters.status.http-mapping.hung=503");
	}

	@AfterEach
	void heal() {
		this.masters.heal();
	}

	@Test
	void aNewInstallationIsUpBeforeAnyLockIsTaken() {
		try (RedisMasters blank = RedisMasters.start(3)) {
			this.runner.withPropertyValues("redlock.nodes=" + blank.nodes())
				.run((context) -> assertQuorum(context.getBean(HealthEndpoint.class), Status.UP, 3));
		}
	}

	@Test
	void tellsOfEveryMasterAndOfTheQuorum() {
		this.runner.run((context) -> {
			HealthEndpoint endpoint = context.getBean(HealthEndpoint.class);
			context.getBean(RedLockClient.class).lock("any").acquire().close();
			await().untilAsserted(() -> assertQuorum(endpoint, Status.UP, 3));
			for (RedisMaster master : this.masters) {
				IndicatedHealthDescriptor entry = entry(endpoint, master);
				assertThat(entry.getStatus()).isEqualTo(Status.UP);
				assertThat((Double) entry.getDetails().get("roundTripMillis")).isBetween(0.0, 50.0);
			}
			assertThat(group(endpoint)).isEqualTo(Status.UP);
		});
	}

	@Test
	void aMinorityAwayIsToldButDoesNotCount() {
		this.runner.run((context) -> {
			HealthEndpoint endpoint = context.getBean(HealthEndpoint.class);
			context.getBean(RedLockClient.class).lock("any").acquire().close();
			await().untilAsserted(() -> assertQuorum(endpoint, Status.UP, 3));
			this.masters.get(1).hang();
			await().untilAsserted(() -> {
				assertQuorum(endpoint, Status.UP, 2);
				assertThat(entry(endpoint, this.masters.get(1)).getStatus()).isEqualTo(new Status("HUNG"));
			});
			assertThat(quorum(endpoint).getDetails().get("away").toString())
				.contains(this.masters.get(1).address() + "=HUNG: no");
			assertThat(endpoint.healthForPath("redlock").getStatus()).isEqualTo(Status.UP);
			assertThat(group(endpoint)).isEqualTo(new Status("HUNG"));
			this.masters.get(1).kill();
			await().untilAsserted(() -> assertThat(entry(endpoint, this.masters.get(1)).getStatus())
				.as("%s", quorum(endpoint).getDetails())
				.isEqualTo(new Status("UNREACHABLE")));
			this.masters.heal();
			await().untilAsserted(() -> assertThat(entry(endpoint, this.masters.get(1)).getStatus())
				.isEqualTo(new Status("RECOVERING")));
			await().untilAsserted(() -> assertQuorum(endpoint, Status.UP, 3));
		});
	}

	@Test
	void noQuorumIsDownAndToldInTime() {
		this.runner.run((context) -> {
			HealthEndpoint endpoint = context.getBean(HealthEndpoint.class);
			context.getBean(RedLockClient.class).lock("any").acquire().close();
			this.masters.get(0).hang();
			this.masters.get(1).hang();
			Thread.sleep(500);
			long begin = System.nanoTime();
			assertQuorum(endpoint, Status.DOWN, 1);
			assertThat(endpoint.healthForPath("redlock").getStatus()).isEqualTo(Status.DOWN);
			assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofMillis(300));
		});
	}

	@Test
	void canBeSwitchedOff() {
		this.runner
			.withPropertyValues("management.health.redlock.enabled=false",
					"management.endpoint.health.group.masters.include=*")
			.run((context) -> assertThat(context).doesNotHaveBean("redlockHealthContributor"));
	}

	private static void assertQuorum(HealthEndpoint endpoint, Status status, long voting) {
		IndicatedHealthDescriptor quorum = quorum(endpoint);
		assertThat(quorum.getStatus()).as("%s", quorum.getDetails()).isEqualTo(status);
		assertThat(quorum.getDetails()).containsAllEntriesOf(Map.of("masters", 3, "voting", voting, "needed", 2));
	}

	private static IndicatedHealthDescriptor quorum(HealthEndpoint endpoint) {
		return (IndicatedHealthDescriptor) endpoint.healthForPath("redlock", "quorum");
	}

	private static IndicatedHealthDescriptor entry(HealthEndpoint endpoint, RedisMaster master) {
		return (IndicatedHealthDescriptor) endpoint.healthForPath("redlock", "127.0.0.1:" + master.port());
	}

	private static Status group(HealthEndpoint endpoint) {
		HealthDescriptor group = endpoint.healthForPath("masters");
		assertThat(group).isInstanceOf(CompositeHealthDescriptor.class);
		return group.getStatus();
	}

}
