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
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Gives the lock of a {@link HeldLease} back: to the next one here, or to the masters,
 * who keep it first for as long as it is to be held {@linkplain LockOptions#atLeast() at
 * least}.
 */
final class Release {

	private static final Logger logger = System.getLogger(Release.class.getName());

	private final Quorum quorum;

	private final Grant grant;

	private final LockOptions options;

	private final Turns.Turn turn;

	private final Renewal renewal;

	private final AtomicBoolean begun = new AtomicBoolean();

	/**
	 * Create a release.
	 * @param quorum the masters
	 * @param grant what the lease is founded on
	 * @param options how the lock is wanted
	 * @param turn the place in the queues here
	 * @param renewal what kept the lease alive
	 */
	Release(Quorum quorum, Grant grant, LockOptions options, Turns.Turn turn, Renewal renewal) {
		this.quorum = quorum;
		this.grant = grant;
		this.options = options;
		this.turn = turn;
		this.renewal = renewal;
	}

	/**
	 * Give back the lock of a lease that was closed in time.
	 * @param served whether somebody has worked under the lease
	 * @param validity how long the lock may be trusted
	 * @return a future that completes, on a thread of the engine, when a majority has
	 * confirmed, or had its time
	 */
	CompletableFuture<Void> giveBack(boolean served, Validity validity) {
		Duration kept = toBeKept(served);
		if (kept.isZero() && this.turn.passOn(rest(validity))) {
			return CompletableFuture.allOf();
		}
		try {
			return confirmed(kept.isZero() ? this.grant.round().release() : keep(kept));
		}
		finally {
			this.turn.leave(kept);
		}
	}

	/**
	 * Give back what the masters may still keep of a lease that was lost before it was
	 * closed, unless that has been done.
	 * @param served whether somebody has worked under the lease
	 * @return a future that completes, on a thread of the engine, when a majority has
	 * confirmed, or had its time; at once if the lock is still to be kept
	 */
	CompletableFuture<Void> afterLoss(boolean served) {
		if (this.begun.getAndSet(true)) {
			return CompletableFuture.allOf();
		}
		Duration kept = toBeKept(served);
		if (kept.isZero()) {
			return CompletableFuture.allOf(this.grant.round().release());
		}
		releaseAfter(kept);
		return CompletableFuture.allOf();
	}

	/**
	 * Return for how long others are still to be kept away, though the lease has ended.
	 * @param served whether somebody has worked under the lease
	 * @return the time, by the clock that is never ahead
	 */
	private Duration toBeKept(boolean served) {
		if (!served) {
			return Duration.ZERO;
		}
		long held = this.quorum.clocks().nanoTime() - this.grant.start().nanos();
		return Collections.max(List.of(Duration.ZERO, this.options.atLeast().minusNanos(held)));
	}

	private CompletableFuture<Poll.Result> keep(Duration rest) {
		CompletableFuture<Poll.Result> confirmed = this.renewal.keep(rest).certain();
		// a request for the lock, or a renewal, may be executed after that
		releaseAfter(rest);
		return confirmed;
	}

	private void releaseAfter(Duration delay) {
		this.quorum.timer().schedule(this.grant.round()::release, delay);
	}

	private Grant rest(Validity validity) {
		// with maxHold, what was sent to shorten the time could be executed later
		Duration trusted = (this.options.maxHold() == null) ? validity.length() : Duration.ZERO;
		return new Grant(this.grant.round(), this.grant.start(), this.grant.token(),
				new Validity(validity.since(), trusted));
	}

	private CompletableFuture<Void> confirmed(CompletableFuture<Poll.Result> confirmed) {
		return confirmed.thenAccept((result) -> {
			if (!result.agreed()) {
				String failure = "Only %d of %d masters confirmed the end of the lock on %s; on the others it ends with its lease"
					.formatted(result.yes(), this.quorum.size(), this.grant.round().request().keys());
				if (result.answered()) {
					logger.log(Level.WARNING, failure);
				}
				else {
					this.quorum.outage().failed(failure);
				}
			}
		});
	}

}
