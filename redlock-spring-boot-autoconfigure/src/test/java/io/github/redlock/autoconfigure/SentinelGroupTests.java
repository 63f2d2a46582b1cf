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

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;

import io.github.redlock.Lease;
import io.github.redlock.QuorumUnavailableException;
import io.github.redlock.RedLockClient;
import io.github.redlock.test.RedisMaster;
import io.github.redlock.test.RedisMasters;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

/**
 * A quorum of two masters and the primary of a group with Sentinels.
 */
class SentinelGroupTests {

	private static final Duration LONG = Duration.ofSeconds(30);

	private static final String NOWHERE = "redis://127.0.0.1:1";

	private final RedisMasters masters = RedisMasters.start(2);

	private final RedisGroup group = new RedisGroup(2);

	SentinelGroupTests() throws IOException {
	}

	@BeforeEach
	void install() {
		try (ConfigurableApplicationContext context = start(Duration.ZERO)) {
			await().ignoreExceptions().until(() -> {
				try (Lease lease = context.getBean(RedLockClient.class).lock("installed").acquire()) {
					await().atMost(Duration.ofMillis(200)).until(() -> isHeldByGroup("installed"));
					return true;
				}
			});
		}
	}

	@AfterEach
	void stop() {
		this.group.close();
		this.masters.close();
	}

	@Test
	void thePrimaryVotesOverOneConnectionAndNoReplicaIsAsked() {
		try (ConfigurableApplicationContext context = start(Duration.ofSeconds(1))) {
			RedLockClient redLock = context.getBean(RedLockClient.class);
			this.masters.get(1).kill();
			try (Lease lease = redLock.lock("served").acquire()) {
				assertThat(lease.isValid()).isTrue();
				assertThat(isHeldByGroup("served")).isTrue();
				assertThat(connections(this.group.server(0))).isEqualTo(1);
				assertThat(connections(this.group.server(1))).isZero();
				assertThat(connections(this.group.server(2))).isZero();
			}
			await().until(() -> !isHeldByGroup("served"));
		}
	}

	@Test
	void aPrimaryThatLostTheLockIsGivenItAgainWhileAReplicaFollows() {
		try (ConfigurableApplicationContext context = start(Duration.ZERO)) {
			RedLockClient redLock = context.getBean(RedLockClient.class);
			MasterProbe primary = MasterProbe.of(this.group.server(0));
			try (Lease lease = redLock.lock("kept").lease(Duration.ofSeconds(2)).acquire()) {
				await().until(() -> isHeldByGroup("kept"));
				primary.command("DEL", "lock:kept");
				await().until(() -> isHeldByGroup("kept"));
				this.group.server(1).kill();
				this.group.server(2).kill();
				primary.command("DEL", "lock:kept");
				await().during(Duration.ofSeconds(2)).until(() -> !isHeldByGroup("kept"));
				assertThat(lease.isValid()).isTrue();
			}
		}
	}

	@Test
	void aFailoverCostsTheVoteForItsQuarantineOnly() {
		Duration quarantine = Duration.ofSeconds(4);
		try (ConfigurableApplicationContext first = start(quarantine);
				ConfigurableApplicationContext second = start(quarantine)) {
			RedLockClient redLock = first.getBean(RedLockClient.class);
			RedLockClient other = second.getBean(RedLockClient.class);
			RedisMaster former = this.group.primary();
			try (Lease lease = redLock.lock("held").lease(Duration.ofSeconds(5)).acquire()) {
				former.kill();
				await().atMost(LONG).until(() -> {
					redLock.lock("served").run(() -> {
					});
					assertThat(other.lock("held").waitFor(Duration.ZERO).tryAcquire()).isEmpty();
					assertThat(lease.isValid()).isTrue();
					return this.group.primary() != former;
				});
				this.masters.get(1).hang();
				await().atMost(LONG)
					.untilAsserted(() -> assertThatExceptionOfType(QuorumUnavailableException.class)
						.isThrownBy(() -> other.lock("served").waitFor(Duration.ZERO).acquire())
						.withMessageContaining("recovering for another"));
				this.masters.get(1).resume();
				await().atMost(LONG)
					.ignoreExceptionsInstanceOf(QuorumUnavailableException.class)
					.until(() -> other.lock("held").waitFor(Duration.ZERO).tryAcquire().isEmpty());
				assertThat(lease.isValid()).isTrue();
			}
			this.masters.get(1).hang();
			Lease lease = other.lock("voted").waitFor(LONG).acquire();
			assertThat(Instant.now()).isAfterOrEqualTo(MasterProbe.of(this.group.primary()).endOfQuarantine());
			assertThat(isHeldByGroup("voted")).isTrue();
			lease.close();
		}
	}

