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
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import io.github.redlock.Lease;
import io.github.redlock.LeaseLostException;
import io.github.redlock.LockBusyException;
import io.github.redlock.RedLockClient.LockSpec;
import io.github.redlock.autoconfigure.MasterProbe;
import io.github.redlock.quorum.Clocks;
import io.github.redlock.quorum.QuorumLocks;
import io.github.redlock.quorum.QuorumSettings;
import io.github.redlock.test.RedisMasters;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * What any lock does, between two instances on healthy masters.
 */
class BasicsTests extends TwoInstances {

	BasicsTests(RedisMasters masters) {
		super(masters);
	}

	@Test
	void everyMasterKeepsOneOwnerForTheLeaseUntilItIsClosed() {
		Lease lease = this.one.lock(this.key).lease(Duration.ofSeconds(10)).renew(false).acquire();
		soon().until(() -> holders(this.key) == 5);
		String owner = probe(0).owners(stored(this.key));
		assertThat(owner).matches("[0-9a-f]{32}");
		for (MasterProbe master : probes()) {
			assertThat(master.owners(stored(this.key))).isEqualTo(owner);
			assertThat(master.command("HGET", stored(this.key), owner)).isEqualTo("1");
			assertThat(master.ttl(stored(this.key))).isBetween(5_000L, 10_000L);
			master.command("PEXPIRE", stored(this.key), "3000");
		}
		lease.renew();
		soon().untilAsserted(() -> assertThat(probes())
			.allSatisfy((master) -> assertThat(master.ttl(stored(this.key))).isBetween(5_000L, 10_000L)));
		lease.close();
		soon().untilAsserted(() -> assertThat(holders(this.key)).isZero());
	}

	@Test
	void isBusyForOthersWhileItIsHeldAndFreeAfterwards() {
		Lease lease = this.one.lock(this.key).acquire();
		assertThat(this.other.lock(this.key).waitFor(Duration.ZERO).tryAcquire()).isEmpty();
		assertThatExceptionOfType(LockBusyException.class)
			.isThrownBy(() -> this.other.lock(this.key).waitFor(Duration.ofMillis(300)).acquire())
			.satisfies((ex) -> assertThat(ex.getKeys()).containsExactly(this.key));
		assertThat(lease.isValid()).isTrue();
		lease.close();
		for (Instance instance : List.of(this.other, this.one, this.other)) {
			try (Lease again = instance.lock(this.key).waitFor(Duration.ofSeconds(5)).acquire()) {
				assertThat(again.isValid()).isTrue();
				assertThat(again.token()).isGreaterThan(lease.token());
			}
		}
	}

	@Test
	void ofContendersThatAskOnceAtMostOneWins() throws Exception {
		int contenders = 5;
		ExecutorService threads = Executors.newFixedThreadPool(contenders);
		List<Instance> instances = new ArrayList<>(List.of(this.one, this.other));
		IntStream.range(2, contenders).forEach((i) -> instances.add(instance(this.masters.nodes())));
		int wins = 0;
		for (int i = 0; i < 20; i++) {
			String contended = this.key + i;
			CyclicBarrier start = new CyclicBarrier(contenders);
			List<CompletableFuture<Optional<Lease>>> shots = instances.stream()
				.map((instance) -> CompletableFuture.supplyAsync(() -> {
					await(start);
					return instance.lock(contended).waitFor(Duration.ZERO).tryAcquire();
				}, threads))
				.toList();
			List<Lease> won = shots.stream().map(CompletableFuture::join).flatMap(Optional::stream).toList();
			assertThat(won).hasSizeLessThanOrEqualTo(1);
			wins += won.size();
			won.forEach(Lease::close);
		}
		System.out.printf("%d contenders that asked once: one of them won in %d of 20 rounds%n", contenders, wins);
		assertThat(wins).isPositive();
		instances.stream().skip(2).forEach(Instance::close);
		threads.shutdown();
	}

