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

import io.github.redlock.Lease;
import io.github.redlock.QuorumUnavailableException;
import io.github.redlock.RedLockClient;
import io.github.redlock.test.RedisMaster;
import io.github.redlock.test.RedisMasters;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Addresses that cannot be masters, and what is told of them.
 */
@ExtendWith(OutputCaptureExtension.class)
class MisconfiguredMastersTests {

	@Test
	void aServerThatIsListedTwiceEndsTheStart(CapturedOutput output) {
		try (RedisMasters masters = RedisMasters.start(2)) {
			String again = masters.get(0).address().replace("127.0.0.1", "localhost");
			assertFailure("redlock.nodes=" + masters.nodes() + "," + again);
			assertThat(output).contains("is the same server as ", "List every server once");
		}
	}

	@Test
	void aServerThatIsListedTwiceHasOneVoteAlsoAfterItsRestart(CapturedOutput output) {
		try (RedisMasters masters = RedisMasters.start(2)) {
			String again = masters.get(0).address().replace("127.0.0.1", "localhost");
			masters.get(0).kill();
			try (ConfigurableApplicationContext application = start("redlock.nodes=" + masters.nodes() + "," + again)) {
				masters.get(0).start();
				await().untilAsserted(() -> assertThat(output).contains("is the same server as "));
				masters.get(1).kill();
				masters.get(0).restart();
				assertNoQuorum(application, Duration.ofSeconds(7));
			}
		}
	}

	@Test
	void anAddressThatComesToLeadToAnotherMasterHasNoVote(CapturedOutput output) throws Exception {
		try (RedisMasters masters = RedisMasters.start(3); Cable cable = new Cable(masters.get(2))) {
			String nodes = masters.nodes().replace(masters.get(2).address(), cable.address());
			try (ConfigurableApplicationContext application = start("redlock.nodes=" + nodes)) {
				lock(application);
				cable.leadTo(masters.get(0));
				masters.get(1).kill();
				masters.get(2).kill();
				assertNoQuorum(application, Duration.ofSeconds(3));
				assertThat(output).contains(cable.address() + " is the same server as " + masters.get(0).address());
			}
		}
	}

	@Test
	void aKeyThatIsWaitedForIsHeardOfAgainOnceTheAddressIsMended() throws Exception {
		try (RedisMasters masters = RedisMasters.start(3); Cable cable = new Cable(masters.get(2))) {
			masters.forEach((master) -> MasterProbe.of(master).command("HSET", "lock:busy", "another", "1"));
			String nodes = masters.nodes().replace(masters.get(2).address(), cable.address());
			try (ConfigurableApplicationContext application = start("redlock.nodes=" + nodes)) {
				application.getBean(RedLockClient.class).lock("busy").waitFor(Duration.ofMinutes(1)).acquireAsync();
				await().until(() -> hears(masters.get(2)));
				cable.leadTo(masters.get(0));
				await().until(() -> !hears(masters.get(2)));
				await().pollDelay(Duration.ofSeconds(2)).until(() -> true);
				cable.leadTo(masters.get(2));
				await().atMost(Duration.ofSeconds(20)).until(() -> hears(masters.get(2)));
			}
		}
	}

	private static boolean hears(RedisMaster master) {
		return MasterProbe.of(master)
			.command("EVAL", "return #redis.call('pubsub', 'channels', 'redisson_lock__channel*')", "0")
			.equals(":1");
	}

