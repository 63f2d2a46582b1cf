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

import java.util.BitSet;

/**
 * How many requests that may give a {@link Round}'s lock to a master it has not answered.
 * Thread-safe.
 */
final class Unanswered {

	// guarded by this
	private final int[] requests;

	// guarded by this
	private final BitSet repaired = new BitSet();

	Unanswered(int masters) {
		this.requests = new int[masters];
	}

	synchronized void sent(int index) {
		this.requests[index]++;
	}

	synchronized void repairSent(int index) {
		this.requests[index]++;
		this.repaired.set(index);
	}

	synchronized void answered(int index) {
		this.requests[index]--;
	}

	/**
	 * Return whether a master was ever asked to take the lock back.
	 * @param index which master
	 * @return whether it was, whatever came of it
	 */
	synchronized boolean isRepaired(int index) {
		return this.repaired.get(index);
	}

	/**
	 * Return how many requests a release has to expect after it. What is found on a
	 * repaired master need not be the work of one that is unanswered, so that there it is
	 * any number.
	 * @param index which master
	 * @return the number
	 */
	synchronized int of(int index) {
		boolean any = this.requests[index] > 0 && this.repaired.get(index);
		return any ? Integer.MAX_VALUE : this.requests[index];
	}

}
