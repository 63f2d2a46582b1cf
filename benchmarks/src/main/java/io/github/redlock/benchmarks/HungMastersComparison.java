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

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

import io.github.redlock.Lease;
import io.github.redlock.RedLockException;
import io.github.redlock.test.RedisMaster;
import io.github.redlock.test.RedisMasters;
import org.redisson.api.RLock;

/**
 * Two of five masters hang, and a lock is wanted for two seconds: what each library
 * returns, after how long, and how many masters hold the key at that moment.
 */
public final class HungMastersComparison {

	private static final int MASTERS = 5;

	private static final int HEALTHY = 3;

	private HungMastersComparison() {
	}

	/**
	 * Run the comparison and print it.
	 * @param args ignored
	 * @throws Exception if it cannot be run
	 */
	public static void main(String[] args) throws Exception {
		try (RedisMasters masters = RedisMasters.start(MASTERS);
				RedissonPeer redisson = new RedissonPeer(masters);
				RedLockPeer redLock = new RedLockPeer(masters)) {
			redLock.client().lock("warm-up").run(() -> {
			});
			for (int i = HEALTHY; i < MASTERS; i++) {
				masters.get(i).hang();
			}
			System.out.println("The last two of five masters hang, lease 2 s:");
			redisson(masters, redisson, 0);
			redisson(masters, redisson, 10);
			for (int i = 1; i <= 5; i++) {
				redLock(masters, redLock, "ours:" + i);
			}
			for (int i = HEALTHY; i < MASTERS; i++) {
				masters.get(i).resume();
			}
		}
	}

	private static void redisson(RedisMasters masters, RedissonPeer redisson, long waitSeconds) throws Exception {
		String key = "theirs:" + waitSeconds;
		RLock lock = redisson.lock(key);
		long start = System.nanoTime();
		boolean held = lock.tryLock(waitSeconds, 2, TimeUnit.SECONDS);
		report("RedissonRedLock.tryLock(" + waitSeconds + ", 2, SECONDS)", Boolean.toString(held), start, masters,
				"lock:" + key);
	}

	private static void redLock(RedisMasters masters, RedLockPeer redLock, String key) throws Exception {
		long start = System.nanoTime();
		String result;
		Optional<Lease> lease = Optional.empty();
		try {
			lease = redLock.client()
				.lock(key)
				.lease(Duration.ofSeconds(2))
				.waitFor(Duration.ofSeconds(10))
				.tryAcquire();
			result = lease.map((held) -> "valid for another " + held.remaining().toMillis() + " ms").orElse("busy");
		}
		catch (RedLockException ex) {
			result = ex.getClass().getSimpleName();
		}
		report("RedLockClient.tryAcquire()", result, start, masters, "lock:" + key);
		lease.ifPresent(Lease::close);
	}

	private static void report(String call, String result, long start, RedisMasters masters, String key)
			throws IOException {
		double millis = (System.nanoTime() - start) / 1e6;
		int holders = 0;
		for (int i = 0; i < HEALTHY; i++) {
			holders += exists(masters.get(i), key) ? 1 : 0;
		}
		System.out.printf("%-42s -> %-28s after %8.1f ms; masters that hold the key then: %d%n", call, result, millis,
				holders);
	}

	private static boolean exists(RedisMaster master, String key) throws IOException {
		try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), master.port())) {
			socket.getOutputStream().write(("EXISTS " + key + "\r\n").getBytes(StandardCharsets.UTF_8));
			byte[] reply = socket.getInputStream().readNBytes(2);
			return reply[1] == '1';
		}
	}

}