	@Test
	void aReplicaIsNamedAndVotesOnceItIsNone(CapturedOutput output) {
		try (RedisMasters masters = RedisMasters.start(2);
				RedisMasters replica = RedisMasters.start(1, "replicaof 127.0.0.1 " + masters.get(0).port());
				ConfigurableApplicationContext application = start(
						"redlock.nodes=" + masters.nodes() + "," + replica.nodes(),
						"redlock.recovery.quarantine=300ms")) {
			assertThat(output).contains(
					"The Redis master " + replica.nodes() + " is a replica, and takes no locks. List the primary");
			lock(application);
			MasterProbe.of(replica.get(0)).command("REPLICAOF", "NO", "ONE");
			await().atMost(Duration.ofSeconds(20)).until(() -> {
				try (Lease lease = application.getBean(RedLockClient.class).lock("promoted").acquire()) {
					await().pollDelay(Duration.ofMillis(100)).until(() -> true);
					return MasterProbe.holders(replica, "lock:promoted") == 1;
				}
			});
		}
	}

	@Test
	void aNodeOfAClusterIsNamed(CapturedOutput output) {
		try (RedisMasters masters = RedisMasters.start(2);
				RedisMasters cluster = RedisMasters.start(1, "cluster-enabled yes")) {
			try (ConfigurableApplicationContext application = start(
					"redlock.nodes=" + masters.nodes() + "," + cluster.nodes())) {
				assertThat(output).contains("The Redis master " + cluster.nodes() + " is a node of a Redis Cluster");
				lock(application);
			}
		}
	}

	@Test
	void missingAndWrongPasswordsEndTheStartIfNoQuorumIsLeft(CapturedOutput output) {
		try (RedisMasters masters = RedisMasters.start(3, "requirepass s3cr3t")) {
			assertFailure("redlock.nodes=" + masters.nodes());
			for (RedisMaster master : masters) {
				assertThat(output).contains(master.address() + " wants a password, and none is configured");
			}
			String[] properties = new String[masters.size() * 2];
			for (int i = 0; i < masters.size(); i++) {
				properties[2 * i] = "redlock.nodes[" + i + "].address=" + masters.get(i).address();
				properties[2 * i + 1] = "redlock.nodes[" + i + "].password=wr0ng";
			}
			assertFailure(properties);
			assertThat(output).contains(masters.get(0).address() + " refuses the user name and password (WRONGPASS")
				.contains("Correct 'username' and 'password'")
				.doesNotContain("wr0ng");
		}
	}

	@Test
	void aRightThatTheUserLacksIsNamed(CapturedOutput output) {
		try (RedisMasters masters = RedisMasters.start(1, "user default on nopass ~* &* +@all -info")) {
			assertFailure("redlock.nodes=" + masters.nodes());
			assertThat(output).contains(masters.nodes() + " denies the user a right that locks need (")
				.contains("docs/operations.md");
		}
	}

	@Test
	void aMasterWithoutTlsIsSuspected(CapturedOutput output) {
		try (RedisMasters masters = RedisMasters.start(1);
				ConfigurableApplicationContext application = start(
						"redlock.nodes=" + masters.nodes().replace("redis://", "rediss://"))) {
			await().untilAsserted(() -> assertThat(output)
				.contains("(no answer in time; that is also how a server behaves that does not speak TLS there)"));
		}
	}

	private static void assertFailure(String... properties) {
		assertThatException().isThrownBy(() -> start(properties).close());
	}

	private static ConfigurableApplicationContext start(String... properties) {
		return new SpringApplicationBuilder(RedLockAutoConfiguration.class).web(WebApplicationType.NONE)
			.properties(properties)
			.run();
	}

	private static void assertNoQuorum(ConfigurableApplicationContext application, Duration time) {
		RedLockClient redLock = application.getBean(RedLockClient.class);
		for (long end = System.nanoTime() + time.toNanos(); System.nanoTime() < end;) {
			assertThatExceptionOfType(QuorumUnavailableException.class)
				.isThrownBy(() -> redLock.lock("any").waitFor(Duration.ofMillis(20)).acquire());
		}
	}

	private static void lock(ConfigurableApplicationContext application) {
		RedLockClient redLock = application.getBean(RedLockClient.class);
		try (Lease lease = redLock.lock("any").waitFor(Duration.ofSeconds(5)).acquire()) {
			assertThat(lease.isValid()).isTrue();
		}
	}

}
