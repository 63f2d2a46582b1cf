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
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;

import io.github.redlock.LockBusyException;
import io.github.redlock.QuorumUnavailableException;
import io.github.redlock.RedLockException;
import org.jspecify.annotations.Nullable;

/**
 * Asks for a lock, round after round, until one is won or the time to wait is over.
 */
final class Acquisition {

	/** So that not all of those that ask only once lose when the vote is split. */
	private static final int MAX_ROUNDS_OF_A_SPLIT = 4;

	private final QuorumLocks locks;

	private final Quorum quorum;

	private final List<String> keys;

	private final LockOptions options;

	private final Duration lease;

	private final CompletableFuture<HeldLease> result = new CompletableFuture<>();

	private final long start;

	// guarded by this
	private @Nullable Round round;

	// guarded by this
	private Timer.@Nullable Cancellable pause;

	private int rounds;

	private long largestToken;

	Acquisition(QuorumLocks locks, Quorum quorum, List<String> keys, LockOptions options) {
		this.locks = locks;
		this.quorum = quorum;
		this.keys = keys;
		this.options = options;
		this.lease = lease(options);
		this.start = quorum.clocks().nanoTime();
	}

	private static Duration lease(LockOptions options) {
		Duration lease = Collections.max(List.of(options.lease(), options.atLeast()));
		Duration maxHold = options.maxHold();
		return (maxHold != null) ? Collections.min(List.of(lease, maxHold)) : lease;
	}

	/**
	 * Return the future lease.
	 * @return the lease, completed exceptionally if it cannot be had; cancelling it ends
	 * this acquisition
	 */
	CompletableFuture<HeldLease> result() {
		return this.result;
	}

	/**
	 * Start to ask.
	 */
	void begin() {
		this.result.whenComplete((held, failure) -> {
			if (failure != null) {
				stop();
			}
		});
		nextRound();
	}

	/**
	 * End this acquisition without a lease, for the application is shutting down.
	 */
	void shutDown() {
		this.result.completeExceptionally(new RedLockException(
				"The lock on " + this.keys + " cannot be taken any more: the application is shutting down", this.keys,
				null));
	}

	private void stop() {
		Round last;
		synchronized (this) {
			last = this.round;
			if (this.pause != null) {
				this.pause.cancel();
			}
		}
		if (last != null) {
			last.abandon();
		}
	}

	private void nextRound() {
		try {
			Round next = newRound();
			if (next != null) {
				next.begin().thenAccept((verdict) -> decided(next, verdict)).exceptionally((failure) -> {
					next.release();
					this.result.completeExceptionally(failure);
					return null;
				});
				if (this.result.isDone()) {
					next.abandon();
				}
			}
		}
		catch (RuntimeException | Error ex) {
			this.result.completeExceptionally(ex);
		}
	}

	private synchronized @Nullable Round newRound() {
		if (this.result.isDone()) {
			return null;
		}
		LockRequest request = new LockRequest(this.keys, this.locks.newOwner(), this.lease);
		long proposal = Math.max(this.quorum.clocks().wallMicros(), this.largestToken + 1);
		this.round = new Round(this.quorum, request, proposal);
		this.rounds++;
		return this.round;
	}

	private void decided(Round decided, Round.Verdict verdict) {
		switch (verdict) {
			case WON -> won(decided);
			case INSTALLED -> nextRound();
			default -> failed(decided, verdict);
		}
	}

	private void won(Round won) {
		HeldLease held = new HeldLease(this.quorum, won, this.options, this.locks.observer());
		held.begin();
		this.locks.observer().acquired(held);
		if (!this.result.complete(held)) {
			held.closeAsync();
		}
	}

	private void failed(Round failed, Round.Verdict verdict) {
		this.largestToken = Math.max(this.largestToken, failed.largestRefusedToken());
		Duration rest = this.options.waitFor()
			.minusNanos(this.quorum.clocks().nanoTime() - this.start)
			.minus(this.quorum.nodeTimeout());
		Duration delay = this.locks.randomPause(this.rounds);
		if (rest.compareTo(Duration.ZERO) > 0) {
			pauseFor(Collections.min(List.of(delay, rest)));
		}
		else if (verdict == Round.Verdict.SPLIT && this.rounds <= MAX_ROUNDS_OF_A_SPLIT) {
			pauseFor(delay);
		}
		else {
			this.result.completeExceptionally(failure(failed, verdict));
		}
	}

	private synchronized void pauseFor(Duration delay) {
		if (!this.result.isDone()) {
			this.pause = this.quorum.timer().schedule(this::nextRound, delay);
		}
	}

	private RedLockException failure(Round last, Round.Verdict verdict) {
		Map<String, String> answers = last.answers();
		String text = answers.entrySet()
			.stream()
			.map((answer) -> answer.getKey() + ": " + answer.getValue())
			.collect(Collectors.joining("; "));
		String tried = "after %d ms and %d round%s".formatted(
				(this.quorum.clocks().nanoTime() - this.start) / 1_000_000, this.rounds, (this.rounds == 1) ? "" : "s");
		if (verdict == Round.Verdict.BUSY || verdict == Round.Verdict.SPLIT) {
			this.locks.observer().busy(this.keys);
			return new LockBusyException("The lock on %s is held elsewhere, %s (%s)".formatted(this.keys, tried, text),
					this.keys);
		}
		if (verdict == Round.Verdict.TOO_LATE) {
			return new QuorumUnavailableException(
					"The lock on %s was granted too late to be valid for a lease of %s, %s (%s)".formatted(this.keys,
							this.lease, tried, text),
					this.keys, answers);
		}
		return new QuorumUnavailableException("No quorum for the lock on %s: %d of %d masters must grant it, %s (%s)"
			.formatted(this.keys, this.quorum.majority(), this.quorum.size(), tried, text), this.keys, answers);
	}

}
