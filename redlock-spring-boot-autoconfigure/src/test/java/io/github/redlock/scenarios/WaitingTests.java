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

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

import io.github.redlock.Lease;
import io.github.redlock.LockBusyException;
import io.github.redlock.autoconfigure.MasterProbe;
import io.github.redlock.test.RedisMasters;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Those that wait for a lock of another instance.
 */
class WaitingTests extends TwoInstances {

	private static final Duration MINUTE = Duration.ofMinutes(1);

	WaitingTests(RedisMasters masters) {
		super(masters);
	}

	@ParameterizedTest
	@ValueSource(longs = { 30, 400 })
	void theyWaitUntilTheirTimeIsOver(long millis) {
		try (Lease lease = this.one.lock(this.key).acquire()) {
			long start = System.nanoTime();
			assertThatExceptionOfType(LockBusyException.class)
				.isThrownBy(() -> this.other.lock(this.key).waitFor(Duration.ofMillis(millis)).acquire());
			assertThat(Duration.ofNanos(System.nanoTime() - start)).isBetween(Duration.ofMillis(millis),
					Duration.ofMillis(millis + 300));
		}
	}

	@Test
	void aReleaseWakesThem() throws Exception {
		long[] nanos = new long[5];
		for (int i = 0; i < nanos.length; i++) {
			Lease lease = this.one.lock(this.key + i).acquire();
			CompletableFuture<Lease> waiting = waitFor(this.key + i);
			long start = System.nanoTime();
			lease.close();
			waiting.get(10, TimeUnit.SECONDS).close();
			nanos[i] = System.nanoTime() - start;
		}
		Arrays.sort(nanos);
		System.out.printf("a release wakes another instance after %d us%n", nanos[2] / 1000);
		// without a message they would ask again after a second
		assertThat(Duration.ofNanos(nanos[2])).isLessThan(Duration.ofMillis(400));
	}

	@Test
	void theEndOfTheLeastTimeWakesThemToo() throws Exception {
		Duration least = Duration.ofMillis(400);
		long[] nanos = new long[5];
		for (int i = 0; i < nanos.length; i++) {
			long start = System.nanoTime();
			Lease lease = this.one.lock(this.key + i).atLeast(least).acquire();
			CompletableFuture<Lease> waiting = waitFor(this.key + i);
			lease.close();
			waiting.get(10, TimeUnit.SECONDS).close();
			nanos[i] = System.nanoTime() - start;
		}
		Arrays.sort(nanos);
		assertThat(Duration.ofNanos(nanos[0])).isGreaterThan(least);
		assertThat(Duration.ofNanos(nanos[2])).isLessThan(least.plusMillis(400));
	}

	private CompletableFuture<Lease> waitFor(String name) {
		CompletableFuture<Lease> waiting = this.other.lock(name).waitFor(MINUTE).acquireAsync();
		soon().until(() -> probes().stream().allMatch((master) -> channels(master, name) == 1));
		// they have asked once more after they had subscribed
		soon().pollDelay(Duration.ofMillis(50)).until(() -> !waiting.isDone());
		return waiting;
	}

	@Test
	void theyListenForHoweverManyKeys() {
		int keys = 20;
		List<Lease> held = new ArrayList<>();
		List<CompletableFuture<Lease>> waiting = new ArrayList<>();
		for (int i = 0; i < keys; i++) {
			held.add(this.one.lock(this.key + i).acquire());
		}
		for (int i = 0; i < keys; i++) {
			waiting.add(this.other.lock(this.key + i).waitFor(MINUTE).acquireAsync());
		}
		soon().until(() -> probes().stream().allMatch((master) -> channels(master, this.key) == keys));
		assertThat(waiting).noneMatch(CompletableFuture::isDone);
		held.forEach(Lease::close);
		waiting.forEach((future) -> future.orTimeout(10, TimeUnit.SECONDS).join().close());
	}

	/**
	 * Count the locks whose release somebody listens for.
	 * @param master the master that announces it
	 * @param name what the names of the locks begin with
	 * @return the number of channels
	 */
	private static long channels(MasterProbe master, String name) {
		return Long.parseLong(master
			.command("EVAL", "return #redis.call('pubsub', 'channels', ARGV[1])", "0", "*{" + stored(name) + "*")
			.substring(1));
	}

