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

package io.github.redlock.nemesis;

/**
 * A lease on one key as its holder saw it. All moments are those of
 * {@link System#nanoTime()}, which on Linux is {@code CLOCK_MONOTONIC}: one clock for all
 * processes of a machine.
 *
 * @param client the number of the process that held it
 * @param key what was locked
 * @param token the fencing token
 * @param asked just before it was asked for
 * @param from just after it was had
 * @param until just before it was last seen valid; before {@code from} if it never was
 * @param writing just before the guarded write
 * @param written just after the guarded write
 * @param place the number of the write among the accepted ones on the key, as the
 * database counted it; zero if it was rejected
 * @param over whether it was seen not to be valid any more before the work was done
 * @param lost whether the holder was told that it was lost
 */
record Tenure(int client, String key, long token, long asked, long from, long until, long writing, long written,
		long place, boolean over, boolean lost) {

	/**
	 * Return whether there is a moment at which the lease was surely valid.
	 * @return whether it was seen valid after it was had
	 */
	boolean wasValid() {
		return this.until >= this.from;
	}

	boolean isAccepted() {
		return this.place > 0;
	}

	/**
	 * Return whether this is a rejected write that began when the lease was not known to
	 * be valid any more.
	 * @return whether it is a stale write, and was rejected
	 */
	boolean isRejectedStaleWrite() {
		return !isAccepted() && this.written > this.until;
	}

	Tenure endingAt(long until, boolean over, boolean lost) {
		return new Tenure(this.client, this.key, this.token, this.asked, this.from, until, this.writing, this.written,
				this.place, over, lost);
	}

}
