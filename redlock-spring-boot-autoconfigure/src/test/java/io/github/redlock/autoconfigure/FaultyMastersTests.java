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

import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.github.redlock.Lease;
import io.github.redlock.QuorumUnavailableException;
import io.github.redlock.RedLockClient;
import io.github.redlock.quorum.QuorumLocks;
import io.github.redlock.test.EmbeddedRedLock;
import io.github.redlock.test.RedisMasters;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * An application while masters are dead, hung or unreachable.
 */
@EmbeddedRedLock(masters = 5)
class FaultyMastersTests {

	private static final int CALLS = 600;

	private final RedisMasters masters;

	FaultyMastersTests(RedisMasters masters) {
		this.masters = masters;
	}

	@AfterEach
	void heal() {
		this.masters.heal();
	}

	@Test
	void aHungMinorityCostsCallersNothing() {
		try (ConfigurableApplicationContext context = start(this.masters.nodes())) {
			RedLockClient redLock = context.getBean(RedLockClient.class);
			median(redLock);
			Duration healthy = median(redLock);
			this.masters.get(4).hang();
			Duration hung = median(redLock);
			System.out.printf("p50 of acquire + release: healthy %d us, one of five hung %d us%n",
					healthy.toNanos() / 1000, hung.toNanos() / 1000);
			assertThat(hung).isLessThan(healthy.multipliedBy(3).dividedBy(2));
		}
	}

	@Test
	void aBlackholedMinorityCostsNeitherStartNorCallers() throws Exception {
		start(this.masters.nodes()).close();
		long begin = System.nanoTime();
		Duration healthy;
		try (ConfigurableApplicationContext context = start(this.masters.nodes())) {
			healthy = Duration.ofNanos(System.nanoTime() - begin);
			median(context.getBean(RedLockClient.class));
			Duration healthyCall = median(context.getBean(RedLockClient.class));
			try (BlackHole blackHole = new BlackHole()) {
				String nodes = this.masters.nodes().replace(this.masters.get(2).address(), blackHole.address());
				begin = System.nanoTime();
				try (ConfigurableApplicationContext other = start(nodes)) {
					Duration start = Duration.ofNanos(System.nanoTime() - begin);
					median(other.getBean(RedLockClient.class));
					Duration call = median(other.getBean(RedLockClient.class));
					System.out.printf(
							"one of five blackholed: start %d ms (healthy %d ms), p50 of acquire + release %d us (healthy %d us)%n",
							start.toMillis(), healthy.toMillis(), call.toNanos() / 1000, healthyCall.toNanos() / 1000);
					assertThat(start).isLessThan(healthy.plusSeconds(2));
					assertThat(call).isLessThan(healthyCall.multipliedBy(3).dividedBy(2));
				}
			}
		}
	}

	@Test
	void theFirstToAskAfterAllConnectionsWereLostIsServed() {
		try (ConfigurableApplicationContext context = start(this.masters.nodes())) {
			RedLockClient redLock = context.getBean(RedLockClient.class);
			redLock.lock("before").run(() -> {
			});
			for (int i = 0; i < 5; i++) {
				MasterProbe.of(this.masters.get(i)).command("CLIENT", "KILL", "TYPE", "normal");
			}
			await().pollDelay(Duration.ofSeconds(1)).until(() -> true);
			redLock.lock("after")
				.waitFor(Duration.ZERO)
				.run(() -> await()
					.untilAsserted(() -> assertThat(MasterProbe.holders(this.masters, "lock:after")).isEqualTo(5)));
		}
	}

