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
import java.util.concurrent.CompletableFuture;

import org.jspecify.annotations.Nullable;

/**
 * Keeps a lease alive: a third of the lease after it was asked for, all masters are asked
 * to extend it, and a majority moves its end.
 */
final class Renewal {

	private static final int PART_OF_LEASE = 3;

	private final Quorum quorum;

	private final Round round;

	private final LockOptions options;

	private final Moment start;

	private final HeldLease lease;

	private volatile boolean stopped;

	// guarded by this
	private Timer.@Nullable Cancellable next;

	Renewal(Quorum quorum, Round round, LockOptions options, Moment start, HeldLease lease) {
		this.quorum = quorum;
		this.round = round;
		this.options = options;
		this.start = start;
		this.lease = lease;
	}

	/**
	 * Begin to renew.
	 * @param asked when the masters were last asked for the lease
	 */
	void begin(Moment asked) {
		schedule(third().minus(asked.until(this.quorum.clocks().now())));
	}

	private Duration third() {
		return this.round.request().lease().dividedBy(PART_OF_LEASE);
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
		Duration length = length();
		Moment sent = this.quorum.clocks().now();
		if (this.stopped || this.quorum.validityOf(length).compareTo(Duration.ZERO) <= 0) {
			return CompletableFuture.completedFuture(false);
		}
		if (length.compareTo(this.round.request().lease()) < 0) {
			this.lease.limit(sent, length);
		}
		Poll poll = extendAll(length);
		poll.complete().thenAccept((result) -> {
			if (result.agreed()) {
				result.no().forEach((master) -> repair(master, this.quorum.settings().retryMinDelay()));
			}
		});
		return poll.certain().thenApply((result) -> {
			this.lease.renewed(result.agreed());
			if (result.agreed()) {
				this.lease.extended(sent, length);
			}
			else if (result.refused(this.quorum.size())) {
				this.lease.lose();
			}
			return result.agreed();
		});
	}

	/**
	 * Set the time that is left on all masters.
	 * @param length the time
	 * @return the answers under way
	 */
	Poll extendAll(Duration length) {
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

	private Duration length() {
		Duration full = this.round.request().lease();
		Duration maxHold = this.options.maxHold();
		if (maxHold == null) {
			return full;
		}
		Duration rest = maxHold.minus(this.start.until(this.quorum.clocks().now()));
		return (rest.compareTo(full) < 0) ? rest : full;
	}

}