	@Test
	void hundredThatWaitInTwoInstancesAllGetTheirTurnAndNeverTwoAtOnce() throws Exception {
		ExecutorService threads = Executors.newFixedThreadPool(100);
		CyclicBarrier start = new CyclicBarrier(100);
		AtomicInteger inside = new AtomicInteger();
		AtomicInteger turns = new AtomicInteger();
		CompletableFuture<?>[] contenders = IntStream.range(0, 100).mapToObj((i) -> CompletableFuture.runAsync(() -> {
			await(start);
			Instance instance = (i % 2 != 0) ? this.one : this.other;
			instance.lock(this.key).waitFor(Duration.ofSeconds(60)).run(() -> {
				assertThat(inside.incrementAndGet()).isEqualTo(1);
				turns.incrementAndGet();
				Thread.yield();
				assertThat(inside.decrementAndGet()).isZero();
			});
		}, threads)).toArray(CompletableFuture[]::new);
		CompletableFuture.allOf(contenders).get(60, TimeUnit.SECONDS);
		assertThat(turns).hasValue(100);
		threads.shutdown();
	}

	private static void await(CyclicBarrier barrier) {
		try {
			barrier.await(30, TimeUnit.SECONDS);
		}
		catch (Exception ex) {
			throw new IllegalStateException(ex);
		}
	}

	@Test
	void ownersAreNeverTheSame() {
		Set<String> owners = new HashSet<>();
		for (int i = 0; i < 100; i++) {
			Instance instance = (i % 2 != 0) ? this.one : this.other;
			try (Lease lease = instance.lock(this.key).acquire()) {
				List<String> kept = probes().stream().map((master) -> master.owners(stored(this.key))).toList();
				String owner = kept.stream()
					.filter((each) -> Collections.frequency(kept, each) >= 3)
					.findAny()
					.orElseThrow();
				assertThat(owner).matches("[0-9a-f]{32}");
				owners.add(owner);
			}
		}
		assertThat(owners).hasSize(100);
	}

	@Test
	void otherKeysAreIndependent() {
		try (Lease lease = this.one.lock(this.key).acquire()) {
			Lease second = this.other.lock(this.key + ":second").waitFor(Duration.ZERO).acquire();
			soon().until(() -> holders(this.key) == 5 && holders(this.key + ":second") == 5);
			second.close();
			soon().until(() -> holders(this.key + ":second") == 0);
			assertThat(holders(this.key)).isEqualTo(5);
			assertThat(lease.isValid()).isTrue();
		}
	}

	@Test
	void closingTwiceIsHarmlessAndUsingAClosedLeaseIsTold() {
		Lease lease = this.one.lock(this.key).acquire();
		lease.close();
		soon().until(() -> holders(this.key) == 0);
		try (Lease next = this.other.lock(this.key).acquire()) {
			soon().until(() -> holders(this.key) == 5);
			String owner = probe(0).owners(stored(this.key));
			lease.close();
			assertThat(lease.isValid()).isFalse();
			assertThatExceptionOfType(LeaseLostException.class).isThrownBy(lease::renew)
				.withMessageContaining("given back already");
			assertThat(probes()).allSatisfy((master) -> assertThat(master.owners(stored(this.key))).isEqualTo(owner));
			assertThat(next.isValid()).isTrue();
		}
		assertThat(this.one.events().released.stream().filter(lease::equals)).hasSize(1);
		assertThat(this.one.events().lost).doesNotContain(lease);
	}

	@Test
	void anExceptionInTheBodyGivesTheLockBack() {
		assertThatIllegalStateException().isThrownBy(() -> this.one.lock(this.key).run(() -> {
			throw new IllegalStateException("own");
		})).withMessage("own");
		try (Lease next = this.other.lock(this.key).waitFor(Duration.ofSeconds(5)).acquire()) {
			assertThat(next.isValid()).isTrue();
		}
		soon().until(() -> holders(this.key) == 0);
	}

