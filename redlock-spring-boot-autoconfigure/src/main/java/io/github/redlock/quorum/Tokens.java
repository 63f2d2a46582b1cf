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

/**
 * The fencing tokens that a won {@link Round} may give: its own, and those that the
 * masters keep for leases to follow on the same lock. Thread-safe.
 */
final class Tokens {

	// guarded by this
	private long own;

	// guarded by this
	private long lastGiven;

	// guarded by this
	private long largestSent;

	// guarded by this
	private long largestKept;

	/**
	 * Have a quorum's token.
	 * @param token the token
	 */
	synchronized void agree(long token) {
		this.own = token;
		this.lastGiven = token;
		this.largestSent = token;
		this.largestKept = token;
	}

	/**
	 * Return what the round was won with.
	 * @return the token, or zero before that
	 */
	synchronized long own() {
		return this.own;
	}

	/**
	 * Choose tokens for leases to follow.
	 * @param count how many
	 * @return the largest, which is to be sent to the masters
	 */
	synchronized long reserve(int count) {
		this.largestSent = this.own + count;
		return this.largestSent;
	}

	/**
	 * Note that a quorum keeps what was reserved.
	 * @param largest the largest of it
	 */
	synchronized void keep(long largest) {
		this.largestKept = largest;
	}

	/**
	 * Return what a master may have been told.
	 * @return the largest of these tokens
	 */
	synchronized long largestSent() {
		return this.largestSent;
	}

	/**
	 * Give one more.
	 * @return a token larger than those before, or zero if there is none
	 */
	synchronized long next() {
		return (this.lastGiven < this.largestKept) ? ++this.lastGiven : 0;
	}

}
