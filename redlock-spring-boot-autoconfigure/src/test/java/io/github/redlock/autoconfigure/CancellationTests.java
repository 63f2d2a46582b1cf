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
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;

import io.github.redlock.Lease;
import io.github.redlock.LockBusyException;
import io.github.redlock.QuorumUnavailableException;
import io.github.redlock.RedLockClient;
import io.github.redlock.RedLockException;
import io.github.redlock.test.EmbeddedRedLock;
import io.github.redlock.test.RedisMasters;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * How an acquisition ends before it has succeeded, and what stays of it: nothing.
 */
@EmbeddedRedLock(masters = 5)
@TestInstance(Lifecycle.PER_CLASS)
class CancellationTests {

	private static final int REPETITIONS = 3;

	private static final int ACQUISITIONS = 1000;

	private static final Duration AT_ONCE = Duration.ofMillis(100);

	private final RedisMasters masters;

	private final TestApplication application;

	private final TestApplication other;

	private int scenes;

	CancellationTests(RedisMasters masters) {
		this.masters = masters;
		this.application = new TestApplication(masters.nodes());
		this.other = new TestApplication(masters.nodes());
	}

	@BeforeEach
	void awaitAllVotes() {
		this.masters.heal();
		await().ignoreExceptions().pollInterval(Duration.ofMillis(10)).untilAsserted(() -> {
			try (Lease lease = this.application.redLock().lock("healed").waitFor(Duration.ZERO).acquire()) {
				await().pollInterval(Duration.ofMillis(5))
					.atMost(Duration.ofMillis(100))
					.until(() -> MasterProbe.holders(this.masters, "lock:healed") == 5);
			}
		});
	}

	@AfterAll
	void close() {
		this.application.close();
		this.other.close();
	}

	@ParameterizedTest
	@EnumSource
	void anInterruptEndsTheAcquisitionAtOnce(Obstacle obstacle) throws Exception {
		try (Scene scene = new Scene(obstacle)) {
			List<Duration> times = new ArrayList<>();
			for (int i = 0; i < REPETITIONS; i++) {
				CompletableFuture<RedLockException> ended = new CompletableFuture<>();
				Thread waiting = new Thread(() -> {
					try {
						scene.redLock().lock(scene.key).waitFor(Duration.ofMinutes(1)).acquire();
					}
					catch (RedLockException ex) {
						ended.complete(ex);
					}
				});
				waiting.start();
				await().pollInterval(Duration.ofMillis(5)).until(() -> waiting.getState() == Thread.State.WAITING);
				long signal = System.nanoTime();
				waiting.interrupt();
				assertThat(ended.get(5, TimeUnit.SECONDS)).hasCauseInstanceOf(InterruptedException.class);
				times.add(Duration.ofNanos(System.nanoTime() - signal));
			}
			assertThat(times).anyMatch((time) -> time.compareTo(AT_ONCE) < 0);
		}
	}

	@ParameterizedTest
	@EnumSource
	void aWaitEndsInTime(Obstacle obstacle) throws Exception {
		try (Scene scene = new Scene(obstacle)) {
			Duration waitFor = Duration.ofMillis(250);
			List<Duration> times = new ArrayList<>();
			for (int i = 0; i < REPETITIONS; i++) {
				long begin = System.nanoTime();
				assertThatExceptionOfType(obstacle.failure)
					.isThrownBy(() -> scene.redLock().lock(scene.key).waitFor(waitFor).acquire());
				times.add(Duration.ofNanos(System.nanoTime() - begin));
			}
			assertThat(times).anyMatch((time) -> time.compareTo(waitFor.plus(AT_ONCE)) < 0);
		}
	}

	@ParameterizedTest
	@EnumSource
	void cancellingTheFutureEndsTheAcquisitionAtOnce(Obstacle obstacle) throws Exception {
		try (Scene scene = new Scene(obstacle)) {
			CompletableFuture<Lease> wanted = scene.redLock()
				.lock(scene.key)
				.waitFor(Duration.ofMinutes(1))
				.acquireAsync();
			CompletableFuture<Lease> next = scene.redLock()
				.lock(scene.key)
				.waitFor(Duration.ofMinutes(1))
				.acquireAsync();
			scene.awaitAsked();
			assertThat(wanted.cancel(true)).isTrue();
			assertThatExceptionOfType(CancellationException.class).isThrownBy(wanted::join);
			scene.clear();
			try (Lease lease = next.get(10, TimeUnit.SECONDS)) {
				assertThat(lease.isValid()).isTrue();
			}
		}
	}

