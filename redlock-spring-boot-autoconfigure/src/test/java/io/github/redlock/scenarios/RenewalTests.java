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
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

import io.github.redlock.Lease;
import io.github.redlock.LeaseLostException;
import io.github.redlock.QuorumUnavailableException;
import io.github.redlock.RedLockException;
import io.github.redlock.autoconfigure.MasterProbe;
import io.github.redlock.test.RedisMaster;
import io.github.redlock.test.RedisMasters;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Leases that are renewed, and those that cannot be.
 */
class RenewalTests extends TwoInstances {

	private static final Duration LONG = Duration.ofSeconds(10);

	RenewalTests(RedisMasters masters) {
		super(masters);
	}

	@Test
	void aLeaseThatIsOverCannotBeRenewed() {
		Lease lease = this.one.lock(this.key).lease(Duration.ofMillis(300)).renew(false).acquire();
		soon().until(() -> !lease.isValid() && holders(this.key) == 0);
		assertThatExceptionOfType(LeaseLostException.class).isThrownBy(lease::renew);
		assertThat(holders(this.key)).isZero();
		assertThat(this.one.events().lost).containsOnlyOnce(lease);
	}

	@Test
	void anInterruptEndsTheWaitForARenewalAndIsNoWantOfMasters() {
		try (Lease lease = this.one.lock(this.key).lease(LONG).renew(false).acquire()) {
			for (int i = 0; i < 3; i++) {
				this.masters.get(i).hang();
			}
			Thread.currentThread().interrupt();
			assertThatExceptionOfType(RedLockException.class).isThrownBy(lease::renew)
				.withMessage("Interrupted while renewing the lock on [" + this.key + "]")
				.isExactlyInstanceOf(RedLockException.class);
			assertThat(Thread.interrupted()).isTrue();
			assertThat(lease.isValid()).isTrue();
			this.masters.heal();
		}
	}

	@Test
	void anothersLockIsNotRenewed() {
		Lease lease = hold(this.key);
		probes().forEach((master) -> master.command("DEL", stored(this.key)));
		try (Lease others = this.other.lock(this.key).lease(Duration.ofSeconds(4)).renew(false).acquire()) {
			soon().until(() -> holders(this.key) == 5);
			String owner = probe(0).owners(stored(this.key));
			assertThatExceptionOfType(LeaseLostException.class).isThrownBy(lease::renew);
			assertThat(lease.isValid()).isFalse();
			assertThat(others.isValid()).isTrue();
			for (MasterProbe master : probes()) {
				assertThat(master.owners(stored(this.key))).isEqualTo(owner);
				assertThat(master.ttl(stored(this.key))).isBetween(1L, 4000L);
			}
		}
	}

	@Test
	void aMinorityThatLostTheLockDoesNotMatterAndAMajorityDoes() {
		try (Lease lease = hold(this.key)) {
			forget(this.key, 2);
			soon().until(() -> lease.remaining().compareTo(LONG.minusMillis(400)) < 0);
			lease.renew();
			assertThat(lease.remaining()).isGreaterThan(LONG.minusMillis(400));
			soon().until(() -> holders(this.key) == 5);
			forget(this.key, 3);
			assertThatExceptionOfType(LeaseLostException.class).isThrownBy(lease::renew);
			assertThat(lease.isValid()).isFalse();
		}
	}

	@Test
	void missingForeignAndErrorAreToldApart() {
		try (Lease lease = hold(this.key)) {
			probe(0).command("DEL", stored(this.key));
			probe(1).command("DEL", stored(this.key));
			probe(1).command("HSET", stored(this.key), "someone", "1");
			lease.renew();
			soon().until(() -> probe(0).owners(stored(this.key)).matches("[0-9a-f]{32}"));
			assertThat(probe(1).owners(stored(this.key))).isEqualTo("someone");
			assertThat(probe(1).ttl(stored(this.key))).isEqualTo(-1);
			permit("-pexpire", 3);
			assertThatExceptionOfType(QuorumUnavailableException.class).isThrownBy(lease::renew)
				.withMessageContaining("it stays valid for");
			assertThat(lease.isValid()).isTrue();
			permit("+pexpire", 3);
			List<MasterProbe> rest = probes().subList(2, 5);
			rest.forEach((master) -> master.command("PEXPIRE", stored(this.key), "5000"));
			lease.renew();
			// a master that renews after it forgot is repaired and would confirm
			soon().until(() -> rest.stream().allMatch((master) -> master.ttl(stored(this.key)) > 5000));
			rest.forEach((master) -> master.command("DEL", stored(this.key)));
			assertThatExceptionOfType(LeaseLostException.class).isThrownBy(lease::renew);
			assertThat(lease.isValid()).isFalse();
		}
		probe(1).command("DEL", stored(this.key));
	}

