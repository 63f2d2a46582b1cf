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

	private static final String KEY = "hand-over";

	private HandOverComparison() {
	}

	/**
	 * Run the comparison and print it.
	 * @param args how many seconds for each library, 30 by default
	 * @throws Exception if it cannot be run
	 */
	public static void main(String[] args) throws Exception {
		if (args.length == 3) {
			work(args[0], args[1], Integer.parseInt(args[2]));
			return;
		}
		int seconds = (args.length > 0) ? Integer.parseInt(args[0]) : 30;
		System.out.printf("%d threads in %d JVMs, one key, hold time 1 ms, %d s each:%n", JVMS * THREADS, JVMS,
				seconds);
		double theirs = compare("redisson", seconds);
		double ours = compare("redlock", seconds);
		System.out.printf("hand-overs a second, ours to theirs: %.1f%n", ours / theirs);
	}

	private static double compare(String library, int seconds) throws Exception {
		List<Long> waits = new ArrayList<>();
		try (RedisMasters masters = RedisMasters.start(5)) {
			List<Process> workers = new ArrayList<>();
			for (int i = 0; i < JVMS; i++) {
				workers.add(new ProcessBuilder(System.getProperty("java.home") + "/bin/java", "-Xmx512m", "-cp",
						System.getProperty("java.class.path"), HandOverComparison.class.getName(), library,
						masters.nodes(), Integer.toString(seconds))
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

	private static void work(String library, String nodes, int seconds) throws Exception {
		Queue<Long> waits = new ConcurrentLinkedQueue<>();
		boolean ours = library.equals("redlock");
		try (AutoCloseable peer = ours ? new RedLockPeer(nodes) : new RedissonPeer(nodes)) {
			long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
			Runnable loop = () -> {
				while (System.nanoTime() < end) {
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
		StringBuilder line = new StringBuilder("waits ");
		waits.forEach((wait) -> line.append((line.length() > 6) ? "," : "").append(wait));
		System.out.println(line);
	}

	private static void turn(RedLockClient client, long start, Queue<Long> waits) {
		client.lock(KEY).lease(Duration.ofSeconds(10)).waitFor(Duration.ofSeconds(60)).run(() -> hold(start, waits));
	}

	private static void turn(RLock lock, long start, Queue<Long> waits) {
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

	private static void hold(long start, Queue<Long> waits) {
		waits.add(TimeUnit.NANOSECONDS.toMicros(System.nanoTime() - start));
		LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
	}

}