	@Test
	void refusesToLockMoreKeysThanAMasterHasTimeFor() {
		List<String> keys = IntStream.rangeClosed(0, 1000).mapToObj((i) -> this.key + i).toList();
		assertThatIllegalArgumentException().isThrownBy(() -> this.one.lock(keys.toArray(String[]::new)))
			.withMessageStartingWith("'keys' must not be more than 1000, but are 1001");
	}

	@Test
	void refusesToLockNothing() {
		assertThatIllegalArgumentException().isThrownBy(() -> this.one.lock()).withMessageContaining("'keys'");
		assertThatIllegalArgumentException().isThrownBy(() -> this.one.lock((String) null))
			.withMessageContaining("'keys'");
		assertThatIllegalArgumentException().isThrownBy(() -> this.one.lock("a", " ")).withMessageContaining("'keys'");
		assertThatIllegalArgumentException().isThrownBy(() -> this.one.lock((String[]) null))
			.withMessageContaining("'keys'");
	}

	@Test
	void takesNoLockForNoTask() {
		LockSpec lock = this.one.lock(this.key);
		assertThatIllegalArgumentException().isThrownBy(() -> lock.run(null)).withMessageContaining("'task'");
		assertThatIllegalArgumentException().isThrownBy(() -> lock.call(null)).withMessageContaining("'task'");
		assertThatIllegalArgumentException().isThrownBy(() -> lock.callAsync(null)).withMessageContaining("'task'");
	}

	@Test
	void takesAKeyThatIsNamedTwiceOnce() {
		try (Lease lease = this.one.lock(this.key, this.key).waitFor(Duration.ZERO).acquire()) {
			assertThat(lease.keys()).containsExactly(this.key);
		}
	}

	@Test
	void refusesToWorkWithoutMasters() {
		QuorumSettings settings = new QuorumSettings(Duration.ofMillis(50), Duration.ofMillis(20),
				Duration.ofMillis(500), Duration.ofMinutes(1));
		assertThatIllegalArgumentException()
			.isThrownBy(() -> new QuorumLocks(List.of(), settings, Clocks.system(), (task, delay) -> () -> {
			}, new Random(), Runnable::run, List.of()))
			.withMessageContaining("'nodes'");
	}

	static Stream<UnaryOperator<LockSpec>> impossible() {
		Duration negative = Duration.ofSeconds(-1);
		Duration drift = Duration.ofMillis(2);
		Duration tooLong = Duration.ofDays(1);
		return Stream.of((lock) -> lock.lease(Duration.ZERO), (lock) -> lock.lease(negative),
				(lock) -> lock.lease(Duration.ofMillis(1)), (lock) -> lock.lease(drift), (lock) -> lock.lease(tooLong),
				(lock) -> lock.lease(Duration.ofSeconds(Long.MAX_VALUE)), (lock) -> lock.waitFor(negative),
				(lock) -> lock.atLeast(negative), (lock) -> lock.atLeast(tooLong), (lock) -> lock.maxHold(drift),
				(lock) -> lock.maxHold(negative),
				(lock) -> lock.atLeast(Duration.ofSeconds(20)).maxHold(Duration.ofSeconds(10)));
	}

	@ParameterizedTest
	@MethodSource
	void impossible(UnaryOperator<LockSpec> wish) {
		assertThatIllegalArgumentException().isThrownBy(() -> wish.apply(this.one.lock(this.key)));
	}

	@Test
	void waitsForEverIfThatIsWanted() throws Exception {
		Lease lease = this.one.lock(this.key).acquire();
		Duration ever = Duration.ofSeconds(Long.MAX_VALUE);
		CompletableFuture<Lease> first = this.other.lock(this.key).waitFor(ever).maxHold(ever).acquireAsync();
		CompletableFuture<Lease> second = this.other.lock(this.key).waitFor(ever).acquireAsync();
		lease.close();
		first.get(10, TimeUnit.SECONDS).close();
		second.get(10, TimeUnit.SECONDS).close();
	}

}
