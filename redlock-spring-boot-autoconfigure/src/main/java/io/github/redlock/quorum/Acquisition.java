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

	private static final int MAX_INSTALLATIONS = 3;

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
		Duration maxHold = options.maxHold();
		this.lease = (maxHold != null && maxHold.compareTo(options.lease()) < 0) ? maxHold : options.lease();
		this.start = quorum.clocks().nanoTime();
	}

	/**
	 * Start to ask.
	 * @return the future lease, completed exceptionally if it cannot be had; cancelling
	 * it ends this acquisition
	 */
	CompletableFuture<HeldLease> begin() {
		this.result.whenComplete((held, failure) -> {
			if (failure != null) {
				stop();
			}
		});
		nextRound();
		return this.result;
	}

	/**
	 * End this acquisition without a lease.
	 * @param reason why
	 */
	void fail(RedLockException reason) {
		this.result.completeExceptionally(reason);
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
		Round next;
		synchronized (this) {
			if (this.result.isDone()) {
				return;
			}
			LockRequest request = new LockRequest(this.keys, this.locks.newOwner(), this.lease);
			long proposal = Math.max(this.quorum.clocks().wallMicros(), this.largestToken + 1);
			next = new Round(this.quorum, request, proposal);
			this.round = next;
			this.rounds++;
		}
		next.begin().thenAccept((verdict) -> decided(next, verdict)).exceptionally((failure) -> {
			this.result.completeExceptionally(failure);
			return null;
		});
		if (this.result.isDone()) {
			next.abandon();
		}
	}

	private void decided(Round decided, Round.Verdict verdict) {
		if (verdict == Round.Verdict.WON) {
			HeldLease held = new HeldLease(this.quorum, decided, this.options, this.locks);
			this.locks.acquired(held);
			held.begin();
			if (!this.result.complete(held)) {
				held.closeAsync();
			}
			return;
		}
		if (verdict == Round.Verdict.INSTALLED && this.rounds <= MAX_INSTALLATIONS) {
			nextRound();
			return;
		}
		this.largestToken = Math.max(this.largestToken, decided.largestRefusedToken());
		Duration rest = this.options.waitFor()
			.minusNanos(this.quorum.clocks().nanoTime() - this.start)
			.minus(this.quorum.nodeTimeout());
		if (rest.compareTo(Duration.ZERO) > 0) {
			Duration delay = this.locks.randomPause(this.rounds);
			pauseFor((delay.compareTo(rest) < 0) ? delay : rest);
		}
		else {
			fail(failure(decided, verdict));
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
		if (verdict == Round.Verdict.BUSY) {
			this.locks.busy(this.keys);
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
