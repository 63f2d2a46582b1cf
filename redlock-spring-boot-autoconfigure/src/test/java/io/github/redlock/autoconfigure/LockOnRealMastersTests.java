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
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

import io.github.redlock.Lease;
import io.github.redlock.LeaseLostException;
import io.github.redlock.LockBusyException;
import io.github.redlock.QuorumUnavailableException;
import io.github.redlock.RedLockClient;
import io.github.redlock.RedLockException;
import io.github.redlock.test.EmbeddedRedLock;
import io.github.redlock.test.RedisMaster;
import io.github.redlock.test.RedisMasters;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

/**
 * {@link RedLockClient} on real masters, as an application gets it.
 */
@SpringBootTest(classes = RedLockAutoConfiguration.class, properties = "redlock.recovery.quarantine=300ms")
@ImportAutoConfiguration
@EmbeddedRedLock(masters = 5)
class LockOnRealMastersTests {

	private static final AtomicInteger count = new AtomicInteger();

	@Autowired
	private RedLockClient redLock;

	@Autowired
	private RedisMasters masters;

	private final String key = "key:" + count.incrementAndGet();

	@AfterEach
	void heal() {
		this.masters.heal();
		await().ignoreExceptions().untilAsserted(() -> {
			try (Lease lease = this.redLock.lock("healed").waitFor(Duration.ZERO).acquire()) {
				await().atMost(Duration.ofMillis(200)).until(() -> holders("healed") == 5);
			}
		});
	}

	@Test
	void storesTheLockOnEveryMasterAndRemovesItOnClose() {
		Lease lease = this.redLock.lock(this.key).lease(Duration.ofSeconds(10)).acquire();
		assertThat(lease.keys()).containsExactly(this.key);
		assertThat(lease.isValid()).isTrue();
		assertThat(lease.remaining()).isBetween(Duration.ofSeconds(8), Duration.ofMillis(9898));
		await().untilAsserted(() -> assertThat(holders(this.key)).isEqualTo(5));
		for (RedisMaster master : this.masters) {
			assertThat(MasterProbe.of(master).ttl("lock:" + this.key)).isBetween(8000L, 10000L);
		}
		lease.close();
		assertThat(lease.isValid()).isFalse();
		assertThat(lease.remaining()).isZero();
		await().untilAsserted(() -> assertThat(holders(this.key)).isZero());
		lease.close();
	}

	@Test
	void isBusyWhileHeldAndFreeAfterwards() {
		try (Lease lease = this.redLock.lock(this.key).acquire()) {
			assertThat(this.redLock.lock(this.key).waitFor(Duration.ZERO).tryAcquire()).isEmpty();
			assertThatExceptionOfType(LockBusyException.class)
				.isThrownBy(() -> this.redLock.lock(this.key).waitFor(Duration.ofMillis(200)).acquire())
				.withMessageContaining(this.key)
				.satisfies((ex) -> assertThat(ex.getKeys()).containsExactly(this.key));
			try (Lease other = this.redLock.lock(this.key + ":other").waitFor(Duration.ZERO).acquire()) {
				assertThat(other.isValid()).isTrue();
			}
		}
		try (Lease again = this.redLock.lock(this.key).acquire()) {
			assertThat(again.isValid()).isTrue();
		}
	}

	@Test
	void tokensGrow() {
		long last = 0;
		for (int i = 0; i < 50; i++) {
			try (Lease lease = this.redLock.lock(this.key).acquire()) {
				assertThat(lease.token()).isGreaterThan(last).isLessThan(1L << 53);
				last = lease.token();
			}
		}
	}

	@Test
	void severalKeysAreTakenAllOrNone() {
		String other = this.key + ":b";
		try (Lease lease = this.redLock.lock(other).acquire()) {
			assertThat(this.redLock.lock(this.key, other).waitFor(Duration.ZERO).tryAcquire()).isEmpty();
			assertThat(holders(this.key)).isZero();
		}
		try (Lease lease = this.redLock.lock(List.of(this.key, other)).acquire()) {
			assertThat(lease.keys()).containsExactly(this.key, other);
			await().untilAsserted(() -> assertThat(holders(other)).isEqualTo(5));
		}
	}

