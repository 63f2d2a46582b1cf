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

/**
 * How long the quorum waits for what.
 *
 * @param nodeTimeout how long a master has to answer
 * @param retryMinDelay the shortest upper bound of the random pause between two rounds
 * @param retryMaxDelay the longest upper bound of the random pause between two rounds
 * @param maxLease the longest lease that may be asked for
 * @since 0.1.0
 */
public record QuorumSettings(Duration nodeTimeout, Duration retryMinDelay, Duration retryMaxDelay, Duration maxLease) {

	private static final Duration CLOCK_DRIFT = Duration.ofMillis(2);

	private static final int DRIFT_DIVISOR = 100;

	/**
	 * Check the values.
	 * @throws IllegalArgumentException if one is not positive, or the pauses are in the
	 * wrong order
	 */
	public QuorumSettings {
		positive("nodeTimeout", nodeTimeout);
		positive("retryMinDelay", retryMinDelay);
		positive("maxLease", maxLease);
		if (retryMaxDelay.compareTo(retryMinDelay) < 0) {
			throw new IllegalArgumentException(
					"'retryMaxDelay' " + retryMaxDelay + " must not be shorter than 'retryMinDelay' " + retryMinDelay);
		}
	}

	/**
	 * Return how long a lease may be trusted by the clock of its holder.
	 * @param lease the lease as the masters count it
	 * @return the lease less 1 % and 2 ms; not positive if nothing is left
	 */
	public static Duration validityOf(Duration lease) {
		return lease.minus(Durations.part(lease, DRIFT_DIVISOR)).minus(CLOCK_DRIFT);
	}

	/**
	 * Return how many masters must grant a lock.
	 * @param masters how many there are, whether they can be reached or not
	 * @return the majority
	 */
	public static int majorityOf(int masters) {
		return masters / 2 + 1;
	}

	/**
	 * Check that no lease is longer than the longest allowed.
	 * @param options how a lock is wanted
	 * @throws IllegalArgumentException if it is
	 */
	public void check(LockOptions options) {
		notLonger("lease", options.lease());
		notLonger("atLeast", options.atLeast());
	}

	private void notLonger(String name, Duration value) {
		if (value.compareTo(this.maxLease) > 0) {
			throw new IllegalArgumentException(
					"'%s' of %s is longer than the longest lease of %s; ".formatted(name, value, this.maxLease)
							+ "shorten it, or raise the property 'redlock.max-lease' everywhere");
		}
	}

	private static void positive(String name, Duration value) {
		if (value.isNegative() || value.isZero()) {
			throw new IllegalArgumentException("'" + name + "' must be positive, but is " + value);
		}
	}

}
