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
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
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

	private static final Duration START = Duration.ofSeconds(10);

	private static final String KEY = "hand-over";

	private HandOverComparison() {
	}

	/**
	 * Run the comparison and print it.
	 * @param args how many seconds are measured, and then measured again, for each
	 * library; 30 by default
	 * @throws Exception if it cannot be run
	 */
	public static void main(String[] args) throws Exception {
		if (args.length == 4) {
			work(args[0], args[1], Long.parseLong(args[2]), Long.parseLong(args[3]));
			return;
		}
		int seconds = (args.length > 0) ? Integer.parseInt(args[0]) : 30;
		System.out.printf("%d threads in %d JVMs, one key, hold time 1 ms, the first %d s and the next %d s:%n",
				JVMS * THREADS, JVMS, seconds, seconds);
		List<Double> theirs = compare("redisson", seconds);
		List<Double> ours = compare("redlock", seconds);
		double most = holdsOnly(seconds);
		for (Window window : Window.values()) {
			double their = theirs.get(window.ordinal());
			System.out.printf(
					"%-5s hand-overs a second, ours to theirs: %.1f; a hand-over that takes no time would give %.1f%n",
					window, ours.get(window.ordinal()) / their, most / their);
		}
	}

	private static double holdsOnly(int seconds) {
		long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
		int holds = 0;
		for (; System.nanoTime() < end; holds++) {
			hold();
		}
		return (double) holds / seconds;
	}

	private static List<Double> compare(String library, int seconds) throws Exception {
		Map<Window, List<Long>> waits = new EnumMap<>(Window.class);
		long begin = System.currentTimeMillis() + START.toMillis();
		long length = TimeUnit.SECONDS.toMillis(seconds);
		try (RedisMasters masters = RedisMasters.start(5)) {
			List<Process> workers = new ArrayList<>();
			for (int i = 0; i < JVMS; i++) {
				workers.add(new ProcessBuilder(System.getProperty("java.home") + "/bin/java", "-Xmx512m", "-cp",
						System.getProperty("java.class.path"), HandOverComparison.class.getName(), library,
						masters.nodes(), Long.toString(begin), Long.toString(length))
					.redirectError(ProcessBuilder.Redirect.INHERIT)
					.start());
			}
			for (Process worker : workers) {
				read(worker, waits);
			}
		}
		List<Double> perSecond = new ArrayList<>();
		waits.forEach((window, all) -> perSecond.add(print(library, window, all, seconds)));
		return perSecond;
	}

	private static void read(Process worker, Map<Window, List<Long>> waits) throws IOException {
		try (BufferedReader output = new BufferedReader(new InputStreamReader(worker.getInputStream()))) {
			output.lines().filter((line) -> line.startsWith("waits ")).forEach((line) -> {
				String[] words = line.split(" ");
				Arrays.stream(words[2].split(","))
					.map(Long::valueOf)
					.forEach(waits.computeIfAbsent(Window.valueOf(words[1]), (absent) -> new ArrayList<>())::add);
			});
		}
	}

	private static double print(String library, Window window, List<Long> waits, int seconds) {
		long[] sorted = waits.stream().mapToLong(Long::longValue).sorted().toArray();
		double perSecond = (double) sorted.length / seconds;
		double median = sorted[sorted.length / 2] / 1000.0;
		double longest = sorted[sorted.length - 1] / 1000.0;
		System.out.printf("%-5s %-9s %8.1f hand-overs a second; wait: median %.1f ms, longest %.1f ms (%.1f times)%n",
				window, library, perSecond, median, longest, longest / median);
		return perSecond;
	}

	private static void work(String library, String nodes, long begin, long length) throws Exception {
		Waits waits = new Waits(begin + length);
		long end = begin + 2 * length;
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
			Thread.sleep(Math.max(0, begin - System.currentTimeMillis()));
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
	 * Which part of the time: in the first, a good deal of the code is not compiled yet.
	 */
	private enum Window {

		FIRST, NEXT

	}

	/**
	 * How long each thread waited, in microseconds.
	 */
	private static final class Waits {

		private final Queue<Long> first = new ConcurrentLinkedQueue<>();

		private final Queue<Long> next = new ConcurrentLinkedQueue<>();

		private final long beginOfNext;

		private Waits(long beginOfNext) {
			this.beginOfNext = beginOfNext;
		}

		private void add(long wait) {
			((System.currentTimeMillis() < this.beginOfNext) ? this.first : this.next).add(wait);
		}

		private void print() {
			print(Window.FIRST, this.first);
			print(Window.NEXT, this.next);
		}

		private static void print(Window window, Queue<Long> micros) {
			System.out.println(
					micros.stream().map(String::valueOf).collect(Collectors.joining(",", "waits " + window + " ", "")));
		}

	}

}