	@Test
	void hundredContendersAllGetTheirTurnAndNeverTwoAtOnce() throws Exception {
		ExecutorService threads = Executors.newFixedThreadPool(100);
		AtomicInteger inside = new AtomicInteger();
		AtomicInteger turns = new AtomicInteger();
		List<CompletableFuture<Void>> contenders = IntStream.range(0, 100)
			.mapToObj((i) -> CompletableFuture
				.runAsync(() -> this.redLock.lock(this.key).waitFor(Duration.ofSeconds(60)).run(() -> {
					assertThat(inside.incrementAndGet()).isEqualTo(1);
					turns.incrementAndGet();
					inside.decrementAndGet();
				}), threads))
			.toList();
		CompletableFuture.allOf(contenders.toArray(CompletableFuture[]::new)).get(60, TimeUnit.SECONDS);
		assertThat(turns).hasValue(100);
		threads.shutdown();
	}

	@Test
	void theNextInLineHereTakesTheLockOverWithoutAskingTheMasters() {
		await().atMost(Duration.ofSeconds(30)).until(this::takesOverWithinARun);
	}

	/**
	 * Have three take turns.
	 * @return whether that took so little time that other processes need not go first
	 */
	private boolean takesOverWithinARun() throws Exception {
		long start = System.nanoTime();
		Lease first = this.redLock.lock(this.key).acquire();
		CompletableFuture<Lease> second = this.redLock.lock(this.key).waitFor(Duration.ofSeconds(10)).acquireAsync();
		CompletableFuture<Lease> third = this.redLock.lock(this.key).waitFor(Duration.ofSeconds(10)).acquireAsync();
		first.close();
		long token = second.get(10, TimeUnit.SECONDS).token();
		await().pollInterval(Duration.ofMillis(1))
			.pollDelay(Duration.ZERO)
			.untilAsserted(() -> assertThat(this.masters)
				.allSatisfy((master) -> assertThat(storedToken(master)).isGreaterThan(token)));
		long asked = acquires();
		second.get().close();
		boolean inTime = System.nanoTime() - start < Duration.ofMillis(90).toNanos();
		try (Lease inherited = third.get(10, TimeUnit.SECONDS)) {
			assertThat(inherited.isValid()).isTrue();
			assertThat(inherited.token()).isGreaterThan(token);
			assertThat(second.get().isValid()).isFalse();
			assertThat(acquires()).matches((now) -> now == asked || !inTime);
			inherited.renew();
		}
		await().untilAsserted(() -> assertThat(holders(this.key)).isZero());
		try (Lease last = this.redLock.lock(this.key).acquire()) {
			assertThat(last.token()).isGreaterThan(third.get().token());
		}
		return inTime;
	}

	private long acquires() {
		long acquires = 0;
		for (RedisMaster master : this.masters) {
			acquires += MasterProbe.of(master).calls("mget");
		}
		return acquires;
	}

	@Test
	void whoWantsAnotherLeaseThanTheOneBeforeAsksTheMasters() throws Exception {
		Lease first = this.redLock.lock(this.key).acquire();
		CompletableFuture<Lease> second = this.redLock.lock(this.key).maxHold(Duration.ofSeconds(30)).acquireAsync();
		CompletableFuture<Lease> third = this.redLock.lock(this.key).lease(Duration.ofSeconds(50)).acquireAsync();
		CompletableFuture<Lease> fourth = this.redLock.lock(this.key).lease(Duration.ofSeconds(2)).acquireAsync();
		first.close();
		for (CompletableFuture<Lease> next : List.of(second, third, fourth)) {
			Lease lease = next.get(1, TimeUnit.SECONDS);
			Duration left = lease.remaining();
			await().untilAsserted(() -> assertThat(holders(this.key)).isEqualTo(5));
			assertThat(MasterProbe.of(this.masters.get(0)).ttl("lock:" + this.key)).isBetween(left.toMillis() - 500,
					left.toMillis() + 1000);
			lease.close();
		}
	}

