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
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import io.github.redlock.Lease;
import io.github.redlock.LeaseLostException;
import io.github.redlock.RedLockClient;
import io.github.redlock.RedLocked;
import io.github.redlock.RedLocked.WhenLost;
import io.github.redlock.test.EmbeddedRedLock;
import io.github.redlock.test.RedisMasters;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.autoconfigure.aop.AopAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * {@link RedLocked#whenLost()} on real masters.
 */
@SpringBootTest(classes = WhenLostTests.Jobs.class, properties = "redlock.recovery.quarantine=300ms")
@ImportAutoConfiguration({ AopAutoConfiguration.class, RedLockAutoConfiguration.class })
@EmbeddedRedLock
class WhenLostTests {

	@Autowired
	private Jobs jobs;

	@Autowired
	private RedLockClient redLock;

	@Autowired
	private RedisMasters masters;

	@AfterEach
	void heal() {
		assertThat(Thread.interrupted()).isFalse();
		this.masters.heal();
		await().ignoreExceptions().untilAsserted(() -> {
			try (Lease lease = this.redLock.lock("healed").waitFor(Duration.ZERO).acquire()) {
				await().atMost(Duration.ofMillis(200))
					.until(() -> MasterProbe.holders(this.masters, "lock:healed") == 3);
			}
		});
	}

	@Test
	void interruptsTheBodyWhenAMajorityHasLostTheKey() {
		long begin = System.nanoTime();
		assertThatExceptionOfType(LeaseLostException.class).isThrownBy(() -> this.jobs.sleeping(this::forget))
			.withMessageContaining("Jobs.sleeping")
			.satisfies((ex) -> assertThat(ex.getSuppressed()).hasOnlyElementsOfType(InterruptedException.class)
				.hasSize(1));
		assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(5));
	}

	@Test
	void interruptsTheBodyWhenAMajorityIsKilled() {
		long begin = System.nanoTime();
		assertThatExceptionOfType(LeaseLostException.class).isThrownBy(() -> this.jobs.sleeping(() -> {
			this.masters.get(0).kill();
			this.masters.get(1).kill();
		}));
		assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(5));
	}

	@Test
	void interruptsABodyThatHasNoCheckedException() {
		assertThatExceptionOfType(IllegalStateException.class).isThrownBy(() -> this.jobs.wrapping(this::forget))
			.withMessage("stopped")
			.withCauseInstanceOf(InterruptedException.class)
			.satisfies(
					(ex) -> assertThat(ex.getSuppressed()).hasOnlyElementsOfType(LeaseLostException.class).hasSize(1));
	}

	@Test
	void leavesNoInterruptBehindABodyThatDoesNotLookForIt() {
		assertThatExceptionOfType(LeaseLostException.class).isThrownBy(() -> this.jobs.ignoring(this::forget))
			.satisfies((ex) -> assertThat(ex.getSuppressed()).isEmpty());
		assertThat(this.jobs.wasInterrupted()).isTrue();
		assertThat(Thread.currentThread().isInterrupted()).isFalse();
	}

	@Test
	void keepsAnInterruptFromBeforeTheLoss() {
		assertThatExceptionOfType(LeaseLostException.class)
			.isThrownBy(() -> this.jobs.ignoring(Thread.currentThread()::interrupt, this::forget));
		assertThat(Thread.interrupted()).isTrue();
	}

	@Test
	void letsAnInterruptedExceptionThroughThatIsNotDueToALoss() {
		assertThatExceptionOfType(InterruptedException.class)
			.isThrownBy(() -> this.jobs.sleeping(Thread.currentThread()::interrupt))
			.satisfies((ex) -> assertThat(ex.getSuppressed()).isEmpty());
	}

	@Test
	void doesNotInterruptByDefault() {
		assertThatExceptionOfType(LeaseLostException.class).isThrownBy(() -> this.jobs.running(this::forget));
		assertThat(this.jobs.wasInterrupted()).isFalse();
	}

	@Test
	void doesNotInterruptABodyThatKeepsItsLock() throws Exception {
		assertThat(this.jobs.kept(Duration.ofMillis(1000))).isEqualTo("kept");
	}

	private void forget() {
		for (int i = 0; i < 2; i++) {
			MasterProbe.of(this.masters.get(i)).command("DEL", "lock:" + Lease.current().keys().get(0));
		}
	}

	static class Jobs {

		private volatile boolean seen;

		boolean wasInterrupted() {
			return this.seen;
		}

		@RedLocked(lease = "600ms", whenLost = WhenLost.INTERRUPT)
		@Nullable String sleeping(Runnable fault) throws InterruptedException {
			fault.run();
			new CountDownLatch(1).await();
			return null;
		}

		@RedLocked(lease = "600ms", whenLost = WhenLost.INTERRUPT)
		String kept(Duration time) throws InterruptedException {
			new CountDownLatch(1).await(time.toMillis(), TimeUnit.MILLISECONDS);
			return "kept";
		}

		@RedLocked(lease = "600ms", whenLost = WhenLost.INTERRUPT)
		void wrapping(Runnable fault) {
			fault.run();
			try {
				new CountDownLatch(1).await();
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
				throw new IllegalStateException("stopped", ex);
			}
		}

		@RedLocked(lease = "600ms", whenLost = WhenLost.INTERRUPT)
		void ignoring(Runnable... faults) {
			runUntilLost(faults);
		}

		@RedLocked(lease = "600ms")
		void running(Runnable... faults) {
			runUntilLost(faults);
		}

		private void runUntilLost(Runnable... faults) {
			CountDownLatch lost = new CountDownLatch(1);
			Lease.current().onLost(lost::countDown);
			for (Runnable fault : faults) {
				fault.run();
			}
			long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
			this.seen = false;
			while (lost.getCount() > 0 && System.nanoTime() < end) {
				Thread.onSpinWait();
			}
			// the interrupt is sent at the same time, from another thread
			end = Math.min(end, System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(300));
			while (!Thread.currentThread().isInterrupted() && System.nanoTime() < end) {
				Thread.onSpinWait();
			}
			this.seen = Thread.currentThread().isInterrupted();
		}

	}

}
