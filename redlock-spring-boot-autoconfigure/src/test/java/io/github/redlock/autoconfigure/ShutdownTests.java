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
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

import io.github.redlock.Lease;
import io.github.redlock.LeaseLostException;
import io.github.redlock.RedLockClient;
import io.github.redlock.RedLockException;
import io.github.redlock.test.EmbeddedRedLock;
import io.github.redlock.test.RedisMaster;
import io.github.redlock.test.RedisMasters;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * What becomes of locks when the application is closed.
 */
@EmbeddedRedLock
class ShutdownTests {

	private static final Executor THREADS = (task) -> new Thread(task).start();

	private final RedisMasters masters;

	ShutdownTests(RedisMasters masters) {
		this.masters = masters;
	}

	@BeforeEach
	void start() {
		try (TestApplication application = new TestApplication(this.masters.nodes())) {
			application.redLock().lock("warm-up").acquire().close();
		}
	}

	@AfterEach
	void heal() {
		this.masters.heal();
	}

	@Test
	void endsAllThatWaits() throws Exception {
		TestApplication application = new TestApplication(this.masters.nodes());
		try (TestApplication other = new TestApplication(this.masters.nodes());
				Lease held = other.redLock().lock("held").acquire()) {
			RedLockClient redLock = application.redLock();
			CompletableFuture<Lease> asking = CompletableFuture
				.supplyAsync(() -> redLock.lock("held").waitFor(Duration.ofMinutes(1)).acquire(), THREADS);
			CompletableFuture<Lease> queueing = CompletableFuture
				.supplyAsync(() -> redLock.lock("held").waitFor(Duration.ofMinutes(1)).acquire(), THREADS);
			CompletableFuture<Lease> asynchronous = redLock.lock("held").waitFor(Duration.ofMinutes(1)).acquireAsync();
			await().during(Duration.ofMillis(100))
				.until(() -> !asking.isDone() && !queueing.isDone() && !asynchronous.isDone());
			application.close();
			assertEnded(asking);
			assertEnded(queueing);
			assertEnded(asynchronous);
			assertThat(held.isValid()).isTrue();
		}
		await().untilAsserted(() -> assertThat(holders("held")).isZero());
	}

	@Test
	void refusesNewLocks() {
		TestApplication application = new TestApplication(this.masters.nodes());
		RedLockClient redLock = application.redLock();
		application.close();
		assertThatExceptionOfType(RedLockException.class).isThrownBy(() -> redLock.lock("late").acquire())
			.withMessageContaining("shutting down");
		assertEnded(redLock.lock("late").acquireAsync());
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void givesLeasesBackUnlessATaskRunsUnderThem(boolean hung) throws Exception {
		TestApplication application = new TestApplication(this.masters.nodes());
		RedLockClient redLock = application.redLock();
		List<Lease> free = List.of(redLock.lock("free:1").lease(Duration.ofSeconds(60)).acquire(),
				redLock.lock("free:2", "free:3").lease(Duration.ofSeconds(60)).acquire());
		CompletableFuture<Lease> running = new CompletableFuture<>();
		CountDownLatch lost = new CountDownLatch(1);
		CompletableFuture<Void> task = CompletableFuture
			.runAsync(() -> redLock.lock("running").lease(Duration.ofSeconds(3)).run(() -> {
				Lease.current().onLost(lost::countDown);
				running.complete(Lease.current());
				await().pollInSameThread().until(() -> lost.getCount() == 0);
			}), THREADS);
		Lease guarding = running.get(5, TimeUnit.SECONDS);
		await().until(() -> holders("running") == 3);
		if (hung) {
			this.masters.get(0).hang();
			this.masters.get(1).hang();
		}
		long begin = System.nanoTime();
		application.close();
		Duration time = Duration.ofNanos(System.nanoTime() - begin);
		System.out.printf("closed in %d ms, %s%n", time.toMillis(), hung ? "a majority hung" : "all masters healthy");
		assertThat(time).isLessThan(Duration.ofSeconds(3));
		assertThat(free).noneMatch(Lease::isValid);
		assertThat(guarding.isValid()).isFalse();
		assertThat(lost.await(5, TimeUnit.SECONDS)).isTrue();
		assertThatExceptionOfType(ExecutionException.class).isThrownBy(() -> task.get(5, TimeUnit.SECONDS))
			.withCauseInstanceOf(LeaseLostException.class);
		if (!hung) {
			assertThat(holders("running")).isEqualTo(3);
			assertThat(holders("free:1") + holders("free:2") + holders("free:3")).isZero();
		}
		this.masters.heal();
		await().atMost(Duration.ofSeconds(5))
			.until(() -> holders("free:1") + holders("free:2") + holders("free:3") == 0);
		await().atMost(Duration.ofSeconds(10)).until(() -> holders("running") == 0);
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void leavesNoThreadAndNoConnection(boolean hung) {
		Set<Thread> before = TestApplication.threads();
		long connections = connections();
		TestApplication application = new TestApplication(this.masters.nodes());
		RedLockClient redLock = application.redLock();
		Lease held = redLock.lock("held").acquire();
		CompletableFuture<Lease> waiting = redLock.lock("held").waitFor(Duration.ofMinutes(1)).acquireAsync();
		assertThat(connections()).isGreaterThan(connections);
		if (hung) {
			this.masters.get(0).hang();
			this.masters.get(1).hang();
		}
		CompletableFuture<Lease> asking = redLock.lock("asked").waitFor(Duration.ofMinutes(1)).acquireAsync();
		application.close();
		assertThat(held.isValid()).isFalse();
		assertEnded(waiting);
		assertThat(asking).isDone();
		await().untilAsserted(() -> {
			Set<Thread> after = TestApplication.threads();
			after.removeAll(before);
			assertThat(after).isEmpty();
		});
		this.masters.heal();
		await().untilAsserted(() -> assertThat(connections()).isEqualTo(connections));
		await().until(() -> holders("held") + holders("asked") == 0);
	}

	private static void assertEnded(CompletableFuture<Lease> acquisition) {
		assertThatExceptionOfType(ExecutionException.class).isThrownBy(() -> acquisition.get(1, TimeUnit.SECONDS))
			.withCauseInstanceOf(RedLockException.class)
			.withMessageContaining("shutting down");
	}

	private long holders(String key) {
		return MasterProbe.holders(this.masters, "lock:" + key);
	}

	private long connections() {
		long connections = 0;
		for (RedisMaster master : this.masters) {
			connections += MasterProbe.of(master).clients() - 1;
		}
		return connections;
	}

}
