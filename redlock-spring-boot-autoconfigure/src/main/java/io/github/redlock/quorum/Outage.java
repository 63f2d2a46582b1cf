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

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * A time in which too few masters answer: its beginning and its end are logged, not each
 * call that fails meanwhile. Thread-safe.
 */
final class Outage {

	private static final Logger logger = System.getLogger(Outage.class.getName());

	/** After a failure, so that locks that now and then succeed do not end it. */
	private static final Duration QUIET = Duration.ofSeconds(1);

	private final Clocks clocks;

	// guarded by this
	private @Nullable Moment lastFailure;

	// written under this
	private volatile @Nullable Moment start;

	Outage(Clocks clocks) {
		this.clocks = clocks;
	}

	/**
	 * Note that masters were too few.
	 * @param failure what failed
	 */
	void failed(String failure) {
		boolean first;
		synchronized (this) {
			first = (this.start == null);
			this.lastFailure = this.clocks.now();
			this.start = first ? this.lastFailure : this.start;
		}
		logger.log(first ? Level.WARNING : Level.DEBUG,
				"Too few masters serve locks, which is told once until they are taken again: " + failure);
	}

	/**
	 * Note that masters have granted a lock.
	 */
	void succeeded() {
		if (this.start != null) {
			endIfQuiet();
		}
	}

	private void endIfQuiet() {
		Duration length;
		synchronized (this) {
			Moment now = this.clocks.now();
			if (this.start == null || this.lastFailure == null || this.lastFailure.until(now).compareTo(QUIET) < 0) {
				return;
			}
			length = this.start.until(now);
			this.start = null;
		}
		logger.log(Level.INFO,
				"Locks are taken again, " + length.toMillis() + " ms after the first failed for want of masters");
	}

}
