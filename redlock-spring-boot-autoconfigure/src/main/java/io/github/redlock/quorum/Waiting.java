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
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * Decides when an acquisition asks the masters again: after a pause, or before that is
 * over if the lock is released. One round at a time.
 */
final class Waiting {

	private final QuorumLocks locks;

	private final Quorum quorum;

	private final List<String> keys;

	private final Contention contention;

	private final Runnable ask;

	// guarded by this
	private Timer.@Nullable Cancellable pause;

	/** When the pause ends, by the monotonic clock. Guarded by this. */
	private long pauseEnd;

	/** When to ask at the latest, whatever pause is wanted. Guarded by this. */
	private @Nullable Long due;

	// guarded by this
	private Timer.@Nullable Cancellable listening;

	// guarded by this
	private boolean asking;

	// guarded by this
	private boolean ended;

	/**
	 * Create the waiting of an acquisition.
	 * @param locks the locks of this process
	 * @param quorum the masters
	 * @param keys what is wanted
	 * @param contention what is known of others
	 * @param ask begins a round
	 */
	Waiting(QuorumLocks locks, Quorum quorum, List<String> keys, Contention contention, Runnable ask) {
		this.locks = locks;
		this.quorum = quorum;
		this.keys = keys;
		this.contention = contention;
		this.ask = ask;
	}

	/**
	 * Note that a round begins.
	 * @return whether it may: none is under way, and the waiting has not ended
	 */
	synchronized boolean beginRound() {
		if (this.asking || this.ended) {
			return false;
		}
		this.asking = true;
		this.due = null;
		if (this.pause != null) {
			this.pause.cancel();
			this.pause = null;
		}
		return true;
	}

	/**
	 * Ask once others that listen for a release have had the time to do so: they hear of
	 * the last one when a master would answer here.
	 * @param inVain how often that was too early before
	 */
	void askAfterOthers(int inVain) {
		boolean pauses;
		synchronized (this) {
			if (this.asking) {
				return;
			}
			pauses = pauseUntil(nanosAfter(this.quorum.nodeTimeout()));
		}
		if (!pauses) {
			this.ask.run();
			return;
		}
		this.locks.announcements().countElsewhere(this.keys).thenAccept((others) -> {
			Duration yield = this.contention.goAfter(others, inVain, this.quorum.clocks().nanoTime());
			boolean now;
			synchronized (this) {
				now = isDueAfter(yield);
			}
			if (now) {
				this.ask.run();
			}
		});
	}

	/**
	 * Ask after a pause. If a round was under way, it is over.
	 * @param delay the pause, which a release makes shorter
	 */
	void askAfter(Duration delay) {
		synchronized (this) {
			this.asking = false;
			long end = nanosAfter(delay);
			if (pauseUntil((this.due != null && this.due - end < 0) ? this.due : end)) {
				return;
			}
		}
		this.ask.run();
	}

	private void heard(boolean byLead) {
		this.contention.released(byLead);
		boolean now;
		synchronized (this) {
			// or releases that follow fast would put it off for ever
			now = this.due == null && isDueAfter(this.contention.stepBack(this.quorum.clocks().nanoTime()));
		}
		if (now) {
			this.ask.run();
		}
	}

	// called under the lock
	private boolean isDueAfter(Duration delay) {
		this.due = nanosAfter(delay);
		return this.pause != null && this.pauseEnd - this.due > 0 && !pauseUntil(this.due);
	}

	private long nanosAfter(Duration delay) {
		return this.quorum.clocks().nanoTime() + delay.toNanos();
	}

	/**
	 * Ask at a later time, unless there is nothing to ask for any more. Called under the
	 * lock.
	 * @param end the time, by the monotonic clock
	 * @return whether that is still to come: otherwise the caller has to ask now
	 */
	private boolean pauseUntil(long end) {
		if (this.ended) {
			return true;
		}
		Duration left = Duration.ofNanos(end - this.quorum.clocks().nanoTime());
		if (left.compareTo(Duration.ZERO) <= 0) {
			return false;
		}
		Timer.Cancellable before = this.pause;
		this.pause = this.quorum.timer().schedule(this.ask, left);
		this.pauseEnd = end;
		if (before != null) {
			before.cancel();
		}
		return true;
	}

	/**
	 * Listen for releases from now on.
	 * @param since when the masters were asked last, by the monotonic clock
	 */
	void listen(long since) {
		synchronized (this) {
			if (this.listening != null || this.ended) {
				return;
			}
			this.listening = () -> {
			};
		}
		Timer.Cancellable listener = this.locks.announcements().listen(this.keys, since, this::heard);
		synchronized (this) {
			this.listening = listener;
			if (!this.ended) {
				return;
			}
		}
		listener.cancel();
	}

	/**
	 * Ask no more.
	 */
	synchronized void end() {
		this.ended = true;
		if (this.pause != null) {
			this.pause.cancel();
		}
		if (this.listening != null) {
			this.listening.cancel();
		}
	}

}
