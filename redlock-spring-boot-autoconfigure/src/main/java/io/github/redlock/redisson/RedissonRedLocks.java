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

package io.github.redlock.redisson;

import io.github.redlock.Lease;
import io.github.redlock.RedLockClient;
import io.github.redlock.quorum.QuorumLocks;
import org.redisson.RedissonRedLock;

import org.springframework.util.Assert;

/**
 * Gives the locks of {@link RedLockClient} to code that was written for Redisson's
 * {@link RedissonRedLock}. Such a lock belongs to a thread, which may take it again and
 * gives it back with as many unlocks; nobody else holds it meanwhile, whatever API they
 * use. All that it does goes through the quorum of this library, and nothing through the
 * algorithm of Redisson's class.
 * <p>
 * New code uses {@link RedLockClient}: a {@link Lease} says how long it is valid, has a
 * fencing token, and tells of its loss.
 *
 * @since 0.1.0
 */
public final class RedissonRedLocks {

	private final RedLockClient client;

	private final QuorumLocks locks;

	private final ThreadLocks threads;

	/**
	 * Create locks for threads.
	 * @param client takes the locks
	 * @param locks what the client takes them from
	 */
	public RedissonRedLocks(RedLockClient client, QuorumLocks locks) {
		this.client = client;
		this.locks = locks;
		this.threads = new ThreadLocks();
	}

	/**
	 * Return a lock by its name. That costs nothing and asks no master; locks of the same
	 * name are the same lock.
	 * <p>
	 * A lease time above zero is how long the lock is held without renewal, at most the
	 * property {@code redlock.max-lease}; without one the lock is renewed until it is
	 * given back, and {@code redlock.lease} is how long it outlives a crashed process.
	 * Taking it again changes nothing about its time. {@code tryLock} also answers
	 * {@code false} when too few masters answer. {@code unlock} throws
	 * {@link IllegalMonitorStateException} when the thread does not hold the lock, and
	 * says so when it had it but lost it.
	 * @param name what to lock, without the prefix of the property
	 * {@code redlock.key-prefix}
	 * @return the lock
	 * @throws IllegalArgumentException if the name is empty
	 */
	@SuppressWarnings("deprecation")
	public RedissonRedLock get(String name) {
		Assert.hasText(name, "'name' must not be empty: name what to lock");
		return new QuorumRedissonRedLock(name, this.client, this.locks, this.threads);
	}

}
