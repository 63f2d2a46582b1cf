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

import java.util.concurrent.TimeUnit;

/**
 * How often in a row a key was held here since others had the chance to. Another process
 * that waits for it hears of a release when the next one here may hold it already, so
 * that a run has to end: after so many holds, and after so much time. Whoever comes soon
 * after the last one goes on with the run, whether there was a queue or not.
 */
final class Run {

	static final int MOST_HOLDS = 24;

	/** More than a process far away needs to hear of a release, and to ask. */
	static final long LONGEST_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

	private int holds;

	private long begun;

	private long left;

	private int deferredInVain;

	/**
	 * Begin anew: others have the key, or were let go first.
	 */
	void restart() {
		this.holds = 0;
	}

	/**
	 * Note that others that listen were let go first.
	 * @param inVain whether not all of them have had it
	 */
	void defer(boolean inVain) {
		this.deferredInVain = inVain ? this.deferredInVain + 1 : 0;
	}

	/**
	 * Return how often in a row others were let go first in vain: they may be far away.
	 * @return the number
	 */
	int deferredInVain() {
		return this.deferredInVain;
	}

	/**
	 * Note that a hold begins.
	 * @param now the monotonic time in nanoseconds
	 */
	void hold(long now) {
		if (this.holds == 0) {
			this.begun = now;
		}
		this.holds++;
	}

	/**
	 * Note that the last hold has ended, or when it will.
	 * @param end the monotonic time in nanoseconds
	 */
	void leave(long end) {
		this.left = end;
	}

	int holds() {
		return this.holds;
	}

	/**
	 * Return whether others are to go first.
	 * @param now the monotonic time in nanoseconds
	 * @return whether there were so many holds, or the first began so long ago, or will
	 * have when the last one ends
	 */
	boolean isOver(long now) {
		long end = Math.max(now - this.begun, this.left - this.begun);
		return this.holds >= MOST_HOLDS || (this.holds > 0 && end >= LONGEST_NANOS);
	}

	/**
	 * Return whether one who comes now goes on with this run.
	 * @param now the monotonic time in nanoseconds
	 * @return whether the last hold ended a moment ago, or will end
	 */
	boolean goesOn(long now) {
		return this.holds > 0 && now - this.left < LONGEST_NANOS;
	}

}