	@Test
	void bodyRunsUnderTheLeaseAndItsExceptionReachesTheCaller() {
		Long token = this.redLock.lock(this.key).call(() -> Lease.current().token());
		assertThat(token).isPositive();
		assertThatIllegalStateException().isThrownBy(Lease::current);
		assertThatExceptionOfType(IOException.class).isThrownBy(() -> this.redLock.lock(this.key).call(() -> {
			throw new IOException("disk");
		})).withMessage("disk");
		await().untilAsserted(() -> assertThat(holders(this.key)).isZero());
	}

	@Test
	void renewsWhileTheBodyRuns() {
		this.redLock.lock(this.key).lease(Duration.ofMillis(300)).run(() -> {
			Lease lease = Lease.current();
			await().during(Duration.ofMillis(1200)).atMost(Duration.ofSeconds(3)).until(lease::isValid);
		});
	}

	@Test
	void withoutRenewalTheLeaseEndsAndTheCallerIsTold() {
		CountDownLatch lost = new CountDownLatch(1);
		assertThatExceptionOfType(LeaseLostException.class)
			.isThrownBy(() -> this.redLock.lock(this.key).lease(Duration.ofMillis(200)).renew(false).run(() -> {
				Lease lease = Lease.current();
				lease.onLost(lost::countDown);
				await().until(() -> !lease.isValid());
			}));
		assertThat(lost.getCount()).isZero();
	}

	@Test
	void theBodysOwnExceptionStaysTheMainOne() {
		assertThatExceptionOfType(IllegalStateException.class)
			.isThrownBy(() -> this.redLock.lock(this.key).lease(Duration.ofMillis(200)).renew(false).run(() -> {
				Lease lease = Lease.current();
				await().until(() -> !lease.isValid());
				throw new IllegalStateException("own");
			}))
			.withMessage("own")
			.satisfies(
					(ex) -> assertThat(ex.getSuppressed()).hasOnlyElementsOfType(LeaseLostException.class).hasSize(1));
	}

	@Test
	void maxHoldEndsTheRenewal() {
		Lease lease = this.redLock.lock(this.key)
			.lease(Duration.ofMillis(300))
			.maxHold(Duration.ofMillis(900))
			.acquire();
		await().during(Duration.ofMillis(600)).atMost(Duration.ofSeconds(3)).until(lease::isValid);
		await().atMost(Duration.ofMillis(600)).until(() -> !lease.isValid());
		assertThatExceptionOfType(LeaseLostException.class).isThrownBy(lease::renew);
		lease.close();
	}

	@Test
	void atLeastKeepsTheLockAfterClose() {
		this.redLock.lock(this.key).atLeast(Duration.ofMillis(600)).acquire().close();
		assertThat(this.redLock.lock(this.key).waitFor(Duration.ZERO).tryAcquire()).isEmpty();
		try (Lease lease = this.redLock.lock(this.key).waitFor(Duration.ofSeconds(3)).acquire()) {
			assertThat(lease.isValid()).isTrue();
		}
	}

	@Test
	void manualRenewalSetsTheFullLeaseAndNeverAdds() {
		try (Lease lease = this.redLock.lock(this.key).lease(Duration.ofSeconds(10)).renew(false).acquire()) {
			lease.renew();
			lease.renew();
			assertThat(lease.remaining()).isBetween(Duration.ofSeconds(9), Duration.ofMillis(9898));
			assertThat(MasterProbe.of(this.masters.get(0)).ttl("lock:" + this.key)).isBetween(8000L, 10000L);
		}
	}

	@Test
	void minorityDownCostsNothing() {
		this.masters.get(0).kill();
		this.masters.get(3).kill();
		try (Lease lease = this.redLock.lock(this.key).waitFor(Duration.ZERO).acquire()) {
			lease.renew();
			assertThat(lease.isValid()).isTrue();
		}
	}

