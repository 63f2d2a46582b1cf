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

import java.util.HashSet;
import java.util.List;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * What an acquisition has seen of others that want the same lock: how it is to ask the
 * masters, and who is to have the lock before it.
 */
final class Contention {

	/** Of so many rounds, all but one ask a lead first. */
	private static final int ROUNDS_WITH_LEAD = 4;

	// guarded by this
	private boolean seen;

	// guarded by this
	private boolean withLead;

	/** It may be the only master that still has the lock. Guarded by this. */
	private boolean leadIsDoubted;

	/** Since the last round was begun, or before it. Guarded by this. */
	private boolean released;

	// guarded by this
	private @Nullable String lastHolder;

	/** Those that go first. Guarded by this. */
	private long others;

	/** When they became so, by the monotonic clock. Guarded by this. */
	private long othersSince;

	/** Those of them that have had the lock since. Guarded by this. */
	private final Set<String> served = new HashSet<>();

	/** How often this has stepped back for them. Guarded by this. */
	private long stepsBack;

	/**
	 * Decide how to begin a round.
	 * @param number the number of the round, from one
	 * @return whether to ask a lead first, since others ask at the same time
	 */
	synchronized boolean asksLead(int number) {
		this.withLead = this.seen && !this.leadIsDoubted && number % ROUNDS_WITH_LEAD != 1;
		this.leadIsDoubted = false;
		return this.withLead;
	}

	/**
	 * Return whether others have been seen.
	 * @return whether someone else had the lock, or asked for it, or was to go first
	 */
	synchronized boolean isSeen() {
		return this.seen;
	}

	/**
	 * Note that others have the lock, or ask for it.
	 */
	synchronized void see() {
		this.seen = true;
	}

	/**
	 * Note that someone else has the lock. A lead that names the same holder again after
	 * a release is behind.
	 * @param holders the owners, at least one
	 * @param number the number of the round that was refused: the second one is begun
	 * only to miss no release
	 * @return whether to ask all masters soon
	 */
	synchronized boolean refused(List<String> holders, int number) {
		String holder = holders.get(0);
		if (this.served.size() < this.others) {
			this.served.add(Owners.processOf(holder));
		}
		this.leadIsDoubted = this.withLead && this.released && number > 2 && holder.equals(this.lastHolder);
		this.released = false;
		this.lastHolder = holder;
		return this.leadIsDoubted;
	}

	/**
	 * Let others have the lock first, each of them: whether they have had it, the
	 * refusals show. Not all that listen want it just then, so that none is waited for
	 * any more after the time that all of them could need.
	 * @param count how many
	 * @param now the monotonic time in nanoseconds
	 */
	synchronized void goAfter(long count, long now) {
		this.seen |= count > 0;
		this.others = count;
		this.othersSince = now;
		this.stepsBack = 0;
		this.served.clear();
	}

	/**
	 * Note that the lock has been released.
	 * @param now the monotonic time in nanoseconds
	 * @return whether others are to ask for it first
	 */
	synchronized boolean stepsBackAfterRelease(long now) {
		this.released = true;
		this.stepsBack++;
		boolean patient = this.stepsBack <= this.others || now - this.othersSince < this.others * Run.LONGEST_NANOS;
		return patient && this.served.size() < this.others;
	}

}
