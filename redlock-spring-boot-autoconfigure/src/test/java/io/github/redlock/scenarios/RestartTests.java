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

package io.github.redlock.scenarios;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

import io.github.redlock.Lease;
import io.github.redlock.QuorumUnavailableException;
import io.github.redlock.autoconfigure.MasterProbe;
import io.github.redlock.test.RedisMaster;
import io.github.redlock.test.RedisMasters;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Masters that restart and have forgotten everything. Their quarantine is the default,
 * which follows from the longest lease.
 */
class RestartTests {

	private static final String KEY = "lock:key";

	@Test
	void aMasterThatForgetsALeaseDoesNotHelpASecondHolder() {
		try (RedisMasters masters = RedisMasters.start(3);
				Instance one = instance(masters, 2);
				Instance other = instance(masters, 2)) {
			one.lock("warm").acquire().close();
			probe(masters, 2).command("SET", KEY, "foreign");
			Lease lease = one.lock("key").lease(Duration.ofSeconds(2)).renew(false).acquire();
			TwoInstances.soon().until(() -> probe(masters, 0).owners(KEY).equals(probe(masters, 1).owners(KEY)));
			probe(masters, 2).command("DEL", KEY);
			masters.get(1).restart();
			// two of three masters are free now
			assertThat(MasterProbe.holders(masters, KEY)).isEqualTo(1);
			int refused = 0;
			while (lease.isValid()) {
				Optional<Lease> second = attempt(other);
				assertThat(second.isPresent() && lease.isValid()).isFalse();
				second.ifPresent(Lease::close);
				refused += second.isPresent() ? 0 : 1;
			}
			assertThat(refused).isPositive();
			try (Lease next = other.lock("key").waitFor(Duration.ofSeconds(20)).acquire()) {
				assertThat(next.token()).isGreaterThan(lease.token());
			}
		}
	}

	private static Optional<Lease> attempt(Instance instance) {
		try {
			return instance.lock("key").lease(Duration.ofSeconds(1)).waitFor(Duration.ZERO).tryAcquire();
		}
		catch (QuorumUnavailableException ex) {
			return Optional.empty();
		}
	}

	@Test
	void theQuarantineOfAMasterHoldsForAllWhoeverComesFirst() {
		try (RedisMasters masters = RedisMasters.start(3); Instance early = instance(masters, 2)) {
			early.lock("warm").acquire().close();
			masters.get(1).kill();
			masters.get(2).restart();
			long restarted = System.nanoTime();
			try (Instance late = instance(masters, 2)) {
				// the late one has connected to the new run of the master, the early one
				// to the old one
				for (Instance instance : new Instance[] { late, early, late, early }) {
					assertThatExceptionOfType(QuorumUnavailableException.class)
						.isThrownBy(() -> instance.lock("key").waitFor(Duration.ZERO).acquire())
						.satisfies((ex) -> assertThat(ex.getAnswers()).hasSize(3));
				}
				TwoInstances.soon().until(() -> answer(late, masters.get(2)).contains("recovering"));
				TwoInstances.soon().until(() -> answer(early, masters.get(2)).contains("recovering"));
				CompletableFuture<Lease> first = early.lock("key:1").waitFor(Duration.ofSeconds(20)).acquireAsync();
				CompletableFuture<Lease> second = late.lock("key:2").waitFor(Duration.ofSeconds(20)).acquireAsync();
				CompletableFuture.anyOf(first, second).join();
				assertThat(TwoInstances.since(restarted)).isGreaterThan(Duration.ofSeconds(2));
				first.join().close();
				second.join().close();
			}
		}
	}

	private static String answer(Instance instance, RedisMaster master) {
		try (Lease lease = instance.lock("key").waitFor(Duration.ZERO).acquire()) {
			throw new AssertionError("The quarantine does not hold");
		}
		catch (QuorumUnavailableException ex) {
			return ex.getAnswers().getOrDefault(master.address(), "");
		}
	}

	@Test
	void emptyServersInThePlaceOfALostMajorityVoteOnceTheirQuarantineIsOver() {
		try (RedisMasters masters = RedisMasters.start(3); Instance instance = instance(masters, 2)) {
			Lease before = instance.lock("key").acquire();
			before.close();
			masters.get(1).kill();
			masters.get(2).kill();
			assertThatExceptionOfType(QuorumUnavailableException.class)
				.isThrownBy(() -> instance.lock("key").waitFor(Duration.ZERO).acquire());
			masters.get(1).wipe();
			masters.get(2).wipe();
			long started = System.nanoTime();
			try (Lease after = instance.lock("key").waitFor(Duration.ofSeconds(20)).acquire()) {
				assertThat(TwoInstances.since(started)).isGreaterThan(Duration.ofSeconds(2));
				assertThat(after.token()).isGreaterThan(before.token());
			}
		}
	}

	@Test
	void aRollingRestartOfAllMastersIsNeitherAnOutageNorAChance() throws Exception {
		try (RedisMasters masters = RedisMasters.start(5);
				Instance one = instance(masters, 1);
				Instance other = instance(masters, 1)) {
			AtomicBoolean over = new AtomicBoolean();
			AtomicInteger inside = new AtomicInteger();
			AtomicInteger turns = new AtomicInteger();
			Lease held = one.lock("key").acquire();
			CompletableFuture<Void> thief = CompletableFuture.runAsync(() -> {
				while (!over.get()) {
					assertThat(attempt(other)).isEmpty();
				}
			});
			CompletableFuture<?>[] workers = new CompletableFuture<?>[2];
			for (int i = 0; i < workers.length; i++) {
				Instance worker = (i != 0) ? one : other;
				workers[i] = CompletableFuture.runAsync(() -> {
					while (!over.get()) {
						worker.lock("work").waitFor(Duration.ofSeconds(2)).run(() -> {
							assertThat(inside.incrementAndGet()).isEqualTo(1);
							turns.incrementAndGet();
							inside.decrementAndGet();
						});
					}
				});
			}
			for (RedisMaster master : masters) {
				int before = turns.get();
				master.restart();
				Awaitility.await().pollDelay(Duration.ofMillis(1100)).until(() -> turns.get() > before);
				assertThat(held.isValid()).isTrue();
			}
			over.set(true);
			CompletableFuture.allOf(workers).get(20, TimeUnit.SECONDS);
			thief.get(20, TimeUnit.SECONDS);
			System.out.printf("rolling restart: %d turns%n", turns.get());
			assertThat(held.isValid()).isTrue();
			assertThat(one.events().lost).isEmpty();
			assertThat(other.events().lost).isEmpty();
			held.close();
		}
	}

	private static Instance instance(RedisMasters masters, int maxLeaseSeconds) {
		return Instance.start(masters.nodes(), "redlock.max-lease=" + maxLeaseSeconds + "s",
				"redlock.lease=" + maxLeaseSeconds + "s");
	}

	private static MasterProbe probe(RedisMasters masters, int index) {
		return MasterProbe.of(masters.get(index));
	}

}