	@Test
	void majorityDownIsNoQuorumAndEveryAnswerIsListed() {
		this.masters.get(0).kill();
		this.masters.get(1).kill();
		this.masters.get(2).hang();
		long start = System.nanoTime();
		assertThatExceptionOfType(QuorumUnavailableException.class)
			.isThrownBy(() -> this.redLock.lock(this.key).waitFor(Duration.ofSeconds(1)).run(() -> {
				throw new AssertionError("the body must not run");
			}))
			.satisfies((ex) -> {
				assertThat(ex.getAnswers()).hasSize(5);
				this.masters.forEach((master) -> assertThat(ex.getAnswers()).containsKey(master.address()));
				assertThat(ex.getMessage()).contains(this.masters.get(2).address() + ": ")
					.contains("3 of 5 masters must grant it");
			});
		assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofMillis(1100));
		this.masters.heal();
		try (Lease lease = this.redLock.lock(this.key).waitFor(Duration.ofSeconds(5)).acquire()) {
			assertThat(lease.isValid()).isTrue();
		}
	}

	@Test
	void failedAcquisitionLeavesNothingBehind() {
		for (int i = 0; i < 3; i++) {
			MasterProbe.of(this.masters.get(i)).command("SET", "lock:" + this.key, "foreign");
		}
		assertThat(this.redLock.lock(this.key).waitFor(Duration.ZERO).tryAcquire()).isEmpty();
		await().untilAsserted(() -> {
			for (RedisMaster master : this.masters) {
				assertThat(MasterProbe.of(master).command("EXISTS", "lock:" + this.key)).isEqualTo(
						(master.port() == this.masters.get(3).port() || master.port() == this.masters.get(4).port())
								? ":0" : ":1");
			}
		});
		for (int i = 0; i < 3; i++) {
			assertThat(MasterProbe.of(this.masters.get(i)).command("GET", "lock:" + this.key)).isEqualTo("foreign");
		}
	}

	@Test
	void mastersThatHangAreAskedAreReleasedAndResumeHoldNothing() {
		this.masters.get(0).hang();
		this.masters.get(1).hang();
		this.masters.get(2).hang();
		assertThatExceptionOfType(QuorumUnavailableException.class)
			.isThrownBy(() -> this.redLock.lock(this.key).waitFor(Duration.ZERO).acquire());
		this.masters.heal();
		await().atMost(Duration.ofSeconds(2)).untilAsserted(() -> assertThat(holders(this.key)).isZero());
	}

	@Test
	void interruptEndsTheWaitAtOnce() throws Exception {
		try (Lease lease = this.redLock.lock(this.key).acquire()) {
			CompletableFuture<Throwable> ended = new CompletableFuture<>();
			Thread waiting = new Thread(() -> {
				try {
					this.redLock.lock(this.key).waitFor(Duration.ofMinutes(1)).acquire();
				}
				catch (RedLockException ex) {
					ended.complete(Thread.currentThread().isInterrupted() ? ex : null);
				}
			});
			waiting.start();
			await().until(() -> waiting.getState() == Thread.State.WAITING);
			waiting.interrupt();
			assertThat(ended.get(1, TimeUnit.SECONDS)).isInstanceOf(RedLockException.class)
				.hasCauseInstanceOf(InterruptedException.class);
		}
		await().untilAsserted(() -> assertThat(holders(this.key)).isZero());
	}

	@Test
	void asynchronousAcquisitionCanBeCancelled() throws Exception {
		Lease first = this.redLock.lock(this.key).acquireAsync().get(2, TimeUnit.SECONDS);
		CompletableFuture<Lease> second = this.redLock.lock(this.key).waitFor(Duration.ofMinutes(1)).acquireAsync();
		second.cancel(true);
		first.close();
		await().during(Duration.ofMillis(500)).until(() -> holders(this.key) == 0);
		Optional<Lease> third = this.redLock.lock(this.key).tryAcquire();
		assertThat(third).isPresent();
		third.get().close();
	}

	@Test
	void renewalRepairsAMasterThatLostTheLock() {
		try (Lease lease = this.redLock.lock(this.key).lease(Duration.ofSeconds(1)).acquire()) {
			await().until(() -> holders(this.key) == 5);
			MasterProbe.of(this.masters.get(1)).command("DEL", "lock:" + this.key);
			await().atMost(Duration.ofSeconds(1)).until(() -> holders(this.key) == 5);
			assertThat(lease.isValid()).isTrue();
		}
		await().until(() -> holders(this.key) == 0);
	}

	@Test
	void aRepairThatAnotherOneKeptOutIsTriedAgainBeforeTheNextRenewal() {
		String name = "lock:" + this.key;
		try (Lease lease = this.redLock.lock(this.key).lease(Duration.ofSeconds(6)).acquire()) {
			await().until(() -> holders(this.key) == 5);
			MasterProbe robbed = MasterProbe.of(this.masters.get(1));
			robbed.command("DEL", name);
			robbed.command("HSET", name, "another", "1");
			MasterProbe other = MasterProbe.of(this.masters.get(0));
			await().until(() -> other.ttl(name) < 5_000);
			await().until(() -> other.ttl(name) > 5_000);
			robbed.command("DEL", name);
			await().atMost(Duration.ofMillis(1500)).until(() -> robbed.owners(name).equals(other.owners(name)));
			assertThat(lease.isValid()).isTrue();
		}
	}

	@Test
	void aMajorityThatLostTheLockIsALossAtTheNextRenewal() {
		CountDownLatch lost = new CountDownLatch(1);
		Lease lease = this.redLock.lock(this.key).lease(Duration.ofSeconds(3)).acquire();
		lease.onLost(lost::countDown);
		await().until(() -> holders(this.key) == 5);
		for (int i = 0; i < 3; i++) {
			MasterProbe.of(this.masters.get(i)).command("DEL", "lock:" + this.key);
		}
		await().atMost(Duration.ofSeconds(2)).until(() -> lost.getCount() == 0);
		assertThat(lease.isValid()).isFalse();
		lease.close();
	}

	@Test
	void aWipedMasterDoesNotVoteUntilItsQuarantineIsOver() {
		try (Lease lease = this.redLock.lock(this.key).acquire()) {
			await().until(() -> holders(this.key) == 5);
		}
		this.masters.get(0).wipe();
		long wiped = System.nanoTime();
		await().pollInterval(Duration.ofMillis(20)).until(() -> {
			try (Lease lease = this.redLock.lock(this.key).waitFor(Duration.ZERO).acquire()) {
				await().pollDelay(Duration.ofMillis(5)).until(() -> true);
				return MasterProbe.of(this.masters.get(0)).command("EXISTS", "lock:" + this.key).equals(":1");
			}
		});
		assertThat(Duration.ofNanos(System.nanoTime() - wiped)).isGreaterThan(Duration.ofMillis(300));
	}

	@Test
	void refusesImpossibleRequests() {
		assertThatIllegalArgumentException().isThrownBy(() -> this.redLock.lock(this.key).lease(Duration.ofMillis(1)))
			.withMessageContaining("lease");
		assertThatIllegalArgumentException()
			.isThrownBy(() -> this.redLock.lock(this.key).waitFor(Duration.ofMillis(-1)))
			.withMessageContaining("waitFor");
		assertThatIllegalArgumentException()
			.isThrownBy(() -> this.redLock.lock(this.key).lease(Duration.ofHours(1)).acquire())
			.withMessageContaining("redlock.max-lease");
		assertThatIllegalArgumentException().isThrownBy(() -> this.redLock.lock(""));
		assertThatIllegalArgumentException().isThrownBy(() -> this.redLock.lock(List.of()));
		assertThatIllegalArgumentException().isThrownBy(() -> this.redLock.lock("k".repeat(513)))
			.withMessage("A key must not be longer than 512 characters, but '" + "k".repeat(51)
					+ "...' has 513; use a hash of it");
		assertThatIllegalArgumentException().isThrownBy(() -> this.redLock.lock("7\r\nDEL x"))
			.withMessage("A key must not contain control characters such as line breaks, but '7??DEL x' does "
					+ "(they are shown as ?)");
	}

	private long storedToken(RedisMaster master) {
		return Long.parseLong(MasterProbe.of(master).command("GET", "redlock:token:lock:" + this.key));
	}

	private long holders(String name) {
		return MasterProbe.holders(this.masters, "lock:" + name);
	}

}
