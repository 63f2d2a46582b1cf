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

import java.util.ArrayList;
import java.util.List;

/**
 * The runs of all keys that one who queues wants, and what it does in them.
 */
final class Runs {

	private final List<Run> all = new ArrayList<>(1);

	private boolean defers;

	private boolean holds;

	void add(Run run) {
		this.all.add(run);
	}

	/**
	 * Decide whether to let other processes go first, at the beginning.
	 * @param now the monotonic time in nanoseconds
	 * @return whether a run is over that this would go on with
	 */
	boolean defer(long now) {
		this.defers = this.all.stream().anyMatch((run) -> run.goesOn(now) && run.isOver(now));
		return this.defers;
	}

	/**
	 * Return how often in a row others were let go first in vain.
	 * @return the number, of the key for which it is the largest
	 */
	int deferredInVain() {
		return this.all.stream().mapToInt(Run::deferredInVain).max().orElse(0);
	}

	/**
	 * Note that others that listen were let go first.
	 * @param inVain whether not all of them have had the lock
	 */
	void deferred(boolean inVain) {
		this.all.forEach((run) -> run.defer(inVain));
	}

	/**
	 * Note that another process has the lock.
	 */
	void refused() {
		this.holds = false;
		this.all.forEach(Run::restart);
	}

	/**
	 * Note that the masters have granted the lock.
	 * @param now the monotonic time in nanoseconds
	 */
	void won(long now) {
		if (!this.holds) {
			for (Run run : this.all) {
				if (this.defers || !run.goesOn(now)) {
					run.restart();
				}
			}
		}
		hold(now);
	}

	/**
	 * Note that the lock is held, granted or taken over.
	 * @param now the monotonic time in nanoseconds
	 */
	void hold(long now) {
		if (!this.holds) {
			this.holds = true;
			this.all.forEach((run) -> run.hold(now));
		}
	}

	/**
	 * Return how many holds may follow before others are to go first.
	 * @return the number, of the key for which it is the smallest
	 */
	int holdsLeft() {
		return this.all.stream().mapToInt((run) -> Run.MOST_HOLDS - run.holds()).min().orElse(0);
	}

	/**
	 * Return whether others are to go first.
	 * @param now the monotonic time in nanoseconds
	 * @return whether a run is over
	 */
	boolean areOver(long now) {
		return this.all.stream().anyMatch((run) -> run.isOver(now));
	}

	/**
	 * Note that what was held is not held any more, or when it will not be.
	 * @param end the monotonic time in nanoseconds
	 */
	void leave(long end) {
		if (this.holds) {
			this.all.forEach((run) -> run.leave(end));
		}
	}

}
