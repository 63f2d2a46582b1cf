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
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.IntFunction;

/**
 * What an acquisition has seen of others that want the same lock: how it is to ask the
 * masters, and who is to have the lock before it.
 */
final class Contention {

	/** Of so many rounds, all but one ask a lead first. */
	private static final int ROUNDS_WITH_LEAD = 4;

	/** So often they may have the lock while one of them is still let go first. */
	private static final int HOLDS_OF_EACH = 2;

	private final Owners owners;

	private final IntFunction<Duration> yields;

	// guarded by this
	private boolean seen;

	/** Several ask at this moment, and a lead has to decide. Guarded by this. */
	private boolean split;

	/** The lead may be the only master that still has the lock. Guarded by this. */
	private boolean leadIsBehind;

	/** Those that go first. Guarded by this. */
	private long others;

	/** When they became so, by the monotonic clock. Guarded by this. */
	private long othersSince;

	/** The owners of their locks since, as refusals told. Guarded by this. */
	private final Set<String> ownersSeen = new HashSet<>();

	/** How often in a row that was in vain before. Guarded by this. */
	private int inVain;

	/**
	 * Create the contention of an acquisition.
	 * @param owners the owners of this process
	 * @param yields for how long to let others ask first, when that was in vain so often
	 */
	Contention(Owners owners, IntFunction<Duration> yields) {
		this.owners = owners;
		this.yields = yields;
	}

	/**
	 * Decide how to begin a round.
	 * @param number the number of the round, from one
	 * @return whether to ask a lead first, since others ask at the same time
	 */
	synchronized boolean asksLead(int number) {
		boolean withLead = this.seen && (this.split || !this.leadIsBehind) && number % ROUNDS_WITH_LEAD != 0;
		this.split = false;
		this.leadIsBehind = true;
		return withLead;
	}

	/**
	 * Note that others have asked for the lock at the same time.
	 */
	synchronized void split() {
		this.seen = true;
		this.split = true;
	}

	/**
	 * Note that someone has the lock.
	 * @param holders the owners that have it on some masters
	 * @return whether it is another process
	 */
	synchronized boolean refused(List<String> holders) {
		List<String> byOthers = holders.stream().filter((holder) -> !this.owners.isOwn(holder)).toList();
		this.seen |= !byOthers.isEmpty();
		if (mayBeUnserved()) {
			this.ownersSeen.addAll(byOthers);
		}
		return !byOthers.isEmpty();
	}

	/**
	 * Let others have the lock first, each of them: whether they have had it, the
	 * refusals show.
	 * @param count how many
	 * @param inVain how often in a row not all of them could be seen before
	 * @param now the monotonic time in nanoseconds
	 * @return when to ask from now on
	 */
	synchronized Duration goAfter(long count, int inVain, long now) {
		this.seen |= count > 0;
		this.others = count;
		this.othersSince = now;
		this.inVain = inVain;
		return (count > 0) ? this.yields.apply(inVain) : Duration.ZERO;
	}

	/**
	 * Return whether others were let go first.
	 * @return whether there were any
	 */
	synchronized boolean wentAfter() {
		return this.others > 0;
	}

	/**
	 * Return whether all others that were let go first have been seen.
	 * @return whether they have had the lock
	 */
	synchronized boolean areServed() {
		return this.ownersSeen.stream().map(Owners::processOf).distinct().count() >= this.others;
	}

	/**
	 * Note that the lock has been released.
	 * @param byLead whether the lead has announced it
	 */
	synchronized void released(boolean byLead) {
		this.leadIsBehind = !byLead;
	}

	/**
	 * Decide for how long to let others ask first, when the lock is free or will be: not
	 * for ever, since not all that listen want it just then.
	 * @param now the monotonic time in nanoseconds
	 * @return the time, zero if it is this one's turn
	 */
	synchronized Duration stepBack(long now) {
		boolean patient = mayBeUnserved() || now - this.othersSince < this.others * Run.LONGEST_NANOS;
		return (patient && !areServed()) ? this.yields.apply(this.inVain) : Duration.ZERO;
	}

	// called under the lock
	private boolean mayBeUnserved() {
		return this.ownersSeen.size() <= HOLDS_OF_EACH * this.others;
	}

}