	@Test
	void aLeaseThatThePromotedReplicaLacksKeepsOthersOut() {
		Duration length = Duration.ofSeconds(15);
		try (ConfigurableApplicationContext first = start(length, this.masters.get(0).address(), NOWHERE);
				ConfigurableApplicationContext second = start(length)) {
			Lease lease = acquireWithoutRenewal(first, length);
			this.group.forgetOnReplicas("lock:held");
			this.group.server(0).kill();
			assertSecondHolderComesAfter(lease, second);
		}
	}

	@Test
	void aPrimaryThatIsPromotedAgainInTheSameRunKeepsOthersOut() {
		Duration length = Duration.ofSeconds(8);
		try (ConfigurableApplicationContext first = start(length, this.masters.get(0).address(), NOWHERE);
				ConfigurableApplicationContext second = start(length)) {
			Lease lease = acquireWithoutRenewal(first, length);
			this.group.forgetOnReplicas("lock:held");
			this.group.promote(this.group.server(1));
			this.group.forgetOnReplicas("lock:held");
			this.group.promote(this.group.server(0));
			assertThat(lease.isValid()).isTrue();
			assertSecondHolderComesAfter(lease, second);
		}
	}

	@Test
	void aReplacedPrimaryThatDoesNotKnowItDoesNotVote() {
		try (ConfigurableApplicationContext first = start(Duration.ofSeconds(3), this.masters.get(0).address(),
				NOWHERE)) {
			RedLockClient redLock = first.getBean(RedLockClient.class);
			try (Lease lease = redLock.lock("held").lease(Duration.ofSeconds(2)).acquire()) {
				this.group.moveSentinels();
				this.group.promote(this.group.server(1), this.group.server(0));
				try (ConfigurableApplicationContext second = start(Duration.ofSeconds(3), NOWHERE,
						this.masters.get(1).address())) {
					assertSecondHolderComesAfter(lease, second);
				}
				assertThatExceptionOfType(QuorumUnavailableException.class)
					.isThrownBy(() -> redLock.lock("refused").waitFor(Duration.ZERO).acquire())
					.withMessageContaining("no replica seems to follow");
			}
		}
	}

	// what its replicas acknowledged before the failover is read when it wakes
	@Test
	void aHungPrimaryThatWasReplacedDoesNotVoteWhenItWakes() throws Exception {
		Duration length = Duration.ofSeconds(2);
		Duration quarantine = Duration.ofSeconds(4);
		RedisMaster former = this.group.server(0);
		// Redisson does not notice the hang, as if this process was paused as well
		try (ConfigurableApplicationContext first = start(quarantine, this.masters.get(0).address(), NOWHERE,
				"redlock.connect-timeout=60s", "redlock.node-timeout=150ms")) {
			RedLockClient redLock = first.getBean(RedLockClient.class);
			redLock.lock("served").waitFor(LONG).run(() -> {
			});
			this.group.moveSentinels();
			former.hang();
			// the acknowledgements of some seconds
			Thread.sleep(3000);
			this.group.promote(this.group.server(1), former);
			try (ConfigurableApplicationContext second = start(quarantine, NOWHERE, this.masters.get(1).address());
					Lease other = second.getBean(RedLockClient.class)
						.lock("held")
						.lease(length)
						.waitFor(LONG)
						.acquire()) {
				CompletableFuture<Lease> asked = redLock.lock("held")
					.lease(length)
					.waitFor(Duration.ZERO)
					.acquireAsync();
				Thread.sleep(15);
				former.resume();
				assertThatThrownBy(asked::get).hasMessageContaining("no replica seems to follow");
				assertThat(other.isValid()).isTrue();
				await().until(() -> MasterProbe.of(former).command("EXISTS", "lock:held").equals(":0"));
			}
		}
	}

