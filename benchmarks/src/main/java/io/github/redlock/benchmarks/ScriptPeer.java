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

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HexFormat;

import io.github.redlock.RedLockClient;
import io.github.redlock.test.RedisMasters;

/**
 * The library's own scripts with the same keys and arguments, and nothing else: there is
 * no queue, timer, retry, renewal or listener, and no second thread may use it.
 */
abstract class ScriptPeer implements AutoCloseable {

	static final long NODE_TIMEOUT_MILLIS = 50;

	private static final String TOKEN_RETENTION = "86400000";

	private static final String QUARANTINE = "60602";

	private final SecureRandom random = new SecureRandom();

	private String acquire = "";

	private String release = "";

	private final int majority;

	/**
	 * Have the masters vote, as they do from the first lock on.
	 * @param masters the masters of a new installation
	 */
	ScriptPeer(RedisMasters masters) {
		this.majority = masters.size() / 2 + 1;
		try (RedLockPeer peer = new RedLockPeer(masters)) {
			peer.client().lock("first").run(() -> {
			});
		}
	}

	final int majority() {
		return this.majority;
	}

	/**
	 * Load the scripts. To be called before the first lock is acquired.
	 * @throws Exception if that fails
	 */
	final void loadScripts() throws Exception {
		this.acquire = load(text("acquire.lua"));
		this.release = load(text("release.lua"));
	}

	private static String text(String name) throws IOException {
		try (InputStream script = RedLockClient.class.getResourceAsStream("redisson/" + name)) {
			if (script == null) {
				throw new FileNotFoundException(name);
			}
			return new String(script.readAllBytes(), StandardCharsets.UTF_8);
		}
	}

	/**
	 * Acquire a lock on a majority of the masters, and release it.
	 * @param name the key, without prefix
	 * @param lease for how long
	 * @return whether it was valid
	 * @throws Exception if a master fails, or answers anything else than expected
	 */
	final boolean acquireAndRelease(String name, Duration lease) throws Exception {
		long start = System.nanoTime();
		String key = "lock:" + name;
		String owner = newOwner();
		String tombstone = "redlock:void:" + key + ":" + owner;
		String millis = Long.toString(lease.toMillis());
		long token = ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
		acquire(token, "EVALSHA", this.acquire, "6", key, "redlock:token:" + key, tombstone, "redlock:member",
				"redlock:recovery", "redlock:blank", owner, millis, Long.toString(token), TOKEN_RETENTION, QUARANTINE,
				"run_id", "", QUARANTINE);
		boolean valid = System.nanoTime() - start < lease.toNanos() / 100 * 99 - 2_000_000;
		String channel = "redisson_lock__channel:{" + key + "}";
		release(words("0", key, tombstone, owner, millis, channel), words("1", key, tombstone, owner, millis, channel));
		return valid;
	}

	private String[] words(String unanswered, String key, String tombstone, String owner, String millis,
			String channel) {
		return new String[] { "EVALSHA", this.release, "2", key, tombstone, owner, unanswered, millis, channel };
	}

	private String newOwner() {
		byte[] bytes = new byte[16];
		this.random.nextBytes(bytes);
		return HexFormat.of().formatHex(bytes);
	}

	/**
	 * Load a script on all masters.
	 * @param text the script
	 * @return its digest
	 * @throws Exception if that fails
	 */
	abstract String load(String text) throws Exception;

	/**
	 * Have all masters grant, and wait for the answers that are waited for.
	 * @param token the only token that is accepted
	 * @param command the words of the command
	 * @throws Exception if a master fails, or answers anything else
	 */
	abstract void acquire(long token, String... command) throws Exception;

	/**
	 * Have all masters release, and wait for the answers that are waited for.
	 * @param answered the words of the command for a master that has granted
	 * @param unanswered the same for one that has not answered yet
	 * @throws Exception if a master fails, or has released nothing
	 */
	abstract void release(String[] answered, String[] unanswered) throws Exception;

}
