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

package io.github.redlock.autoconfigure.metrics;

import java.util.List;

import io.github.redlock.Lease;
import io.micrometer.observation.Observation;
import org.jspecify.annotations.Nullable;

/**
 * A request for a lock.
 *
 * @since 0.1.0
 */
public class AcquireObservationContext extends Observation.Context {

	private final @Nullable String lockName;

	private final List<String> keys;

	private volatile @Nullable Lease lease;

	private volatile int attempts;

	/**
	 * Create a context.
	 * @param lockName the declared name of the lock, or {@code null} if it has none
	 * @param keys what is to be locked
	 */
	public AcquireObservationContext(@Nullable String lockName, List<String> keys) {
		this.lockName = lockName;
		this.keys = keys;
	}

	/**
	 * Return the declared name of the lock.
	 * @return the name, or {@code null} if it has none
	 */
	public @Nullable String getLockName() {
		return this.lockName;
	}

	/**
	 * Return what is to be locked.
	 * @return the keys, without the prefix
	 */
	public List<String> getKeys() {
		return this.keys;
	}

	/**
	 * Return the lease.
	 * @return the lease, or {@code null} if it has not been granted
	 */
	public @Nullable Lease getLease() {
		return this.lease;
	}

	/**
	 * Return how often the masters were asked.
	 * @return the number of rounds, zero if the lock was handed over within this process
	 */
	public int getAttempts() {
		return this.attempts;
	}

	void end(@Nullable Lease lease, int attempts) {
		this.lease = lease;
		this.attempts = attempts;
	}

}
