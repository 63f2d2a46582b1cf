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
import java.util.concurrent.CompletableFuture;

import org.jspecify.annotations.Nullable;

/**
 * Keeps a lease alive: a third of the lease after it was asked for, all masters are asked
 * to extend it, and a majority moves its end.
 * <p>
 * No request asks for more time than the one before it, nor for an earlier end by the
 * monotonic clock. So a master keeps the lock for as long as the holder trusts it,
 * whichever request it executes last, and whatever the wall clock was set to meanwhile.
 * The holder trusts no more of it than is left of the longest time to hold.
 */
final class Renewal {

	private static final int PART_OF_LEASE = 3;

	private final Quorum quorum;

	private final Round round;

	private final LockOptions options;

	private final Moment start;

	private final HeldLease lease;

	private volatile boolean stopped;

	/** When the masters were last asked, and for how long. Guarded by this. */
	private Validity asked;

	// guarded by this
	private Timer.@Nullable Cancellable next;

	Renewal(Quorum quorum, Grant grant, LockOptions options, HeldLease lease) {
		this.quorum = quorum;
		this.round = grant.round();
		this.options = options;
		this.start = grant.start();
		this.lease = lease;
		this.asked = new Validity(grant.validity().since(), this.round.request().lease());
	}

	/**
	 * Begin to renew.
	 */
	synchronized void begin() {
		schedule(third().minus(this.asked.since().until(this.quorum.clocks().now())));
	}

	private Duration third() {
		return Durations.part(this.round.request().lease(), PART_OF_LEASE);
	}

	synchronized void stop() {
		this.stopped = true;
		if (this.next != null) {
			this.next.cancel();
		}
	}

	/**
	 * Ask all masters now.
	 * @return a future of whether a majority confirmed; the lease knows it then
	 */
	CompletableFuture<Boolean> renewNow() {
		Validity next = this.stopped ? null : next();
		if (next == null) {
			return CompletableFuture.completedFuture(false);
		}
		Poll poll = extendAll(next.length());
		poll.complete().thenAccept((result) -> {
			if (result.agreed()) {
				result.no().forEach((master) -> repair(master, this.quorum.settings().retryMinDelay()));
			}
		});
		return poll.certain().thenApply((result) -> {
			this.lease.renewed(result.agreed());
			if (result.agreed()) {
				this.lease.extended(new Validity(next.since(), Durations.shorter(next.length(), rest(next.since()))));
			}
			else if (result.refused(this.quorum.size())) {
				this.lease.lose();
			}
			return result.agreed();
		});
	}

	/**
	 * Have all masters keep the lock, which is not renewed any more, for a while: a
	 * little longer if they may, since only a release is announced.
	 * @param rest until it is released
	 * @return the answers under way
	 */
	Poll keep(Duration rest) {
		return extendAll(Durations.shorter(rest.plus(this.quorum.nodeTimeout()), lastLength()));
	}

	private synchronized Duration lastLength() {
		return this.asked.length();
	}

	private Poll extendAll(Duration length) {
		LockRequest request = this.round.request().withLease(length);
		return Poll.of(this.quorum, (index) -> {
			Master master = this.quorum.masters().get(index);
			return master.isAside() ? null : master.extend(request);
		});
	}

	private synchronized void repair(int master, Duration pause) {
		if (this.stopped) {
			return;
		}
		this.round.repair(master).thenAccept((repaired) -> {
			// one who asks for the lock all the time may hold it there just then
			if (!repaired && pause.multipliedBy(2).compareTo(third()) < 0) {
				this.quorum.timer().schedule(() -> repair(master, pause.multipliedBy(2)), pause);
			}
		});
	}

	private void run() {
		renewNow().whenComplete((renewed, failure) -> {
			boolean succeeded = (failure == null && renewed);
			schedule(succeeded ? third() : this.quorum.settings().retryMinDelay());
		});
	}

	private synchronized void schedule(Duration delay) {
		if (!this.stopped) {
			this.next = this.quorum.timer().schedule(this::run, delay);
		}
	}

	private synchronized @Nullable Validity next() {
		Moment now = this.quorum.clocks().now();
		Duration rest = rest(now);
		if (this.quorum.validityOf(rest).compareTo(Duration.ZERO) <= 0) {
			return null;
		}
		Duration longest = this.asked.length();
		Duration shortest = longest.minusNanos(now.nanos() - this.asked.since().nanos());
		this.asked = new Validity(now, Collections.max(List.of(shortest, Durations.shorter(rest, longest))));
		return this.asked;
	}

	private Duration rest(Moment now) {
		Duration maxHold = this.options.maxHold();
		return (maxHold != null) ? maxHold.minus(this.start.until(now)) : this.round.request().lease();
	}

}
