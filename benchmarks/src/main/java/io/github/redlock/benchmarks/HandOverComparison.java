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

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.github.redlock.RedLockClient;
import io.github.redlock.test.RedisMasters;
import org.redisson.api.RLock;

/**
 * 64 threads in 4 JVMs want one key all the time and hold it for a millisecond: how often
 * it is handed over in a second, and how long a thread waits.
 */
public final class HandOverComparison {

	private static final int JVMS = 4;

	private static final int THREADS = 16;

	private static final int WARM_UP_SECONDS = Integer.getInteger("warm-up", 30);

	private static final String KEY = "hand-over";

	private HandOverComparison() {
	}

	/**
	 * Run the comparison and print it.
	 * @param args how many seconds for each library, 30 by default
	 * @throws Exception if it cannot be run
	 */
	public static void main(String[] args) throws Exception {
		if (args.length == 4) {
			work(args[0], args[1], Long.parseLong(args[2]), Long.parseLong(args[3]));
			return;
		}
		int seconds = (args.length > 0) ? Integer.parseInt(args[0]) : 30;
		System.out.printf("%d threads in %d JVMs, one key, hold time 1 ms, %d s each after %d s to warm up:%n",
				JVMS * THREADS, JVMS, seconds, WARM_UP_SECONDS);
		double theirs = compare("redisson", seconds);
		double ours = compare("redlock", seconds);
		System.out.printf("hand-overs a second, ours to theirs: %.1f%n", ours / theirs);
		double most = holdsOnly(seconds);
		System.out.printf("with a hand-over that takes no time: %.1f a second, %.1f times theirs%n", most,
				most / theirs);
	}

	private static double holdsOnly(int seconds) {
		long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
		int holds = 0;
		for (; System.nanoTime() < end; holds++) {
			hold();
		}
		return (double) holds / seconds;
	}

	private static double compare(String library, int seconds) throws Exception {
		List<Long> waits = new ArrayList<>();
		long begin = System.currentTimeMillis() + TimeUnit.SECONDS.toMillis(WARM_UP_SECONDS);
		long end = begin + TimeUnit.SECONDS.toMillis(seconds);
		try (RedisMasters masters = RedisMasters.start(5)) {
			List<Process> workers = new ArrayList<>();
			for (int i = 0; i < JVMS; i++) {
				workers.add(new ProcessBuilder(System.getProperty("java.home") + "/bin/java", "-Xmx512m", "-cp",
						System.getProperty("java.class.path"), HandOverComparison.class.getName(), library,
						masters.nodes(), Long.toString(begin), Long.toString(end))
					.redirectError(ProcessBuilder.Redirect.INHERIT)
					.start());
			}
			for (Process worker : workers) {
				waits.addAll(read(worker));
			}
		}
		long[] sorted = waits.stream().mapToLong(Long::longValue).sorted().toArray();
		double perSecond = (double) sorted.length / seconds;
		double median = sorted[sorted.length / 2] / 1000.0;
		double longest = sorted[sorted.length - 1] / 1000.0;
		System.out.printf("%-9s %8.1f hand-overs a second; wait: median %.1f ms, longest %.1f ms (%.1f times)%n",
				library, perSecond, median, longest, longest / median);
		return perSecond;
	}

	private static List<Long> read(Process worker) throws IOException {
		try (BufferedReader output = new BufferedReader(new InputStreamReader(worker.getInputStream()))) {
			return output.lines()
				.filter((line) -> line.startsWith("waits "))
				.flatMap(HandOverComparison::parse)
				.toList();
		}
	}

	private static Stream<Long> parse(String line) {
		return Arrays.stream(line.substring("waits ".length()).split(",")).map(Long::valueOf);
	}

	private static void work(String library, String nodes, long begin, long end) throws Exception {
		Waits waits = new Waits(begin);
		boolean ours = library.equals("redlock");
		try (AutoCloseable peer = ours ? new RedLockPeer(nodes) : new RedissonPeer(nodes)) {
			Runnable loop = () -> {
				while (System.currentTimeMillis() < end) {
					long start = System.nanoTime();
					if (ours) {
						turn(((RedLockPeer) peer).client(), start, waits);
					}
					else {
						turn(((RedissonPeer) peer).lock(KEY), start, waits);
					}
				}
			};
			List<Thread> threads = Stream.generate(() -> new Thread(loop)).limit(THREADS).toList();
			threads.forEach(Thread::start);
			for (Thread thread : threads) {
				thread.join();
			}
		}
		waits.print();
	}

	private static void turn(RedLockClient client, long start, Waits waits) {
		client.lock(KEY).lease(Duration.ofSeconds(10)).waitFor(Duration.ofSeconds(60)).run(() -> hold(start, waits));
	}

	private static void turn(RLock lock, long start, Waits waits) {
		try {
			if (lock.tryLock(60, 10, TimeUnit.SECONDS)) {
				hold(start, waits);
				lock.unlock();
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private static void hold(long start, Waits waits) {
		waits.add(TimeUnit.NANOSECONDS.toMicros(System.nanoTime() - start));
		hold();
	}

	private static void hold() {
		LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
	}

	/**
	 * How long each thread waited, in microseconds.
	 */
	private static final class Waits {

		private final Queue<Long> micros = new ConcurrentLinkedQueue<>();

		private final long begin;

		private Waits(long begin) {
			this.begin = begin;
		}

		private void add(long wait) {
			if (System.currentTimeMillis() >= this.begin) {
				this.micros.add(wait);
			}
		}

		private void print() {
			System.out
				.println(this.micros.stream().map(String::valueOf).collect(Collectors.joining(",", "waits ", "")));
		}

	}

}
