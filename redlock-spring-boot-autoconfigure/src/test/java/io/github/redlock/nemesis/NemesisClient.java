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

package io.github.redlock.nemesis;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;

import io.github.redlock.Lease;
import io.github.redlock.LeaseLostException;
import io.github.redlock.LockBusyException;
import io.github.redlock.QuorumUnavailableException;
import io.github.redlock.RedLockClient;
import io.github.redlock.RedLocked;
import io.github.redlock.autoconfigure.RedLockAutoConfiguration;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.autoconfigure.aop.AopAutoConfiguration;
import org.springframework.boot.autoconfigure.context.PropertyPlaceholderAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * An application of its own whose threads take locks on random keys, hold them for a
 * while, and write under them, sometimes long after the lease is over. It does what it is
 * told line by line on its standard input, answers on its standard output, and ends with
 * its input.
 */
public final class NemesisClient {

	static final String WORK = "work";

	static final String STOP = "stop";

	static final String REACH = "reach";

	static final String READY = "ready";

	static final String STOPPED = "stopped";

	static final String REACHED = "reached";

	static final String FAILED = "failed";

	private static final int KEYS = 50;

	private static final int THREADS = 12;

	private static final int BATCH = 1000;

	private static final Duration LONGEST_LEASE = Duration.ofSeconds(2);

	private static final Duration REACHED_WITHIN = Duration.ofSeconds(10);

	private final int number;

	private final String database;

	private final RedLockClient redLock;

	private final Guarded guarded;

	private final BlockingQueue<Tenure> tenures = new LinkedBlockingQueue<>();

	private final List<Thread> workers = new ArrayList<>();

	private final AtomicLong busy = new AtomicLong();

	private final AtomicLong withoutQuorum = new AtomicLong();

	private final AtomicLong lost = new AtomicLong();

	private volatile boolean working;

	private NemesisClient(int number, String database, RedLockClient redLock, Guarded guarded) {
		this.number = number;
		this.database = database;
		this.redLock = redLock;
		this.guarded = guarded;
	}

	static List<String> keys() {
		return IntStream.range(0, KEYS).mapToObj(NemesisClient::key).toList();
	}

	private static String key(int index) {
		return "key:" + index;
	}

	/**
	 * Run a client.
	 * @param args its number, the database, and the properties of the application
	 * @throws Exception if it cannot be run
	 */
	public static void main(String[] args) throws Exception {
		try (ConfigurableApplicationContext context = new SpringApplicationBuilder(Application.class)
			.web(WebApplicationType.NONE)
			.run(Arrays.copyOfRange(args, 2, args.length))) {
			new NemesisClient(Integer.parseInt(args[0]), args[1], context.getBean(RedLockClient.class),
					context.getBean(Guarded.class))
				.obey();
		}
	}

	private void obey() throws Exception {
		say(READY);
		BufferedReader orders = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
		for (String order = orders.readLine(); order != null; order = orders.readLine()) {
			switch (order) {
				case WORK -> work();
				case STOP -> stop();
				case REACH -> reach();
				default -> throw new IOException("Unknown order " + order);
			}
		}
	}

	private static void say(String text) {
		System.out.println(text);
	}

	private void work() {
		this.working = true;
		for (int i = 0; i < THREADS; i++) {
			start(this::lockAndWrite);
		}
		start(this::record);
	}

	private void start(Work work) {
		Thread thread = new Thread(() -> {
			try (Ledger ledger = new Ledger(this.database)) {
				work.in(ledger);
			}
			catch (Throwable ex) {
				ex.printStackTrace();
				say(FAILED + " " + ex);
			}
		});
		this.workers.add(thread);
		thread.setDaemon(true);
		thread.start();
	}

	private void stop() throws InterruptedException {
		this.working = false;
		for (Thread worker : this.workers) {
			worker.join();
		}
		say("%s busy %d, without quorum %d, lost %d".formatted(STOPPED, this.busy.get(), this.withoutQuorum.get(),
				this.lost.get()));
	}

	/**
	 * Take the lock on each key.
	 */
	private void reach() {
		long longest = 0;
		for (String key : keys()) {
			long begin = System.nanoTime();
			this.redLock.lock(key).waitFor(REACHED_WITHIN).acquire().close();
			longest = Math.max(longest, System.nanoTime() - begin);
		}
		say(REACHED + " " + TimeUnit.NANOSECONDS.toMillis(longest));
	}

	private void record(Ledger ledger) throws SQLException, InterruptedException {
		List<Thread> others = this.workers.subList(0, THREADS);
		boolean last;
		do {
			TimeUnit.MILLISECONDS.sleep(200);
			last = others.stream().noneMatch(Thread::isAlive);
			List<Tenure> batch = new ArrayList<>();
			while (this.tenures.drainTo(batch, BATCH) > 0) {
				ledger.record(batch);
				batch.clear();
			}
		}
		while (!last);
	}