	@Test
	void aMasterThatComesBackAnnouncesToThemToo() throws Exception {
		Lease lease = this.one.lock(this.key).acquire();
		this.masters.get(0).kill();
		CompletableFuture<Lease> waiting = this.other.lock(this.key).waitFor(MINUTE).acquireAsync();
		soon().until(() -> channels(probe(1), this.key) == 1);
		this.masters.get(0).start();
		soon().until(() -> channels(probe(0), this.key) == 1);
		lease.close();
		waiting.get(10, TimeUnit.SECONDS).close();
	}

	@Test
	void theEndOfALeaseAndALostMessageWakeThemToo() throws Exception {
		Duration length = Duration.ofMillis(1500);
		Lease expiring = this.one.lock(this.key).lease(length).renew(false).acquire();
		Lease forgotten = this.one.lock(this.key + ":forgotten").acquire();
		long start = System.nanoTime();
		CompletableFuture<Lease> afterEnd = this.other.lock(this.key).waitFor(MINUTE).acquireAsync();
		CompletableFuture<Lease> afterSilence = this.other.lock(this.key + ":forgotten").waitFor(MINUTE).acquireAsync();
		soon().until(() -> channels(probe(0), this.key) == 2);
		assertThat(afterSilence).isNotDone();
		long silent = System.nanoTime();
		probes().forEach((master) -> master.command("DEL", stored(this.key + ":forgotten")));
		afterSilence.get(10, TimeUnit.SECONDS).close();
		assertThat(since(silent)).isLessThan(Duration.ofMillis(2500));
		Lease second = afterEnd.get(10, TimeUnit.SECONDS);
		assertThat(expiring.isValid()).isFalse();
		assertThat(since(start)).isBetween(length.minusMillis(100), length.plusMillis(1500));
		second.close();
		forgotten.close();
	}

	@Test
	void theyUseNeitherTheProcessorNorTheMastersWhileNothingHappens() throws Exception {
		int waiters = 40;
		ExecutorService threads = Executors.newFixedThreadPool(waiters);
		List<CompletableFuture<Lease>> waiting = new ArrayList<>();
		Lease lease = this.one.lock(this.key).acquire();
		for (int i = 0; i < waiters; i++) {
			Instance instance = (i % 2 != 0) ? this.one : this.other;
			waiting
				.add(CompletableFuture.supplyAsync(() -> instance.lock(this.key).waitFor(MINUTE).acquire(), threads));
		}
		soon().until(() -> probes().stream().allMatch((master) -> channels(master, this.key) == 1));
		Duration time = Duration.ofSeconds(3);
		soon().pollDelay(Duration.ofSeconds(1)).until(() -> waiting.stream().noneMatch(CompletableFuture::isDone));
		long[] asked = questions();
		long cpu = cpuNanos();
		assertThat(new CountDownLatch(1).await(time.toMillis(), TimeUnit.MILLISECONDS)).isFalse();
		Duration used = Duration.ofNanos(cpuNanos() - cpu);
		long[] askedSince = questions();
		System.out.printf("%d wait for %d ms: %d ms of CPU time, questions to the masters: %s%n", waiters,
				time.toMillis(), used.toMillis(), Arrays.toString(difference(askedSince, asked)));
		assertThat(waiting).noneMatch(CompletableFuture::isDone);
		assertThat(used).isLessThan(time.dividedBy(5));
		// one of them asks, about once a second
		assertThat(Arrays.stream(difference(askedSince, asked)).boxed().toList())
			.allMatch((questions) -> questions <= time.toSeconds() + 1);
		lease.close();
		waiting.forEach((future) -> future.thenAccept(Lease::close));
		CompletableFuture.allOf(waiting.toArray(CompletableFuture[]::new)).get(30, TimeUnit.SECONDS);
		threads.shutdown();
	}

	private long[] questions() {
		return probes().stream().mapToLong((master) -> master.calls("mget")).toArray();
	}

	private static long[] difference(long[] later, long[] earlier) {
		long[] difference = new long[later.length];
		Arrays.setAll(difference, (i) -> later[i] - earlier[i]);
		return difference;
	}

	/**
	 * Return the time that all threads of this JVM have used, those of its compiler and
	 * garbage collector left out.
	 * @return nanoseconds
	 */
	private static long cpuNanos() {
		ThreadMXBean threads = ManagementFactory.getThreadMXBean();
		return Arrays.stream(threads.getAllThreadIds())
			.map(threads::getThreadCpuTime)
			.filter((nanos) -> nanos > 0)
			.sum();
	}

}
