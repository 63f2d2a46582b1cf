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

package io.github.redlock.redisson;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import io.github.redlock.Lease;
import io.github.redlock.QuorumUnavailableException;
import io.github.redlock.RedLockClient;
import io.github.redlock.autoconfigure.MasterProbe;
import io.github.redlock.autoconfigure.RedLockAutoConfiguration;
import io.github.redlock.test.EmbeddedRedLock;
import io.github.redlock.test.RedisMasters;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.redisson.api.RLock;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * {@link RedissonRedLocks} on masters that fail.
 */
@SpringBootTest(classes = RedLockAutoConfiguration.class,
		properties = { "redlock.lease=3s", "redlock.recovery.quarantine=300ms" })
@ImportAutoConfiguration
@EmbeddedRedLock(masters = 5)
@ExtendWith(OutputCaptureExtension.class)
class RedissonRedLocksFaultTests {

	private static final AtomicInteger count = new AtomicInteger();

	@Autowired
	private RedissonRedLocks locks;

	@Autowired
	private RedLockClient redLock;

	@Autowired
	private RedisMasters masters;

	private final String name = "fault:" + count.incrementAndGet();

	@BeforeEach
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
	void aHungMinorityIsNotWaitedFor() throws Exception {
		hang(2);
		RLock lock = lock();
		for (int i = 0; i < 10; i++) {
			assertThat(within(1000, () -> lock.tryLock(0, 2, TimeUnit.SECONDS))).isTrue();
			assertThat(lock.remainTimeToLive()).isBetween(1000L, 1978L);
			within(1000, () -> {
				lock.unlock();
				return true;
			});
			assertThat(within(1000, () -> lock.tryLockAsync().get())).isTrue();
			within(1000, () -> lock.unlockAsync().get());
		}
	}

	@Test
	void aHungMinorityHidesNeitherThatItIsLockedNorThatItIsFree() throws Exception {
		try (Lease lease = this.redLock.lock(this.name).acquire()) {
			hang(2);
			assertThat(within(1000, lock()::isLocked)).isTrue();
			await().during(Duration.ofMillis(600)).until(lock()::isLocked);
			assertThat(lock().remainTimeToLive()).isBetween(1L, 3000L);
		}
		assertThat(within(1000, lock()::isLocked)).isFalse();
		assertThat(lock().remainTimeToLive()).isEqualTo(-2);
	}

	@Test
	void aMinorityThatHoldsItOnlyWithMissingOnesKeepsItLocked() throws Exception {
		for (int i = 2; i < 5; i++) {
			MasterProbe.of(this.masters.get(i)).command("SET", "lock:" + this.name, "foreign", "PX", "20000");
		}
		assertThat(lock().isLocked()).isTrue();
		this.masters.get(4).hang();
		assertThat(lock().isLocked()).isTrue();
		assertThat(lock().remainTimeToLive()).isBetween(15000L, 20000L);
	}

	@Test
	void aHungMajorityIsABoundedNoThatIsLoggedOnce(CapturedOutput output) throws Exception {
		RLock lock = lock();
		hang(3);
		boolean taken = within(1000, () -> lock.tryLock());
		assertThat(taken).isFalse();
		assertThat(within(1500, () -> lock.tryLock(500, TimeUnit.MILLISECONDS))).isFalse();
		assertThat(within(1500, () -> lock.tryLockAsync(500, TimeUnit.MILLISECONDS).get())).isFalse();
		assertThat(lock.isHeldByCurrentThread()).isFalse();
		assertThat(output).containsOnlyOnce("Too few masters serve locks");
		assertThatExceptionOfType(QuorumUnavailableException.class).isThrownBy(() -> within(1000, lock::isLocked))
			.withMessageContainingAll(this.name, "3 of 5 masters must answer", this.masters.get(4).address());
		assertThatExceptionOfType(ExecutionException.class).isThrownBy(() -> lock.isLockedAsync().get())
			.withCauseInstanceOf(QuorumUnavailableException.class);
		assertThatExceptionOfType(QuorumUnavailableException.class).isThrownBy(lock::remainTimeToLive);
	}

