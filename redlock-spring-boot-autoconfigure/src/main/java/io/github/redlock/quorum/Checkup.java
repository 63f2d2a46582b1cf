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
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

import io.github.redlock.quorum.AcquireReply.Blank;
import io.github.redlock.quorum.AcquireReply.Busy;
import io.github.redlock.quorum.AcquireReply.Granted;
import io.github.redlock.quorum.AcquireReply.NotAsked;
import io.github.redlock.quorum.AcquireReply.Unknown;
import io.github.redlock.quorum.MasterStatus.Condition;
import org.jspecify.annotations.Nullable;

/**
 * Asks every master whether it votes.
 */
final class Checkup {

	/** Somewhere to look; whether it is locked does not matter. */
	private static final List<String> KEYS = List.of("checkup");

	private final Quorum quorum;

	// guarded by this
	private Replies replies;

	// guarded by this
	private final List<@Nullable Duration> roundTrips;

	Checkup(Quorum quorum) {
		this.quorum = quorum;
		this.replies = Replies.ofAll(quorum.size(), null);
		this.roundTrips = new ArrayList<>(Collections.nCopies(quorum.size(), null));
	}

	/**
	 * Ask all masters.
	 * @return the future answers in the order of the masters, complete within the time
	 * that a master has to answer, and never exceptional
	 */
	CompletableFuture<List<MasterStatus>> begin() {
		return Poll.of(this.quorum, this::ask).complete().thenApply((result) -> statuses());
	}

	private CompletionStage<Boolean> ask(int index) {
		Master master = this.quorum.masters().get(index);
		long sent = this.quorum.clocks().nanoTime();
		return master.inspect(KEYS).handle((answer, failure) -> {
			AcquireReply reply = (failure != null) ? Master.unknown(failure) : answer;
			Duration roundTrip = Duration.ofNanos(this.quorum.clocks().nanoTime() - sent);
			synchronized (this) {
				this.replies = this.replies.with(List.of(index), reply);
				this.roundTrips.set(index, roundTrip);
			}
			return true;
		});
	}

	private synchronized List<MasterStatus> statuses() {
		Membership.quarantine(this.quorum, this.replies);
		boolean installation = Membership.isNewInstallation(this.replies, this.quorum);
		List<MasterStatus> statuses = new ArrayList<>();
		for (int i = 0; i < this.quorum.size(); i++) {
			statuses
				.add(status(this.quorum.masters().get(i), this.replies.of(i), this.roundTrips.get(i), installation));
		}
		return statuses;
	}

	private MasterStatus status(Master master, @Nullable AcquireReply reply, @Nullable Duration roundTrip,
			boolean installation) {
		if (reply == null) {
			return new MasterStatus(master.name(), Condition.HUNG, null,
					"no answer within " + this.quorum.nodeTimeout().toMillis() + " ms");
		}
		Condition condition = condition(master, reply, installation);
		boolean answered = !(reply instanceof NotAsked) && condition != Condition.UNREACHABLE;
		return new MasterStatus(master.name(), condition, answered ? roundTrip : null,
				(condition != Condition.UP) ? reply.toString() : null);
	}

	private static Condition condition(Master master, AcquireReply reply, boolean installation) {
		if (reply instanceof Granted || reply instanceof Busy || (reply instanceof Blank && installation)) {
			return Condition.UP;
		}
		if (reply instanceof Unknown unknown) {
			return unknown.unreachable() ? Condition.UNREACHABLE : Condition.FAILING;
		}
		if (reply instanceof NotAsked) {
			return master.isFailing() ? Condition.UNREACHABLE : Condition.HUNG;
		}
		return Condition.RECOVERING;
	}

}
