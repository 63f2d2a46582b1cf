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

package io.github.redlock.benchmarks;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

import io.github.redlock.Lease;
import io.github.redlock.test.RedisMasters;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.redisson.api.RLock;

/**
 * Acquire and release of unique keys on five loopback masters: the time of one caller,
 * also compared with the least that it can be, and the throughput of sixteen.
 */
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 3, time = 10)
@Measurement(iterations = 5, time = 3)
@Fork(3)
public class AcquireReleaseBenchmark {

	/**
	 * Compare one caller's times: a fork of each in turn, since a machine's speed changes
	 * with time, and then the medians.
	 * @param args how many forks of each
	 * @throws RunnerException if one fails
	 */
	public static void main(String[] args) throws RunnerException {
		Map<String, List<Double>> times = new LinkedHashMap<>();
		for (int i = 0; i < Integer.parseInt(args[0]); i++) {
			for (String library : List.of("redlock", "sockets", "connections", "blocking", "redisson")) {
				Options options = new OptionsBuilder().include(AcquireReleaseBenchmark.class.getName() + ".oneCaller")
					.param("library", library)
					.forks(1)
					.build();
				double time = new Runner(options).runSingle().getPrimaryResult().getScore();
				times.computeIfAbsent(library, (absent) -> new ArrayList<>()).add(time);
			}
		}
		double ours = median(times.getOrDefault("redlock", List.of()));
		times.forEach((library, all) -> System.out.printf("%-11s median %.3f ms, of %s; redlock is %.2f times that%n",
				library, median(all), all, ours / median(all)));
	}

	private static double median(List<Double> values) {
		List<Double> sorted = new ArrayList<>(values);
		Collections.sort(sorted);
		int size = sorted.size();
		return (sorted.get((size - 1) / 2) + sorted.get(size / 2)) / 2;
	}

	/**
	 * The time of one caller.
	 * @param caller what is measured
	 * @throws Exception if it fails
	 */
	@Benchmark
	@BenchmarkMode(Mode.AverageTime)
	public void oneCaller(OneCaller caller) throws Exception {
		caller.acquireAndRelease();
	}

	/**
	 * The throughput of sixteen callers.
	 * @param callers what is measured
	 * @throws Exception if it fails
	 */
	@Benchmark
	@BenchmarkMode(Mode.Throughput)
	@Threads(16)
	public void sixteenCallers(SixteenCallers callers) throws Exception {
		callers.acquireAndRelease();
	}

	/**
	 * What one caller can use.
	 */
	@State(Scope.Benchmark)
	public static class OneCaller extends Locks {

		/** Whose locks are measured. */
		@Param({ "redlock", "sockets", "connections", "blocking", "redisson" })
		public String library = "";

		/**
		 * Start the masters and the library.
		 * @throws Exception if that fails
		 */
		@Setup
		public void start() throws Exception {
			open(this.library);
		}

	}

	/**
	 * What several callers can use.
	 */
	@State(Scope.Benchmark)
	public static class SixteenCallers extends Locks {

		/** Whose locks are measured. */
		@Param({ "redlock", "redisson" })
		public String library = "";

		/**
		 * Start the masters and the library.
		 * @throws Exception if that fails
		 */
		@Setup
		public void start() throws Exception {
			open(this.library);
		}

	}

	/**
	 * A library on five masters.
	 */
	@State(Scope.Benchmark)
	public abstract static class Locks {

		private static final Duration LEASE = Duration.ofSeconds(10);

		private final AtomicLong count = new AtomicLong();

		private @Nullable RedisMasters masters;

		private @Nullable AutoCloseable opened;

		private Operation operation = (key) -> false;

		final void open(String library) throws Exception {
			RedisMasters started = RedisMasters.start(5);
			this.masters = started;
			switch (library) {
				case "redlock" -> {
					RedLockPeer peer = new RedLockPeer(started);
					this.opened = peer;
					this.operation = (key) -> {
						try (Lease lease = peer.client().lock(key).lease(LEASE).acquire()) {
							return lease.isValid();
						}
					};
				}
				case "sockets", "blocking" -> {
					RawSocketPeer peer = new RawSocketPeer(started, library.equals("blocking"));
					this.opened = peer;
					this.operation = (key) -> peer.acquireAndRelease(key, LEASE);
				}
				case "connections" -> {
					ConnectionPeer peer = new ConnectionPeer(started);
					this.opened = peer;
					this.operation = (key) -> peer.acquireAndRelease(key, LEASE);
				}
				default -> {
					RedissonPeer peer = new RedissonPeer(started);
					this.opened = peer;
					this.operation = (key) -> {
						RLock lock = peer.lock(key);
						boolean held = lock.tryLock(5000, LEASE.toMillis(), TimeUnit.MILLISECONDS);
						lock.unlock();
						return held;
					};
				}
			}
		}

		final void acquireAndRelease() throws Exception {
			if (!this.operation.acquireAndRelease("bench:" + this.count.incrementAndGet())) {
				throw new IllegalStateException("not held");
			}
		}

		/**
		 * Stop all.
		 * @throws Exception if that fails
		 */
		@TearDown
		public void stop() throws Exception {
			if (this.opened != null) {
				this.opened.close();
			}
			if (this.masters != null) {
				this.masters.close();
			}
		}

	}

	/**
	 * Acquires and releases once.
	 */
	private interface Operation {

		boolean acquireAndRelease(String key) throws Exception;

	}

}
