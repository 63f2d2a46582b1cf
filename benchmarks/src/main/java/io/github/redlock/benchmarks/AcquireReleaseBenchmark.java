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
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

import io.github.redlock.Lease;
import io.github.redlock.test.RedisMasters;
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

/**
 * Acquire and release of unique keys on five loopback masters: the time of one caller,
 * and the throughput of sixteen.
 */
@State(Scope.Benchmark)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 3, time = 3)
@Measurement(iterations = 5, time = 3)
@Fork(3)
public class AcquireReleaseBenchmark {

	private static final Duration LEASE = Duration.ofSeconds(10);

	private final AtomicLong count = new AtomicLong();

	/** Whose locks are measured. */
	@Param({ "redlock", "redisson" })
	public String library = "";

	private @org.jspecify.annotations.Nullable RedisMasters masters;

	private @org.jspecify.annotations.Nullable AutoCloseable opened;

	private Runnable acquireAndRelease = () -> {
	};

	/**
	 * Start the masters and the library.
	 */
	@Setup
	public void start() {
		RedisMasters started = RedisMasters.start(5);
		this.masters = started;
		if (this.library.equals("redlock")) {
			RedLockPeer peer = new RedLockPeer(started);
			this.opened = peer;
			this.acquireAndRelease = () -> {
				try (Lease lease = peer.client().lock(nextKey()).lease(LEASE).acquire()) {
					check(lease.isValid());
				}
			};
		}
		else {
			RedissonPeer peer = new RedissonPeer(started);
			this.opened = peer;
			this.acquireAndRelease = () -> {
				var lock = peer.lock(nextKey());
				check(tryLock(lock));
				lock.unlock();
			};
		}
	}

	private static boolean tryLock(org.redisson.api.RLock lock) {
		try {
			return lock.tryLock(5000, LEASE.toMillis(), TimeUnit.MILLISECONDS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return false;
		}
	}

	private static void check(boolean held) {
		if (!held) {
			throw new IllegalStateException("not held");
		}
	}

	private String nextKey() {
		return "bench:" + this.count.incrementAndGet();
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

	/**
	 * The time of one caller.
	 */
	@Benchmark
	@BenchmarkMode(Mode.AverageTime)
	public void oneCaller() {
		this.acquireAndRelease.run();
	}

	/**
	 * The throughput of sixteen callers.
	 */
	@Benchmark
	@BenchmarkMode(Mode.Throughput)
	@Threads(16)
	public void sixteenCallers() {
		this.acquireAndRelease.run();
	}

}
