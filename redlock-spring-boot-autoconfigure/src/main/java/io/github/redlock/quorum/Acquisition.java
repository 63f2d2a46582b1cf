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

	private static final Duration LONGEST_SILENCE = Duration.ofSeconds(1);

	private final QuorumLocks locks;

	private final Quorum quorum;

	private final List<String> keys;

	private final LockOptions options;

	private final Duration lease;

	/** Known here before the caller learns of it. */
	private final CompletableFuture<HeldLease> outcome = new CompletableFuture<>();

	private final CompletableFuture<HeldLease> result = new CompletableFuture<>();

	private final long start;

	private final Turns.Turn turn;

	private final QuorumObserver.Acquiring observation;

	private final Contention contention;

	private final Waiting waiting;

	// guarded by this
	private boolean ended;

	private volatile @Nullable Round round;

	private volatile int rounds;

	private volatile boolean withLead;

	private volatile long largestToken;

	/** The last round, if that was lost for want of a quorum. */
	private volatile @Nullable Round unserved;

	Acquisition(QuorumLocks locks, Quorum quorum, List<String> keys, LockOptions options) {
		this.locks = locks;
		this.quorum = quorum;
		this.keys = keys;
		this.options = options;
		this.lease = lease(options);
		this.start = quorum.clocks().nanoTime();
		this.turn = locks.turns().turn(keys, new Queued());
		this.contention = new Contention(locks.owners(), locks::randomYield);
		this.waiting = new Waiting(locks, quorum, keys, this.contention, this::ask);
		this.observation = locks.measures().acquiring(keys, options);
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
	 * Return what this is about.
	 * @return the lock that is wanted
	 */
	WantedLock wanted() {
		return new WantedLock(this.options.name(), this.keys, elapsed());
	}

	/**
	 * Queue, and ask when it is this one's turn.
	 */
	void begin() {
		this.result.whenComplete((held, failure) -> this.outcome.cancel(false));
		this.outcome.whenComplete((held, failure) -> {
			if (failure != null) {
				ended(failure);
			}
			else if (!this.result.complete(held)) {
				held.discard();
			}
		});
		try {
			queue();
		}
		catch (RuntimeException | Error ex) {
			this.outcome.completeExceptionally(ex);
		}
	}

	// a caller who tries again at once must not meet this one in the queue
	private void ended(Throwable failure) {
		try {
			stop();
		}
		finally {
			this.turn.leave();
			this.result.completeExceptionally(failure);
			if (isFirstEnd()) {
				this.observation.failed(failure, this.rounds);
			}
		}
	}

	private void queue() {
		if (this.turn.enter()) {
			this.turn.go();
		}
		else if (this.options.waitFor().isZero()) {
			giveUpQueueing();
		}
		else {
			Timer.Cancellable timeout = this.quorum.timer().schedule(this::giveUpQueueing, this.options.waitFor());
			this.outcome.whenComplete((held, failure) -> timeout.cancel());
		}
	}

	private void giveUpQueueing() {
		if (this.rounds > 0) {
			return;
		}
		if (this.turn.hasCome()) {
			ask();
			return;
		}
		Round unserved = this.turn.unservedAhead();
		if (unserved != null) {
			giveUp(unserved, Round.Verdict.NO_QUORUM);
		}
		else {
			this.outcome.completeExceptionally(new LockBusyException("The lock on " + this.keys
					+ " is held or wanted by others in this process, after " + elapsed().toMillis() + " ms",
					this.keys));
		}
	}

	/**
	 * End this acquisition without a lease, for the application is shutting down.
	 */
	void shutDown() {
		this.outcome.completeExceptionally(QuorumLocks.shutDownException(this.keys));
	}

	private void stop() {
		this.waiting.end();
		Round last = this.round;
		if (last != null) {
			last.abandon();
		}
	}

	private void askAfterOthers(int inVain) {
		try {
			this.waiting.askAfterOthers(inVain);
		}
		catch (RuntimeException | Error ex) {
			this.outcome.completeExceptionally(ex);
		}
	}

	private void goOnWith(Grant rest) {
		try {
			Grant next = this.outcome.isDone() ? null : rest.next(this.lease, this.options.atLeast(), this.quorum);
			if (next != null) {
				give(next);
			}
			else {
				ask(rest.round());
			}
		}
		catch (RuntimeException | Error ex) {
			end(rest.round(), ex);
		}
	}

	private void ask() {
		ask(null);
	}

	private void ask(@Nullable Round inPlaceOf) {
		try {
			if (this.waiting.beginRound()) {
				Round next = newRound(inPlaceOf);
				this.withLead = inPlaceOf == null && this.contention.asksLead(this.rounds);
				CompletableFuture<Round.Verdict> verdict = this.withLead ? next.beginWithLead() : next.begin();
				verdict.thenAccept((decision) -> decided(next, decision)).exceptionally((failure) -> {
					end(next, failure);
					return null;
				});
				if (this.outcome.isDone()) {
					next.abandon();
				}
			}
			else if (inPlaceOf != null) {
				inPlaceOf.release();
			}
		}
		catch (RuntimeException | Error ex) {
			end(inPlaceOf, ex);
		}
	}

	// what the caller has been given already is not taken away
	private void end(@Nullable Round held, Throwable failure) {
		this.outcome.completeExceptionally(failure);
		if (held != null && this.outcome.isCompletedExceptionally()) {
			held.release();
		}
	}

	private Round newRound(@Nullable Round inPlaceOf) {
		LockRequest request = new LockRequest(this.keys, this.locks.owners().next(), this.lease);
		long proposal = Math.max(this.quorum.clocks().wallMicros(), this.largestToken + 1);
		Round next = (inPlaceOf != null) ? inPlaceOf.inPlace(request, proposal)
				: new Round(this.quorum, request, proposal);
		this.round = next;
		this.rounds = this.rounds + 1;
		return next;
	}

	private void decided(Round decided, Round.Verdict verdict) {
		if (verdict == Round.Verdict.WON) {
			won(decided);
			return;
		}
		if (verdict == Round.Verdict.INSTALLED && this.rounds <= MAX_ROUNDS_OF_A_SPLIT) {
			this.waiting.askAfter(Duration.ZERO);
		}
		else {
			failed(decided, verdict);
		}
	}

	private void won(Round won) {
		this.quorum.outage().succeeded();
		int passes = this.turn.won();
		if (this.contention.wentAfter()) {
			this.turn.deferred(!this.contention.areServed());
		}
		give(Grant.of(won, this.quorum));
		if (passes > 0) {
			won.reserveTokens(passes);
		}
	}

	// cancelled and granted at once, it may end twice
	private synchronized boolean isFirstEnd() {
		boolean first = !this.ended;
		this.ended = true;
		return first;
	}

	private void give(Grant grant) {
		HeldLease lease = new HeldLease(this.quorum, grant, this.options, this.locks.observer(), this.locks.callbacks(),
				this.turn);
		this.unserved = null;
		if (isFirstEnd()) {
			lease.observe(this.observation.acquired(lease, this.rounds));
		}
		this.locks.observer().acquired(lease);
		lease.begin();
		if (!this.outcome.complete(lease)) {
			lease.discard();
		}
		this.waiting.end();
	}

	private void failed(Round failed, Round.Verdict verdict) {
		if (this.outcome.isDone()) {
			return;
		}
		this.largestToken = Math.max(this.largestToken, failed.largestToken());
		this.unserved = (verdict == Round.Verdict.NO_QUORUM) ? failed : null;
		boolean busy = (verdict == Round.Verdict.BUSY);
		boolean split = (verdict == Round.Verdict.SPLIT);
		if (busy && this.contention.refused(failed.holders())) {
			this.turn.refused();
		}
		else if (split) {
			this.contention.split();
		}
		Duration rest = this.options.waitFor().minus(elapsed());
		if (rest.compareTo(Duration.ZERO) > 0) {
			Duration delay = busy ? untilFree(failed) : this.locks.randomPause(this.rounds);
			this.waiting.askAfter(Durations.shorter(delay, rest));
			if (busy) {
				this.waiting.listen(failed.start().nanos());
			}
		}
		else if ((split || (busy && this.withLead)) && this.rounds <= MAX_ROUNDS_OF_A_SPLIT) {
			this.waiting.askAfter(this.locks.randomPause(this.rounds));
		}
		else {
			giveUp(failed, verdict);
		}
	}

	private void giveUp(Round last, Round.Verdict verdict) {
		RedLockException failure = failure(last, verdict);
		if (verdict == Round.Verdict.NO_QUORUM) {
			this.quorum.outage().failed(String.valueOf(failure.getMessage()));
		}
		this.outcome.completeExceptionally(failure);
	}

	/**
	 * Return when to ask again even though no release was announced: when the holder's
	 * leases may have run out, and now and then, since an announcement can be lost.
	 * @param busy the last round
	 * @return the time from now
	 */
	private Duration untilFree(Round busy) {
		Duration free = busy.majorityFreeAfter();
		if (free == null || free.compareTo(LONGEST_SILENCE) > 0) {
			return LONGEST_SILENCE.plus(this.locks.randomPause(1));
		}
		return free.plus(this.locks.randomPause(1)).plus(this.contention.stepBack(this.quorum.clocks().nanoTime()));
	}

	private Duration elapsed() {
		return Duration.ofNanos(this.quorum.clocks().nanoTime() - this.start);
	}

	private RedLockException failure(Round last, Round.Verdict verdict) {
		Map<String, String> answers = last.answers();
		String text = answers.entrySet()
			.stream()
			.map((answer) -> answer.getKey() + ": " + answer.getValue())
			.collect(Collectors.joining("; "));
		String tried = "after %d ms and %d round%s".formatted(elapsed().toMillis(), this.rounds,
				(this.rounds == 1) ? "" : "s");
		if (verdict == Round.Verdict.BUSY || verdict == Round.Verdict.SPLIT) {
			return new LockBusyException("The lock on %s is held elsewhere, %s (%s)".formatted(this.keys, tried, text),
					this.keys);
		}
		if (verdict == Round.Verdict.TOO_LATE) {
			return new QuorumUnavailableException(
					"The lock on %s was granted too late to be valid for a lease of %s, %s (%s)".formatted(this.keys,
							this.lease, tried, text),
					this.keys, answers);
		}
		if (verdict == Round.Verdict.UNCONFIRMED) {
			return new QuorumUnavailableException(
					"The fencing token for the lock on %s was not confirmed by %d of %d masters, %s (%s)".formatted(
							this.keys, this.quorum.majority(), this.quorum.size(), tried, text),
					this.keys, answers);
		}
		return new QuorumUnavailableException("No quorum for the lock on %s: %d of %d masters must grant it, %s (%s)"
			.formatted(this.keys, this.quorum.majority(), this.quorum.size(), tried, text), this.keys, answers);
	}

	/**
	 * This one in the queues.
	 */
	private final class Queued implements Turns.Waiter {

		@Override
		public void goFirst() {
			ask();
		}

		@Override
		public void goAfterOthers(int inVain) {
			askAfterOthers(inVain);
		}

		@Override
		public void takeOver(Grant rest) {
			goOnWith(rest);
		}

		@Override
		public @Nullable Round unserved() {
			return Acquisition.this.unserved;
		}

	}

}