	@Test
	void anEmptyReplicaThatIsPromotedBeginsItsQuarantineWhenItIsFollowed() throws Exception {
		Duration length = Duration.ofSeconds(5);
		RedisMaster promoted = this.group.server(1);
		try (ConfigurableApplicationContext first = start(length, this.masters.get(0).address(), NOWHERE)) {
			first.getBean(RedLockClient.class).lock("served").waitFor(LONG).run(() -> {
			});
			this.group.moveSentinels();
			MasterProbe.of(promoted).command("REPLICAOF", "NO", "ONE");
			MasterProbe.of(promoted).command("FLUSHALL");
			this.group.watch(promoted);
			try (ConfigurableApplicationContext second = start(length, NOWHERE, this.masters.get(1).address())) {
				RedLockClient redLock = second.getBean(RedLockClient.class);
				await().during(length.plusSeconds(1))
					.atMost(LONG)
					.untilAsserted(() -> assertThatExceptionOfType(QuorumUnavailableException.class)
						.isThrownBy(() -> redLock.lock("refused").waitFor(Duration.ZERO).acquire()));
				Lease lease = acquireWithoutRenewal(first, length);
				MasterProbe.of(this.group.server(2))
					.command("REPLICAOF", "127.0.0.1", Integer.toString(promoted.port()));
				assertSecondHolderComesAfter(lease, second);
			}
		}
	}

	@Test
	void startsWithoutSentinelsAndVotesOnceTheyAreThere() {
		this.group.stopSentinels();
		try (ConfigurableApplicationContext context = start(Duration.ofSeconds(1))) {
			RedLockClient redLock = context.getBean(RedLockClient.class);
			redLock.lock("served").run(() -> {
			});
			this.group.watch(this.group.server(0));
			this.masters.get(1).kill();
			redLock.lock("voted").waitFor(LONG).run(() -> assertThat(isHeldByGroup("voted")).isTrue());
		}
	}

	@Test
	void logsInAtTheSentinelsWithAndWithoutLoggingInAtThePrimary() {
		this.group.protectSentinels("s3cr3t");
		MasterProbe.of(this.group.server(0)).command("ACL", "SETUSER", "app", "on", ">pass", "~*", "&*", "+@all");
		String first = this.masters.get(0).address();
		String password = "redlock.nodes[2].sentinel.password=s3cr3t";
		for (String[] more : new String[][] { { password },
				{ password, "redlock.nodes[2].username=app", "redlock.nodes[2].password=pass" } }) {
			try (ConfigurableApplicationContext context = start(Duration.ZERO, first, NOWHERE, more)) {
				context.getBean(RedLockClient.class).lock("protected").run(() -> {
				});
			}
		}
		try (ConfigurableApplicationContext context = start(Duration.ZERO, first, NOWHERE)) {
			assertThatExceptionOfType(QuorumUnavailableException.class).isThrownBy(
					() -> context.getBean(RedLockClient.class).lock("refused").waitFor(Duration.ZERO).acquire());
		}
	}

	private static Lease acquireWithoutRenewal(ConfigurableApplicationContext context, Duration length) {
		return context.getBean(RedLockClient.class).lock("held").lease(length).renew(false).waitFor(LONG).acquire();
	}

	private static void assertSecondHolderComesAfter(Lease lease, ConfigurableApplicationContext context) {
		try (Lease second = context.getBean(RedLockClient.class).lock("held").waitFor(LONG).acquire()) {
			assertThat(lease.isValid()).isFalse();
			assertThat(second.isValid()).isTrue();
			assertThat(second.token()).isGreaterThan(lease.token());
		}
	}

	private boolean isHeldByGroup(String key) {
		return MasterProbe.of(this.group.primary()).command("EXISTS", "lock:" + key).equals(":1");
	}

	private static long connections(RedisMaster server) {
		return MasterProbe.of(server)
			.command("CLIENT", "LIST")
			.lines()
			.filter((c) -> c.contains("name=redlock"))
			.count();
	}

	private ConfigurableApplicationContext start(Duration quarantine) {
		return start(quarantine, this.masters.get(0).address(), this.masters.get(1).address());
	}

	private ConfigurableApplicationContext start(Duration quarantine, String first, String second, String... more) {
		return new SpringApplicationBuilder(Application.class).web(WebApplicationType.NONE)
			.properties("redlock.nodes[0]=" + first, "redlock.nodes[1]=" + second,
					"redlock.nodes[2].sentinel.master=" + RedisGroup.NAME,
					"redlock.nodes[2].sentinel.nodes=" + this.group.sentinelNodes(),
					"redlock.recovery.quarantine=" + quarantine.toMillis() + "ms", "spring.main.banner-mode=off",
					"logging.level.org.redisson=off")
			.properties(more)
			.run();
	}

	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration(RedLockAutoConfiguration.class)
	static class Application {

	}

}
