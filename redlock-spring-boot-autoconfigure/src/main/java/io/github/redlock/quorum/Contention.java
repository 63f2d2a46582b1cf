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

import java.util.List;

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

	// guarded by this
	private long before;

	// guarded by this
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
		boolean same = holder.equals(this.lastHolder);
		if (!same && this.before > 0) {
			this.before--;
		}
		this.leadIsDoubted = this.withLead && this.released && same && number > 2;
		this.released = false;
		this.lastHolder = holder;
		return this.leadIsDoubted;
	}

	/**
	 * Let others have the lock first: each of them once. Whether they have, the refusals
	 * show. Not all that listen want the lock just then, so that this steps back as often
	 * as there are others at most.
	 * @param count how many
	 */
	synchronized void goAfter(long count) {
		this.seen |= count > 0;
		this.before = count;
		this.stepsBack = count;
		this.lastHolder = null;
	}

	/**
	 * Note that the lock has been released.
	 * @return whether others are to ask for it first
	 */
	synchronized boolean stepsBackAfterRelease() {
		this.released = true;
		if (this.before == 0 || this.stepsBack == 0) {
			return false;
		}
		this.stepsBack--;
		return true;
	}

}
