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
 * What a lease is founded on.
 *
 * @param round the round that holds the lock on the masters, which several leases one
 * after the other may share
 * @param start since when the lease is held
 * @param token the fencing token
 * @param validity how long the lock may be trusted unless it is renewed
 */
record Grant(Round round, Moment start, long token, Validity validity) {

	/** The next one here gets no less than the rest of the lease. */
	private static final int LARGEST_PART_SPENT = 10;

	/**
	 * Return what a round has won.
	 * @param won the round
	 * @param quorum the masters
	 * @return the grant
	 */
	static Grant of(Round won, Quorum quorum) {
		return new Grant(won, won.start(), won.token(),
				new Validity(won.start(), quorum.validityOf(won.request().lease())));
	}

	/**
	 * Return what the next one here may go on with: to the masters it is the same lock,
	 * with another token.
	 * @param lease the lease that is wanted
	 * @param atLeast how long the masters have to keep the lock from now on
	 * @param quorum the masters
	 * @return the grant, or {@code null} if the masters have to be asked: they keep no
	 * token for it, or too little time is left
	 */
	@Nullable Grant next(Duration lease, Duration atLeast, Quorum quorum) {
		Moment now = quorum.clocks().now();
		Duration spent = quorum.validityOf(lease).minus(this.validity.leftAt(now));
		boolean enough = spent.compareTo(Durations.part(lease, LARGEST_PART_SPENT)) <= 0
				&& lease.minus(spent).compareTo(atLeast) >= 0;
		if (!enough || !lease.equals(this.round.request().lease())) {
			return null;
		}
		long token = this.round.nextToken();
		return (token != 0) ? new Grant(this.round, now, token, this.validity) : null;
	}

}
