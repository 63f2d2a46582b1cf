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
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

import io.github.redlock.Lease;
import io.github.redlock.LeaseLostException;
import io.github.redlock.QuorumUnavailableException;
import io.github.redlock.RedLockException;
import org.jspecify.annotations.Nullable;

/**
 * A lease from a won {@link Round} until it is closed or lost.
 */
final class HeldLease implements Lease {

	private static final Logger logger = System.getLogger(HeldLease.class.getName());

	/** So that a wall clock that is set, or a suspended machine, is noticed soon. */
	private static final Duration LONGEST_SLEEP = Duration.ofSeconds(1);

	private enum State {

		HELD, CLOSED, LOST

	}

	private final Quorum quorum;

	private final Grant grant;

	private final LockOptions options;

	private final LeaseObserver observer;

	private final Executor callbacks;

	private final Turns.Turn turn;

	private final Renewal renewal;

	private final Release release;

	private volatile QuorumObserver.Holding observation = QuorumObserver.Holding.NONE;

	private volatile State state = State.HELD;

	private volatile Validity validity;

	/** Once seen over, a lease stays so, whatever a clock that is set back says. */
	private volatile boolean over;

	// guarded by this
	private boolean guarding;

	// guarded by this
	private boolean abandoned;

	// written under this
	private volatile boolean given;

	private volatile boolean discarded;

	private final CompletableFuture<@Nullable Void> told = new CompletableFuture<>();

	// guarded by this
	private final List<Runnable> lostActions = new ArrayList<>();

	// guarded by this
	private Timer.@Nullable Cancellable expiry;

	/**
	 * Create a lease.
	 * @param quorum the masters
	 * @param grant what it is founded on
	 * @param options how the lock is wanted
	 * @param observer is told of the end
	 * @param callbacks runs what a caller hangs on futures
	 * @param turn the place in the queues here
	 */
	HeldLease(Quorum quorum, Grant grant, LockOptions options, LeaseObserver observer, Executor callbacks,
			Turns.Turn turn) {
		this.quorum = quorum;
		this.grant = grant;
		this.options = options;
		this.observer = observer;
		this.callbacks = callbacks;
		this.turn = turn;
		this.validity = grant.validity();
		this.renewal = new Renewal(quorum, grant, options, this);
		this.release = new Release(quorum, grant, options, turn, this.renewal);
	}

	/**
	 * Have this lease measured from now on.
	 * @param observation is told how it goes on
	 */
	void observe(QuorumObserver.Holding observation) {
		this.observation = observation;
	}

	/**
	 * Start to watch over the time, and to renew if that is wanted.
	 */
	void begin() {
		armExpiry();
		if (this.options.renew()) {
			this.renewal.begin();
		}
	}

	/**
	 * Note that this lease is given to the caller.
	 * @return whether it had not ended before
	 */
	synchronized boolean give() {
		this.given = (this.state == State.HELD);
		return this.given;
	}

	/**
	 * Return whether the caller ever had this lease.
	 * @return whether it was given
	 */
	boolean isGiven() {
		return this.given;
	}

	/**
	 * Note that a task runs under this lease from now on.
	 * @return whether it may: the lease is valid, and not abandoned
	 */
	synchronized boolean guard() {
		this.guarding = isValid() && !this.abandoned;
		return this.guarding;
	}

	/**
	 * Give the lock back, unless a task still runs under it: that one is told of the
	 * loss, and the masters keep the lock until the lease is over.
	 */
	void abandon() {
		boolean guarded;
		synchronized (this) {
			this.abandoned = true;
			guarded = this.guarding;
		}
		if (guarded) {
			lose();
		}
		else {
			beginClose();
		}
	}

	@Override
	public List<String> keys() {
		return round().request().keys();
	}

	@Override
	public @Nullable String name() {
		return this.options.name();
	}

	/**
	 * Return for how long this lease has been held.
	 * @return the time, counted from before the masters were asked
	 */
	Duration age() {
		return this.grant.start().until(this.quorum.clocks().now());
	}

	@Override
	public long token() {
		return this.grant.token();
	}

	@Override
	public Duration remaining() {
		if (this.state != State.HELD || this.over) {
			return Duration.ZERO;
		}
		Duration left = this.validity.leftAt(this.quorum.clocks().now());
		if (left.compareTo(Duration.ZERO) > 0) {
			return left;
		}
		this.over = true;
		// the timer does not know that a clock was set
		this.quorum.timer().schedule(this::expire, Duration.ZERO);
		return Duration.ZERO;
	}

	@Override
	public boolean isValid() {
		return remaining().compareTo(Duration.ZERO) > 0;
	}

	@Override
	public void renew() {
		CompletableFuture<Boolean> renewal = this.renewal.renewNow();
		Blocking.awaitQuietly(renewal, this.quorum.longestWait());
		if (!isValid()) {
			throw lostException();
		}
		if (!renewal.isDone() && Thread.currentThread().isInterrupted()) {
			throw new RedLockException("Interrupted while renewing the lock on " + keys(), keys(), null);
		}
		if (!renewal.getNow(false)) {
			throw new QuorumUnavailableException(
					"The lock on %s could not be renewed: too few of %d masters confirmed, %d are needed; it stays valid for %d ms"
						.formatted(keys(), this.quorum.size(), this.quorum.majority(), remaining().toMillis()),
					keys(), Map.of());
		}
	}