	@Test
	void twoHungMastersNeverYieldALeaseThatAQuorumDoesNotHold() {
		try (ConfigurableApplicationContext context = start(this.masters.nodes())) {
			RedLockClient redLock = context.getBean(RedLockClient.class);
			this.masters.get(0).hang();
			this.masters.get(1).hang();
			for (int i = 0; i < 20; i++) {
				String key = "two-hung:" + i;
				try (Lease lease = redLock.lock(key).lease(Duration.ofSeconds(2)).acquire()) {
					long held = 0;
					for (int m = 2; m < 5; m++) {
						held += MasterProbe.of(this.masters.get(m)).command("EXISTS", "lock:" + key).equals(":1") ? 1
								: 0;
					}
					assertThat(lease.isValid()).isTrue();
					assertThat(held).isEqualTo(3);
				}
			}
			this.masters.get(2).hang();
			assertThatExceptionOfType(QuorumUnavailableException.class).isThrownBy(() -> redLock.lock("three-hung")
				.lease(Duration.ofSeconds(2))
				.waitFor(Duration.ofMillis(500))
				.acquire());
		}
	}

	@Test
	void whoQueuesBehindOneThatHasNoQuorumHasNoneEither() {
		try (ConfigurableApplicationContext context = start(this.masters.nodes())) {
			RedLockClient redLock = context.getBean(RedLockClient.class);
			this.masters.get(0).hang();
			this.masters.get(1).hang();
			this.masters.get(2).hang();
			CompletableFuture<Lease> first = redLock.lock("queue").waitFor(Duration.ofSeconds(3)).acquireAsync();
			assertThatExceptionOfType(QuorumUnavailableException.class)
				.isThrownBy(() -> redLock.lock("queue").waitFor(Duration.ofMillis(500)).acquire())
				.satisfies((failure) -> assertThat(failure.getAnswers()).hasSize(5))
				.withMessageContaining("3 of 5 masters must grant it");
			this.masters.heal();
			first.join().close();
		}
	}

	@Test
	@ExtendWith(OutputCaptureExtension.class)
	void anOutageIsTwoLinesInTheLogHoweverManyCallsFail(CapturedOutput output) {
		try (ConfigurableApplicationContext context = start(this.masters.nodes())) {
			RedLockClient redLock = context.getBean(RedLockClient.class);
			List<Lease> leases = Stream.of("held:1", "held:2").map((key) -> redLock.lock(key).acquire()).toList();
			this.masters.get(0).hang();
			this.masters.get(1).hang();
			this.masters.get(2).hang();
			leases.forEach(Lease::close);
			for (int i = 0; i < 5; i++) {
				assertThatExceptionOfType(QuorumUnavailableException.class)
					.isThrownBy(() -> redLock.lock("outage").waitFor(Duration.ZERO).acquire());
			}
			this.masters.heal();
			await().ignoreExceptions().until(() -> {
				redLock.lock("outage").acquire().close();
				return output.toString().contains("Locks are taken again, ");
			});
		}
		assertThat(output.toString().lines().filter((line) -> line.contains("Too few masters serve locks")))
			.singleElement()
			.asString()
			.contains("WARN")
			.containsPattern("Only \\d of 5 masters confirmed the end of the lock on \\[held:1]");
	}