	@Test
	void aTransientErrorIsTriedAgain() {
		Duration length = Duration.ofSeconds(2);
		try (Lease lease = this.one.lock(this.key).lease(length).acquire()) {
			IntStream.range(0, 3).mapToObj(this.masters::get).forEach(RedisMaster::hang);
			// a renewal is due after a third
			soon().until(() -> lease.remaining().compareTo(length.dividedBy(2)) < 0);
			this.masters.heal();
			soon().atMost(length).until(() -> lease.remaining().compareTo(length.multipliedBy(4).dividedBy(5)) > 0);
			assertThat(this.one.events().lost).doesNotContain(lease);
		}
	}

	@Test
	void aLossIsFinal() {
		AtomicInteger told = new AtomicInteger();
		try (Lease lease = hold(this.key)) {
			lease.onLost(told::incrementAndGet);
			String owner = probe(0).owners(stored(this.key));
			forget(this.key, 5);
			assertThatExceptionOfType(LeaseLostException.class).isThrownBy(lease::renew);
			for (MasterProbe master : probes()) {
				master.command("HSET", stored(this.key), owner, "1");
				master.command("PEXPIRE", stored(this.key), "5000");
			}
			assertThatExceptionOfType(LeaseLostException.class).isThrownBy(lease::renew);
			assertThat(lease.isValid()).isFalse();
			soon().untilAsserted(() -> assertThat(told).hasValue(1));
			soon().untilAsserted(() -> assertThat(this.one.events().lost).containsOnlyOnce(lease));
		}
		assertThat(this.one.events().released).noneMatch((lease) -> lease.keys().contains(this.key));
	}

	@Test
	void whileItIsRenewedNobodyElseGetsTheLock() throws Exception {
		Duration length = Duration.ofMillis(500);
		Lease lease = this.one.lock(this.key).lease(length).acquire();
		CompletableFuture<Lease> waiting = this.other.lock(this.key).waitFor(Duration.ofMinutes(1)).acquireAsync();
		long start = System.nanoTime();
		while (since(start).compareTo(length.multipliedBy(4)) < 0) {
			assertThat(waiting).isNotDone();
			assertThat(lease.isValid()).isTrue();
			assertThat(this.one.lock(this.key).waitFor(Duration.ofMillis(100)).tryAcquire()).isEmpty();
		}
		lease.close();
		waiting.get(10, TimeUnit.SECONDS).close();
	}

	@Test
	void aKilledHolderIsReplacedWithinTheLease() throws Exception {
		Duration length = Duration.ofMillis(1500);
		try (HolderProcess holder = HolderProcess.start(this.masters.nodes(), this.key, length)) {
			long token = Long.parseLong(holder.hear());
			holder.kill();
			long killed = System.nanoTime();
			Optional<Lease> atOnce = this.other.lock(this.key).waitFor(Duration.ZERO).tryAcquire();
			assertThat(atOnce).isEmpty();
			try (Lease next = this.other.lock(this.key).waitFor(Duration.ofMinutes(1)).acquire()) {
				assertThat(since(killed)).isLessThan(length.plusSeconds(1));
				assertThat(next.token()).isGreaterThan(token);
			}
		}
	}

	@Test
	void whenEveryMasterHangsTheLossIsToldByTheEndOfTheLease() {
		Duration length = Duration.ofSeconds(1);
		CompletableFuture<Long> told = new CompletableFuture<>();
		assertThatExceptionOfType(LeaseLostException.class)
			.isThrownBy(() -> this.one.lock(this.key).lease(length).run(() -> {
				Lease lease = Lease.current();
				lease.onLost(() -> told.complete(System.nanoTime()));
				this.masters.forEach(RedisMaster::hang);
				long hung = System.nanoTime();
				assertThat(lease.isValid()).isTrue();
				assertThat(told).succeedsWithin(Duration.ofSeconds(10));
				assertThat(lease.isValid()).isFalse();
				assertThat(Duration.ofNanos(told.join() - hung)).isLessThan(length.plusMillis(500));
				this.masters.heal();
			}));
		try (Lease next = this.other.lock(this.key).waitFor(Duration.ofSeconds(10)).acquire()) {
			assertThat(next.isValid()).isTrue();
		}
	}

	@Test
	void givingTheLockBackIsNotALoss() {
		AtomicInteger told = new AtomicInteger();
		Duration length = Duration.ofMillis(300);
		Lease renewed = this.one.lock(this.key).lease(length).acquire();
		Lease plain = this.one.lock(this.key + ":plain").lease(length).renew(false).acquire();
		for (Lease lease : new Lease[] { renewed, plain }) {
			lease.onLost(told::incrementAndGet);
			lease.close();
		}
		soon().during(length.multipliedBy(2)).until(() -> told.get() == 0);
		assertThat(this.one.events().released).containsOnlyOnce(renewed, plain);
		assertThat(this.one.events().lost).doesNotContain(renewed, plain);
	}

	private Lease hold(String name) {
		Lease lease = this.one.lock(name).lease(LONG).renew(false).acquire();
		soon().until(() -> holders(name) == 5);
		return lease;
	}

	private void forget(String name, int count) {
		for (int i = 0; i < count; i++) {
			probe(i).command("DEL", stored(name));
		}
	}

}
