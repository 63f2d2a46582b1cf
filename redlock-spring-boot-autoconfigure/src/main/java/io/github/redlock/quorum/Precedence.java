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

import org.jspecify.annotations.Nullable;

/**
 * Who is to have a lock before a process that has just had it for many turns in a row:
 * each of the others once. Whether they have, its own requests show, for each refusal
 * names the holder. Not all that listen want the lock just then, so that it steps back as
 * often as there are others at most.
 */
final class Precedence {

	// guarded by this
	private long others;

	// guarded by this
	private long stepsBack;

	// guarded by this
	private @Nullable String lastHolder;

	/**
	 * Let others have the lock first.
	 * @param count how many
	 */
	synchronized void give(long count) {
		this.others = count;
		this.stepsBack = count;
	}

	/**
	 * Note that someone else has the lock.
	 * @param holder the owner
	 */
	synchronized void held(String holder) {
		if (this.others > 0 && !holder.equals(this.lastHolder)) {
			this.others--;
			this.lastHolder = holder;
		}
	}

	/**
	 * Decide whether to step back now that the lock has been released.
	 * @return whether others are to ask for it first
	 */
	synchronized boolean stepBack() {
		if (this.others == 0 || this.stepsBack == 0) {
			return false;
		}
		this.stepsBack--;
		return true;
	}

}