	@Override
	public void onLost(Runnable action) {
		synchronized (this) {
			if (this.state == State.HELD) {
				this.lostActions.add(action);
				return;
			}
		}
		if (this.state == State.LOST) {
			runLostAction(action);
		}
	}

	@Override
	public void close() {
		Blocking.awaitQuietly(beginClose(), this.quorum.longestWait());
	}

	@Override
	public CompletableFuture<Void> closeAsync() {
		CompletableFuture<Void> closed = beginClose();
		// what a caller hangs on it must not hold up the engine
		return closed.isDone() ? closed : closed.whenCompleteAsync((done, impossible) -> {
		}, this.callbacks);
	}

	/**
	 * Give the lock back at once, since nobody has worked under it.
	 */
	void discard() {
		this.discarded = true;
		beginClose();
	}

	/**
	 * Give the lock back without waiting for it.
	 * @return a future that completes, on a thread of the engine, when a majority has
	 * confirmed, or had its time
	 */
	CompletableFuture<Void> beginClose() {
		if (!isValid()) {
			lose();
		}
		boolean lost;
		synchronized (this) {
			if (this.state == State.CLOSED) {
				return CompletableFuture.allOf();
			}
			lost = (this.state == State.LOST);
			if (!lost) {
				this.state = State.CLOSED;
				end();
			}
		}
		if (lost) {
			return this.release.afterLoss(hasServed());
		}
		this.told.complete(null);
		try {
			return this.release.giveBack(hasServed(), this.validity);
		}
		finally {
			this.observation.ended(false);
			this.observer.released(this);
		}
	}

	private boolean hasServed() {
		return this.given && !this.discarded;
	}

	/**
	 * Return the round that holds the lock.
	 * @return the round, which other leases before and after this one may share
	 */
	Round round() {
		return this.grant.round();
	}

	/**
	 * Return the exception for work that went on after this lease had ended.
	 * @return the exception
	 */
	LeaseLostException lostException() {
		if (this.state == State.CLOSED) {
			return new LeaseLostException("The lock on " + keys() + " has been given back already", keys());
		}
		return new LeaseLostException(
				"The lock on %s was lost within %d ms, before it was given back: others may have held it meanwhile"
					.formatted(keys(), this.grant.start().until(this.quorum.clocks().now()).toMillis()),
				keys());
	}

	/**
	 * Take note of the end of a renewal.
	 * @param succeeded whether a majority confirmed
	 */
	void renewed(boolean succeeded) {
		this.observation.renewed(succeeded);
	}

	/**
	 * Take note of masters' confirmation, unless the lease has ended meanwhile.
	 * @param confirmed when they were asked, and for how long
	 */
	void extended(Validity confirmed) {
		synchronized (this) {
			if (isValid()) {
				Validity extended = new Validity(confirmed.since(), this.quorum.validityOf(confirmed.length()));
				Moment now = this.quorum.clocks().now();
				if (extended.leftAt(now).compareTo(this.validity.leftAt(now)) > 0) {
					this.validity = extended;
					armExpiry();
				}
				return;
			}
		}
		lose();
	}

	/**
	 * End this lease as lost unless it was closed.
	 */
	void lose() {
		List<Runnable> actions;
		synchronized (this) {
			if (this.state != State.HELD) {
				return;
			}
			this.state = State.LOST;
			end();
			actions = this.lostActions.stream().<Runnable>map((action) -> () -> runLostAction(action)).toList();
		}
		this.turn.leave();
		this.observer.lost(this, actions).thenRun(() -> this.told.complete(null));
		this.observation.ended(true);
	}

	/**
	 * Wait until all who want to know of the loss have been told, but not for those who
	 * take their time.
	 */
	void awaitTold() {
		Blocking.awaitQuietly(this.told, this.quorum.longestWait());
	}

	private void runLostAction(Runnable action) {
		try {
			action.run();
		}
		catch (Throwable ex) {
			logger.log(Level.WARNING, "An action for the loss of the lock on " + keys() + " failed", ex);
		}
	}

	private synchronized void armExpiry() {
		if (this.state != State.HELD) {
			return;
		}
		if (this.expiry != null) {
			this.expiry.cancel();
		}
		Duration left = this.validity.leftAt(this.quorum.clocks().now());
		this.expiry = this.quorum.timer().schedule(this::expire, Durations.shorter(left, LONGEST_SLEEP));
	}

	private void expire() {
		synchronized (this) {
			if (isValid()) {
				armExpiry();
				return;
			}
		}
		lose();
	}

	private void end() {
		this.renewal.stop();
		if (this.expiry != null) {
			this.expiry.cancel();
		}
	}

	@Override
	public String toString() {
		return "Lease on " + keys() + " with token " + token() + " (" + this.state + ")";
	}

}