	@Test
	void lockWaitsForAMajorityToComeBack() throws Exception {
		hang(3);
		CompletableFuture<Boolean> locked = CompletableFuture.supplyAsync(() -> {
			lock().lock();
			boolean held = lock().isHeldByCurrentThread();
			lock().unlock();
			return held;
		});
		await().during(Duration.ofMillis(500)).until(() -> !locked.isDone());
		this.masters.heal();
		assertThat(locked.get(5, TimeUnit.SECONDS)).isTrue();
	}

	@Test
	void aHungMajorityDoesNotHoldAnUnlockUp() throws Exception {
		RLock lock = lock();
		lock.lock();
		hang(3);
		within(1000, () -> {
			lock.unlock();
			return true;
		});
		assertThat(lock.isHeldByCurrentThread()).isFalse();
	}

	@Test
	void aLossIsNoticedByItsHolderAndToldAtUnlock() {
		RLock lock = lock();
		lock.lock();
		await().until(() -> holders(this.name) == 5);
		for (int i = 0; i < 3; i++) {
			MasterProbe.of(this.masters.get(i)).command("DEL", "lock:" + this.name);
		}
		await().pollInSameThread().atMost(Duration.ofSeconds(2)).until(() -> !lock.isHeldByCurrentThread());
		assertThatExceptionOfType(IllegalMonitorStateException.class).isThrownBy(lock::unlock)
			.withMessageContaining("has lost it");
	}

	@Test
	void aLossIsToldByTheAsynchronousUnlockToo() {
		RLock lock = lock();
		lock.lock(300, TimeUnit.MILLISECONDS);
		await().pollInSameThread().until(() -> !lock.isHeldByCurrentThread());
		assertThatExceptionOfType(ExecutionException.class).isThrownBy(() -> lock.unlockAsync().get())
			.withCauseInstanceOf(IllegalMonitorStateException.class)
			.withMessageContaining("has lost it");
	}

	@Test
	void mastersThatHaveForgottenItDoNotSayThatItIsFree() {
		try (Lease lease = this.redLock.lock(this.name).lease(Duration.ofSeconds(20)).renew(false).acquire()) {
			await().until(() -> holders(this.name) == 5);
			for (int i = 0; i < 3; i++) {
				this.masters.get(i).wipe();
			}
			await().during(Duration.ofMillis(300))
				.atMost(Duration.ofSeconds(2))
				.untilAsserted(
						() -> assertThatExceptionOfType(QuorumUnavailableException.class).isThrownBy(lock()::isLocked)
							.withMessageContaining("without data"));
		}
	}

	@Test
	void anInstallationThatNobodyHasUsedYetHasNoLocks() {
		try (RedisMasters fresh = RedisMasters.start(3)) {
			new ApplicationContextRunner().withConfiguration(AutoConfigurations.of(RedLockAutoConfiguration.class))
				.withPropertyValues("redlock.nodes=" + fresh.nodes())
				.run((context) -> {
					RLock lock = context.getBean(RedissonRedLocks.class).get(this.name);
					assertThat(lock.isLocked()).isFalse();
					assertThat(lock.remainTimeToLive()).isEqualTo(-2);
					assertThat(lock.tryLock()).isTrue();
					assertThat(lock.isLocked()).isTrue();
					lock.unlock();
				});
		}
	}

	private void hang(int number) {
		for (int i = 0; i < number; i++) {
			this.masters.get(i).hang();
		}
	}

	private RLock lock() {
		return this.locks.get(this.name);
	}

	private long holders(String key) {
		return MasterProbe.holders(this.masters, "lock:" + key);
	}

	private static <T> T within(long millis, Callable<T> task) throws Exception {
		long start = System.nanoTime();
		T result = task.call();
		assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofMillis(millis));
		return result;
	}

}
