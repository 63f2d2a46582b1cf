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
import java.time.Instant;
import java.time.temporal.ChronoField;

import io.github.redlock.RedLockClient;
import io.github.redlock.test.RedisMaster;
import io.github.redlock.test.RedisMasters;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * The quarantine of a master that was restarted with its data.
 */
class RestartedMasterTests {

	private static final Duration QUARANTINE = Duration.ofSeconds(3);

	@Test
	void grantsNothingUntilAWholeQuarantineAfterItsStart() {
		try (RedisMasters masters = RedisMasters.start(3, "appendonly yes")) {
			new ApplicationContextRunner().withConfiguration(AutoConfigurations.of(RedLockAutoConfiguration.class))
				.withPropertyValues("redlock.nodes=" + masters.nodes(), "redlock.recovery.quarantine=" + QUARANTINE)
				.run((context) -> restart(masters.get(0), context.getBean(RedLockClient.class)));
		}
	}

	@Test
	void votesAtOnceIfItsRestartsAreTrustedButNotWithoutItsData() {
		try (RedisMasters masters = RedisMasters.start(3, "appendonly yes", "appendfsync always")) {
			new ApplicationContextRunner().withConfiguration(AutoConfigurations.of(RedLockAutoConfiguration.class))
				.withPropertyValues("redlock.nodes=" + masters.nodes(), "redlock.recovery.trust-restarts=true",
						"redlock.wait-for=20s")
				.run((context) -> {
					RedLockClient redLock = context.getBean(RedLockClient.class);
					assertThat(redLock.lock("before").call(() -> true)).isTrue();
					masters.get(0).restart();
					masters.get(1).kill();
					assertThat(redLock.lock("after").call(() -> true)).isTrue();
					masters.get(0).wipe();
					masters.get(1).start();
					await().atMost(Duration.ofMinutes(1)).until(() -> {
						redLock.lock("wiped").run(() -> {
						});
						return !MasterProbe.of(masters.get(0)).command("GET", "redlock:recovery").isEmpty();
					});
					assertThat(MasterProbe.of(masters.get(0)).command("GET", "redlock:member")).isEmpty();
				});
		}
	}

	// however long that server has been up, and whatever is trusted
	@Test
	void waitsAWholeQuarantineIfAPromotedReplicaHasTakenItsPlace() throws Exception {
		try (RedisMasters masters = RedisMasters.start(3);
				RedisMasters replica = RedisMasters.start(1, "replicaof 127.0.0.1 " + masters.get(2).port());
				Cable cable = new Cable(masters.get(2))) {
			MasterProbe promoted = MasterProbe.of(replica.get(0));
			String nodes = masters.nodes().replace(masters.get(2).address(), cable.address());
			new ApplicationContextRunner().withConfiguration(AutoConfigurations.of(RedLockAutoConfiguration.class))
				.withPropertyValues("redlock.nodes=" + nodes, "redlock.recovery.quarantine=" + QUARANTINE,
						"redlock.recovery.trust-restarts=true")
				.run((context) -> {
					RedLockClient redLock = context.getBean(RedLockClient.class);
					await().atMost(Duration.ofMinutes(1)).until(() -> {
						redLock.lock("before").run(() -> {
						});
						return promoted.command("EXISTS", "redlock:member").equals(":1");
					});
					await().pollDelay(QUARANTINE.plusSeconds(1)).until(() -> true);
					masters.get(2).kill();
					promoted.command("REPLICAOF", "NO", "ONE");
					Instant before = Instant.now();
					cable.leadTo(replica.get(0));
					await().atMost(Duration.ofMinutes(1)).until(() -> {
						redLock.lock("after").run(() -> {
						});
						return promoted.command("EXISTS", "redlock:recovery").equals(":1");
					});
					assertThat(promoted.endOfQuarantine()).isAfterOrEqualTo(before.plus(QUARANTINE));
				});
		}
	}

	private static void restart(RedisMaster master, RedLockClient redLock) {
		await().atMost(Duration.ofMinutes(1)).ignoreExceptions().until(() -> {
			redLock.lock("before").run(() -> {
			});
			return !MasterProbe.of(master).command("GET", "redlock:member").isEmpty();
		});
		master.kill();
		// the server counts its uptime in whole seconds of the wall clock
		awaitMillisOfSecond(700, 800);
		Instant before = Instant.now();
		master.start();
		awaitMillisOfSecond(0, 200);
		await().atMost(Duration.ofMinutes(1)).ignoreExceptions().until(() -> {
			redLock.lock("after").run(() -> {
			});
			return !MasterProbe.of(master).command("GET", "redlock:recovery").isEmpty();
		});
		assertThat(MasterProbe.of(master).endOfQuarantine()).isBetween(before.plus(QUARANTINE),
				before.plus(QUARANTINE).plusSeconds(3));
	}

	private static void awaitMillisOfSecond(int least, int bound) {
		await().pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(10)).until(() -> {
			int millis = Instant.now().get(ChronoField.MILLI_OF_SECOND);
			return millis >= least && millis < bound;
		});
	}

}
