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

import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

import io.github.redlock.Lease;
import io.github.redlock.RedLockClient;
import io.github.redlock.test.EmbeddedRedLock;
import io.github.redlock.test.RedisMaster;
import io.github.redlock.test.RedisMasters;
import org.junit.jupiter.api.Test;

import org.springframework.boot.convert.DurationStyle;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * An application under load while one master keeps silent for a while. The time of
 * silence is the system property {@code silence.duration}, the number of threads that
 * make the load {@code silence.threads}.
 */
@EmbeddedRedLock(masters = 5)
class SilentMasterTests {

	private static final Duration SILENCE = DurationStyle.detectAndParse(System.getProperty("silence.duration", "4s"));

	private static final int THREADS = Integer.getInteger("silence.threads", 4);

	private static final Duration HEALTHY = Duration.ofSeconds(1);

	private static final int KEYS = 1000;

	private static final long MOST_BYTES = 32 << 20;

	/** Until it is set aside, a silent master is sent what belongs to this time. */
	private static final Duration TOLERATED = Duration.ofMillis(400);

	private final RedisMasters masters;

	SilentMasterTests(RedisMasters masters) {
		this.masters = masters;
	}

	@Test
	void neitherMemoryNorLatencyGrowsAndItVotesAgainAtOnce() throws Exception {
		RedisMaster silent = this.masters.get(2);
		try (TestApplication application = new TestApplication(this.masters.nodes())) {
			RedLockClient redLock = application.redLock();
			List<Lease> held = IntStream.range(0, 20)
				.mapToObj((i) -> redLock.lock("kept:" + i).lease(Duration.ofSeconds(3)).acquire())
				.toList();
			load(redLock, HEALTHY);
			Load healthy = load(redLock, HEALTHY);
			long heapBefore = heap();
			long executed = commands(silent);
			silent.hang();
			load(redLock, HEALTHY);
			Load quiet = load(redLock, SILENCE.minus(HEALTHY));
			long grown = heap() - heapBefore;
			silent.resume();
			long resumed = System.nanoTime();
			while (!votes(redLock, silent)) {
				assertThat(System.nanoTime() - resumed).isLessThan(Duration.ofSeconds(10).toNanos());
			}
			Duration absent = Duration.ofNanos(System.nanoTime() - resumed);
			long backlog = commands(silent) - executed;
			System.out
				.printf("one of five masters silent for %d s under load of %d threads: p50 %d us (healthy %d us), "
						+ "p99 %d us (%d us), %d (%d) leases/s, heap %+d KiB, %d commands when it woke, votes after %d ms%n",
						SILENCE.toSeconds(), THREADS, quiet.percentile(50) / 1000, healthy.percentile(50) / 1000,
						quiet.percentile(99) / 1000, healthy.percentile(99) / 1000, quiet.perSecond(),
						healthy.perSecond(), grown / 1024, backlog, absent.toMillis());
			assertThat(held).allMatch(Lease::isValid);
			assertThat(quiet.percentile(50)).isLessThan(2 * healthy.percentile(50));
			assertThat(grown).isLessThan(MOST_BYTES);
			assertThat(backlog).isLessThan(50 + 2 * healthy.perSecond() * TOLERATED.toMillis() / 1000);
			assertThat(absent).isLessThan(Duration.ofSeconds(1));
			held.forEach(Lease::close);
		}
		finally {
			this.masters.heal();
		}
	}

	private boolean votes(RedLockClient redLock, RedisMaster master) throws InterruptedException {
		try (Lease lease = redLock.lock("votes").acquire()) {
			for (int i = 0; i < 5; i++) {
				if (MasterProbe.of(master).command("EXISTS", "lock:votes").equals(":1")) {
					return true;
				}
				Thread.sleep(2);
			}
			return false;
		}
	}

	private static Load load(RedLockClient redLock, Duration duration) throws Exception {
		long end = System.nanoTime() + duration.toNanos();
		List<CompletableFuture<Load>> threads = IntStream.range(0, THREADS)
			.mapToObj((i) -> CompletableFuture.supplyAsync(() -> loadUntil(redLock, end),
					(task) -> new Thread(task).start()))
			.toList();
		Load total = new Load(new long[Load.BUCKETS], duration);
		for (CompletableFuture<Load> thread : threads) {
			total = total.plus(thread.get());
		}
		return total;
	}

	private static Load loadUntil(RedLockClient redLock, long end) {
		long[] buckets = new long[Load.BUCKETS];
		for (long begin = System.nanoTime(); begin < end; begin = System.nanoTime()) {
			int key = ThreadLocalRandom.current().nextInt(KEYS);
			redLock.lock("load:" + key).acquire().close();
			int bucket = (int) ((System.nanoTime() - begin) / Load.BUCKET_NANOS);
			buckets[Math.min(bucket, Load.BUCKETS - 1)]++;
		}
		return new Load(buckets, Duration.ZERO);
	}

	private static long heap() throws InterruptedException {
		// what expires on its own does so within the time of some leases
		Thread.sleep(500);
		long least = Long.MAX_VALUE;
		for (int i = 0; i < 3; i++) {
			System.gc();
			least = Math.min(least, ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
		}
		return least;
	}

	private static long commands(RedisMaster master) {
		Matcher matcher = Pattern.compile("cmdstat_(?:evalsha|eval|subscribe|unsubscribe):calls=(\\d+)")
			.matcher(MasterProbe.of(master).command("INFO", "commandstats"));
		return matcher.results().mapToLong((result) -> Long.parseLong(result.group(1))).sum();
	}

	/**
	 * What a load has achieved.
	 *
	 * @param buckets how many leases took how long
	 * @param duration how long it went on
	 */
	private record Load(long[] buckets, Duration duration) {

		static final int BUCKET_NANOS = 5_000;

		static final int BUCKETS = 100_000;

		Load plus(Load other) {
			return new Load(IntStream.range(0, BUCKETS).mapToLong((i) -> this.buckets[i] + other.buckets[i]).toArray(),
					this.duration);
		}

		long perSecond() {
			return LongStream.of(this.buckets).sum() * 1000 / this.duration.toMillis();
		}

		long percentile(int percentile) {
			long rest = LongStream.of(this.buckets).sum() * percentile / 100;
			int bucket = 0;
			for (; rest >= this.buckets[bucket]; bucket++) {
				rest -= this.buckets[bucket];
			}
			return (long) bucket * BUCKET_NANOS;
		}

	}

}