	private void lockAndWrite(Ledger ledger) throws InterruptedException {
		Random random = new Random();
		while (this.working) {
			String key = key(random.nextInt(KEYS));
			try {
				lockAndWrite(key, random, ledger);
			}
			catch (LockBusyException ex) {
				this.busy.incrementAndGet();
			}
			catch (QuorumUnavailableException ex) {
				this.withoutQuorum.incrementAndGet();
			}
			pause(millis(random, 0, 20));
		}
	}

	private void lockAndWrite(String key, Random random, Ledger ledger) throws InterruptedException {
		Hold brief = new Hold(ledger, millis(random, 0, 20));
		Duration patience = millis(random, 0, 2000);
		int percent = random.nextInt(100);
		if (percent < 30) {
			byLease(this.redLock.lock(key).waitFor(patience), brief);
		}
		else if (percent < 50) {
			byTask(() -> this.redLock.lock(key).run(brief), brief);
		}
		else if (percent < 70) {
			byTask(() -> this.guarded.hold(key, brief), brief);
		}
		else if (percent < 89) {
			byLease(this.redLock.lock(key).renew(false).lease(millis(random, 200, 2000)), brief);
		}
		else if (percent < 94) {
			byLease(this.redLock.lock(key, key(random.nextInt(KEYS))).waitFor(patience), brief);
		}
		else if (percent < 95) {
			Hold renewed = new Hold(ledger, millis(random, 300, 1200));
			byLease(this.redLock.lock(key).lease(millis(random, 250, 1500)), renewed);
		}
		else if (percent < 98) {
			Hold unrenewed = new Hold(ledger, millis(random, 500, 1700));
			byLease(this.redLock.lock(key).renew(false).lease(LONGEST_LEASE), unrenewed);
		}
		else {
			Duration lease = millis(random, 150, 400);
			Hold late = new Hold(ledger, lease.plus(millis(random, 20, 300)));
			byLease(this.redLock.lock(key).renew(false).lease(lease), late);
		}
	}

	private static Duration millis(Random random, int least, int bound) {
		return Duration.ofMillis(least + random.nextInt(bound - least));
	}

	private static void pause(Duration time) {
		LockSupport.parkNanos(time.toNanos());
	}

	private void byLease(RedLockClient.LockSpec spec, Hold hold) throws InterruptedException {
		CountDownLatch told = new CountDownLatch(1);
		try (Lease lease = spec.acquire()) {
			lease.onLost(told::countDown);
			hold.under(lease);
		}
		// the timer that tells may be running just now
		hold.end(told.await(hold.isOver() ? 5 : 0, TimeUnit.SECONDS));
	}

	private void byTask(Runnable call, Hold hold) {
		try {
			call.run();
			hold.end(false);
		}
		catch (LeaseLostException ex) {
			hold.end(true);
		}
	}

	/**
	 * What a thread does with a connection to the database.
	 */
	private interface Work {

		void in(Ledger ledger) throws Exception;

	}

	/**
	 * Holds a lease for some time, writes under it, and notes what is seen meanwhile.
	 */
	private final class Hold implements Runnable {

		private static final long LONGEST_LOOK = 5_000_000;

		private final List<Tenure> seen = new ArrayList<>();

		private final Ledger ledger;

		private final Duration time;

		private final long asked = System.nanoTime();

		private long until;

		private boolean over;

		private Hold(Ledger ledger, Duration time) {
			this.ledger = ledger;
			this.time = time;
		}

		@Override
		public void run() {
			under(Lease.current());
		}

		private void under(Lease lease) {
			long from = System.nanoTime();
			this.until = from - 1;
			for (long left = this.time.toNanos(); left > 0; left = this.time.toNanos() - (System.nanoTime() - from)) {
				look(lease);
				LockSupport.parkNanos(Math.min(left, LONGEST_LOOK));
			}
			look(lease);
			for (String key : lease.keys()) {
				long writing = System.nanoTime();
				long place = this.ledger.write(key, lease.token());
				long written = System.nanoTime();
				look(lease);
				this.seen.add(new Tenure(NemesisClient.this.number, key, lease.token(), this.asked, from, 0, writing,
						written, place, false, false));
			}
			look(lease);
		}

		private void look(Lease lease) {
			long now = System.nanoTime();
			if (!lease.isValid()) {
				this.over = true;
			}
			else if (this.over) {
				throw new IllegalStateException(lease + " was over, and is valid again");
			}
			else {
				this.until = now;
			}
		}

		private boolean isOver() {
			return this.over;
		}

		private void end(boolean told) {
			if (told) {
				NemesisClient.this.lost.incrementAndGet();
			}
			for (Tenure tenure : this.seen) {
				NemesisClient.this.tenures.add(tenure.endingAt(this.until, this.over, told));
			}
		}

	}

	/**
	 * A bean with a guarded method.
	 */
	static class Guarded {

		/**
		 * Run a task under the lock on a key.
		 * @param key the key, which has a colon
		 * @param task the task
		 */
		@RedLocked(name = "key", key = "#key.substring(4)")
		void hold(String key, Runnable task) {
			task.run();
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration({ PropertyPlaceholderAutoConfiguration.class, AopAutoConfiguration.class,
			RedLockAutoConfiguration.class })
	static class Application {

		@Bean
		Guarded guarded() {
			return new Guarded();
		}

	}

}
