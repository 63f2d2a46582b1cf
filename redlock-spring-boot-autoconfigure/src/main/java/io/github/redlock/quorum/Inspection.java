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
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

import io.github.redlock.QuorumUnavailableException;
import io.github.redlock.quorum.AcquireReply.Busy;
import io.github.redlock.quorum.AcquireReply.Granted;
import org.jspecify.annotations.Nullable;

/**
 * Looks whether keys are held, without taking them. They are free if a majority says so;
 * if a majority answered and they may be held nevertheless, because of masters that are
 * missing, they count as held.
 */
final class Inspection {

	private static final Duration STILL_HELD = Duration.ofMillis(1);

	private final Quorum quorum;

	private final List<String> keys;

	// guarded by this
	private Replies replies;

	Inspection(Quorum quorum, List<String> keys) {
		this.quorum = quorum;
		this.keys = keys;
		this.replies = Replies.ofAll(quorum.size(), null);
	}

	/**
	 * Ask all masters.
	 * @return the future time until a majority is free: zero if it is now, that of
	 * {@link ChronoUnit#FOREVER} if it will not be by itself; exceptional if too few
	 * answered
	 */
	CompletableFuture<Duration> freeAfter() {
		Poll poll = Poll.of(this.quorum, this::isFree);
		return poll.certain()
			.thenCompose((first) -> isDecided(first) ? CompletableFuture.completedFuture(first) : poll.complete())
			.thenApply(this::freeAfter);
	}

	private CompletionStage<@Nullable Boolean> isFree(int index) {
		return this.quorum.masters().get(index).inspect(this.keys).handle((answer, failure) -> {
			AcquireReply reply = (failure != null) ? Master.unknown(failure) : answer;
			synchronized (this) {
				this.replies = this.replies.with(List.of(index), reply);
			}
			return (reply instanceof Granted || reply instanceof Busy) ? reply instanceof Granted : null;
		});
	}

	private boolean isDecided(Poll.Result result) {
		return result.agreed() || result.yes() + result.no().size() >= this.quorum.majority();
	}

	private Duration freeAfter(Poll.Result result) {
		if (result.agreed()) {
			return Duration.ZERO;
		}
		if (isDecided(result)) {
			return majorityFreeAfter();
		}
		if (Membership.isNewInstallation(replies(), this.quorum)) {
			return Duration.ZERO;
		}
		Map<String, String> answers = answers();
		throw new QuorumUnavailableException("No quorum to tell whether %s is locked: %d of %d masters must answer (%s)"
			.formatted(this.keys, this.quorum.majority(), this.quorum.size(), answers), this.keys, answers);
	}

	private Duration majorityFreeAfter() {
		Replies known = replies();
		List<Duration> ends = new ArrayList<>(known.collect(Granted.class, (free) -> Duration.ZERO));
		ends.addAll(known.collect(Busy.class, Inspection::end));
		ends.sort(Comparator.naturalOrder());
		return ends.get(this.quorum.majority() - 1);
	}

	private static Duration end(Busy busy) {
		Duration end = Objects.requireNonNullElse(busy.remaining(), ChronoUnit.FOREVER.getDuration());
		return Collections.max(List.of(end, STILL_HELD));
	}

	private Map<String, String> answers() {
		String none = "no answer within " + this.quorum.nodeTimeout().toMillis() + " ms";
		return replies().texts(this.quorum.masters(),
				(reply) -> (reply instanceof Granted) ? "free" : Objects.toString(reply, none));
	}

	private synchronized Replies replies() {
		return this.replies;
	}

}