	@Test
	@ExtendWith(OutputCaptureExtension.class)
	void aMasterThatIsAwayIsOneLineInTheLogHoweverItFails(CapturedOutput output) throws Exception {
		try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
			String address = "redis://127.0.0.1:" + silent.getLocalPort();
			String nodes = this.masters.nodes().replace(this.masters.get(2).address(), address);
			try (ConfigurableApplicationContext context = start(nodes)) {
				await().until(() -> output.toString().contains("Cannot connect to the Redis master " + address));
				silent.close();
				await().until(() -> statusOf(context, address).contains("refused"));
			}
			assertThat(output).containsOnlyOnce("Cannot connect to the Redis master " + address);
		}
	}

	private static String statusOf(ConfigurableApplicationContext context, String address) {
		return context.getBean(QuorumLocks.class)
			.checkMasters()
			.join()
			.stream()
			.filter((master) -> master.name().equals(address))
			.map((master) -> String.valueOf(master.reason()))
			.collect(Collectors.joining());
	}

	@Test
	void startsWithAMinorityDownAndUsesItOnceItIsBack() {
		this.masters.get(0).kill();
		this.masters.get(1).kill();
		try (ConfigurableApplicationContext context = start(this.masters.nodes())) {
			RedLockClient redLock = context.getBean(RedLockClient.class);
			redLock.lock("minority-down").run(() -> {
			});
			this.masters.heal();
			awaitVotes(redLock, 5);
		}
	}

	@Test
	void startsWithAllMastersDownAndWorksOnceTheyAreBack() {
		this.masters.forEach((master) -> master.kill());
		try (ConfigurableApplicationContext context = start(this.masters.nodes())) {
			RedLockClient redLock = context.getBean(RedLockClient.class);
			assertThatExceptionOfType(QuorumUnavailableException.class)
				.isThrownBy(() -> redLock.lock("all-down").waitFor(Duration.ZERO).acquire())
				.withMessageContaining("refused");
			this.masters.heal();
			awaitVotes(redLock, 5);
		}
	}

	@Test
	void aRestartedMasterIsUsedAgain() {
		try (ConfigurableApplicationContext context = start(this.masters.nodes())) {
			RedLockClient redLock = context.getBean(RedLockClient.class);
			awaitVotes(redLock, 5);
			this.masters.get(3).restart();
			this.masters.get(4).wipe();
			awaitVotes(redLock, 5);
		}
	}

	@Test
	void usesFewThreadsAndConnectionsAndLeavesNone() {
		start(this.masters.nodes()).close();
		Set<Thread> before = threads();
		long connectionsBefore = connections();
		try (ConfigurableApplicationContext context = start(this.masters.nodes())) {
			RedLockClient redLock = context.getBean(RedLockClient.class);
			median(redLock);
			Set<Thread> during = threads();
			during.removeAll(before);
			System.out.printf("five masters: %d more threads, %d more connections%n", during.size(),
					connections() - connectionsBefore);
			assertThat(during).hasSizeLessThanOrEqualTo(14);
			assertThat(connections() - connectionsBefore).isBetween(5L, 15L);
		}
		await().untilAsserted(() -> {
			Set<Thread> after = threads();
			after.removeAll(before);
			assertThat(after).isEmpty();
			assertThat(connections()).isEqualTo(connectionsBefore);
		});
	}

	private void awaitVotes(RedLockClient redLock, int votes) {
		BooleanSupplier allVote = () -> {
			try (Lease lease = redLock.lock("votes").waitFor(Duration.ZERO).acquire()) {
				await().atMost(Duration.ofMillis(200))
					.until(() -> MasterProbe.holders(this.masters, "lock:votes") == votes);
				return true;
			}
		};
		await().ignoreExceptions().until(allVote::getAsBoolean);
	}

	private static Duration median(RedLockClient redLock) {
		long[] nanos = new long[CALLS];
		for (int i = 0; i < CALLS; i++) {
			long begin = System.nanoTime();
			redLock.lock("median:" + i).acquire().close();
			nanos[i] = System.nanoTime() - begin;
		}
		Arrays.sort(nanos);
		return Duration.ofNanos(nanos[CALLS / 2]);
	}

	private static Set<Thread> threads() {
		return Thread.getAllStackTraces()
			.keySet()
			.stream()
			.filter((thread) -> !thread.getName().startsWith("awaitility"))
			.collect(Collectors.toSet());
	}

	private long connections() {
		long connections = 0;
		for (var master : this.masters) {
			connections += MasterProbe.of(master).clients() - 1;
		}
		return connections;
	}

	private static ConfigurableApplicationContext start(String nodes) {
		return new SpringApplicationBuilder(Application.class).web(WebApplicationType.NONE)
			.properties("redlock.nodes=" + nodes, "redlock.recovery.quarantine=300ms", "spring.main.banner-mode=off",
					"logging.level.org.redisson=error")
			.run();
	}

	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration(RedLockAutoConfiguration.class)
	static class Application {

	}

}
