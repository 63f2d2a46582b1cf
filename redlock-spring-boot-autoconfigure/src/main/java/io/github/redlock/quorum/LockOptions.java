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

package io.github.redlock.quorum;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * How a lock is wanted.
 *
 * @param lease how long a master keeps it without being asked again
 * @param waitFor how long to wait for it; zero asks once
 * @param renew whether to keep the lease alive until it is closed
 * @param atLeast how long it stays at least, also when it is closed earlier
 * @param maxHold how long it is renewed at most, or {@code null} for no bound
 * @param name what locks of its kind are called in metrics, logs and the like, or
 * {@code null} for nothing
 * @since 0.1.0
 */
public record LockOptions(Duration lease, Duration waitFor, boolean renew, Duration atLeast, @Nullable Duration maxHold,
		@Nullable String name) {

	/**
	 * Check the values.
	 * @throws IllegalArgumentException if one is impossible
	 */
	public LockOptions {
		valid("lease", lease);
		notNegative("waitFor", waitFor);
		notNegative("atLeast", atLeast);
		if (maxHold != null) {
			valid("maxHold", maxHold);
			if (maxHold.compareTo(atLeast) < 0) {
				throw new IllegalArgumentException(
						"'maxHold' of %s is shorter than 'atLeast' of %s".formatted(maxHold, atLeast));
			}
		}
	}

	/**
	 * Create options for a renewed lease without bounds.
	 * @param lease how long a master keeps it without being asked again
	 * @param waitFor how long to wait for it; zero asks once
	 */
	public LockOptions(Duration lease, Duration waitFor) {
		this(lease, waitFor, true, Duration.ZERO, null, null);
	}

	/**
	 * Return these options with another lease.
	 * @param lease the other lease
	 * @return other options
	 */
	public LockOptions withLease(Duration lease) {
		return new LockOptions(lease, this.waitFor, this.renew, this.atLeast, this.maxHold, this.name);
	}

	/**
	 * Return these options with another wait.
	 * @param waitFor the other wait
	 * @return other options
	 */
	public LockOptions withWaitFor(Duration waitFor) {
		return new LockOptions(this.lease, waitFor, this.renew, this.atLeast, this.maxHold, this.name);
	}

	/**
	 * Return these options with or without renewal.
	 * @param renew whether to renew
	 * @return other options
	 */
	public LockOptions withRenew(boolean renew) {
		return new LockOptions(this.lease, this.waitFor, renew, this.atLeast, this.maxHold, this.name);
	}

	/**
	 * Return these options with another shortest time to hold.
	 * @param atLeast the shortest time to hold
	 * @return other options
	 */
	public LockOptions withAtLeast(Duration atLeast) {
		return new LockOptions(this.lease, this.waitFor, this.renew, atLeast, this.maxHold, this.name);
	}

	/**
	 * Return these options with another longest time to hold.
	 * @param maxHold the longest time to hold, or {@code null} for no bound
	 * @return other options
	 */
	public LockOptions withMaxHold(@Nullable Duration maxHold) {
		return new LockOptions(this.lease, this.waitFor, this.renew, this.atLeast, maxHold, this.name);
	}

	/**
	 * Return these options with another name.
	 * @param name what locks of this kind are called, or {@code null} for nothing
	 * @return other options
	 */
	public LockOptions withName(@Nullable String name) {
		return new LockOptions(this.lease, this.waitFor, this.renew, this.atLeast, this.maxHold, name);
	}

	private static void valid(String name, Duration value) {
		if (QuorumSettings.validityOf(value).compareTo(Duration.ZERO) <= 0) {
			throw new IllegalArgumentException(
					("'%s' of %s is too short: 1 %% and 2 ms of it are kept back for the drift "
							+ "of clocks, and nothing would be left; use some seconds")
						.formatted(name, value));
		}
	}

	private static void notNegative(String name, Duration value) {
		if (value.isNegative()) {
			throw new IllegalArgumentException("'" + name + "' must not be negative, but is " + value);
		}
	}

}