	@ParameterizedTest
	@EnumSource
	void aTimeoutOfTheFutureEndsTheAcquisition(Obstacle obstacle) throws Exception {
		try (Scene scene = new Scene(obstacle)) {
			CompletableFuture<Lease> wanted = scene.redLock()
				.lock(scene.key)
				.waitFor(Duration.ofMinutes(1))
				.acquireAsync()
				.orTimeout(200, TimeUnit.MILLISECONDS);
			assertThatExceptionOfType(ExecutionException.class).isThrownBy(() -> wanted.get(5, TimeUnit.SECONDS))
				.withCauseInstanceOf(TimeoutException.class);
			scene.clear();
			try (Lease lease = scene.redLock().lock(scene.key).waitFor(Duration.ofSeconds(10)).acquire()) {
				assertThat(lease.isValid()).isTrue();
			}
		}
	}

	@ParameterizedTest
	@EnumSource
	void waitingHoldsNoThread(Obstacle obstacle) throws Exception {
		try (Scene scene = new Scene(obstacle)) {
			List<CompletableFuture<Lease>> wanted = IntStream.range(0, ACQUISITIONS)
				.mapToObj((i) -> scene.redLock()
					.lock((i % 2 == 0) ? scene.key : scene.key + ":" + i % 100)
					.waitFor(Duration.ofMinutes(1))
					.acquireAsync())
				.toList();
			Set<Thread> threads = TestApplication.threads();
			long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(1);
			while (System.nanoTime() < end) {
				Set<Thread> now = TestApplication.threads();
				threads = (now.size() > threads.size()) ? now : threads;
			}
			assertThat(threads).hasSizeLessThan(100);
			assertThat(wanted).noneMatch(CompletableFuture::isDone);
			long signal = System.nanoTime();
			wanted.forEach((future) -> future.cancel(true));
			Duration time = Duration.ofNanos(System.nanoTime() - signal);
			System.out.printf("%d acquisitions wait (%s) on %d threads of two applications, cancelled in %d ms%n",
					ACQUISITIONS, obstacle, threads.size(), time.toMillis());
			assertThat(time).isLessThan(Duration.ofSeconds(2));
		}
	}

	enum Obstacle {

		/** Another application holds the lock. */
		HELD(LockBusyException.class),

		/** Another part of the same application holds the lock. */
		HELD_HERE(LockBusyException.class),

		/** A majority of the masters does not answer, and is not known for that yet. */
		HUNG(QuorumUnavailableException.class);

		private final Class<? extends RedLockException> failure;

		Obstacle(Class<? extends RedLockException> failure) {
			this.failure = failure;
		}

	}

	/**
	 * An obstacle before what one of two applications wants. When it is closed, it looks
	 * for what was left.
	 */
	private final class Scene implements AutoCloseable {

		private final String key = "wanted:" + CancellationTests.this.scenes++;

		private final Obstacle obstacle;

		private final List<Lease> held = new ArrayList<>();

		Scene(Obstacle obstacle) {
			this.obstacle = obstacle;
			if (obstacle == Obstacle.HUNG) {
				IntStream.range(0, 3).forEach((i) -> CancellationTests.this.masters.get(i).hang());
				return;
			}
			RedLockClient holder = (obstacle == Obstacle.HELD) ? CancellationTests.this.other.redLock() : redLock();
			List<String> keys = new ArrayList<>(List.of(this.key));
			IntStream.range(0, 100).forEach((i) -> keys.add(this.key + ":" + i));
			this.held.add(holder.lock(keys).acquire());
		}

		RedLockClient redLock() {
			return CancellationTests.this.application.redLock();
		}

		/**
		 * Wait until the masters have been asked where they are to be asked at all.
		 */
		void awaitAsked() {
			if (this.obstacle == Obstacle.HUNG) {
				await().until(() -> MasterProbe.of(CancellationTests.this.masters.get(4))
					.command("EXISTS", "redlock:token:lock:" + this.key)
					.equals(":1"));
			}
		}

		/**
		 * Take the obstacle away.
		 */
		void clear() {
			CancellationTests.this.masters.heal();
			this.held.forEach(Lease::close);
		}

		@Override
		public void close() {
			clear();
			await().pollInterval(Duration.ofMillis(20))
				.during(Duration.ofMillis(150))
				.atMost(Duration.ofSeconds(5))
				.until(() -> {
					long left = MasterProbe.holders(CancellationTests.this.masters, "lock:" + this.key);
					for (int i = 1; i < 100; i += 33) {
						left += MasterProbe.holders(CancellationTests.this.masters, "lock:" + this.key + ":" + i);
					}
					return left == 0;
				});
		}

	}

}
