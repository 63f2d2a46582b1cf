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
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.IntPredicate;

import io.github.redlock.quorum.AcquireReply.Busy;
import io.github.redlock.quorum.AcquireReply.Granted;
import io.github.redlock.quorum.AcquireReply.NotAsked;
import io.github.redlock.quorum.AcquireReply.Unfollowed;
import io.github.redlock.quorum.AcquireReply.Unknown;
import org.jspecify.annotations.Nullable;

/**
 * One round of Redlock: all masters are asked at the same time, and the round is decided
 * as soon as a majority has granted or cannot any more. It knows what each master
 * answered, and with that how to release.
 *
 * @see <a href="https://redis.io/docs/latest/develop/use/patterns/distributed-locks/">The
 * Redlock algorithm</a>
 */
final class Round {

	/**
	 * How a round ended.
	 */
	enum Verdict {

		/** A majority granted, and validity is left. */
		WON,

		/** Someone else holds the lock. */
		BUSY,

		/** Several ask for the lock at once, and none of them has a majority. */
		SPLIT,

		/** A majority granted, but so late that no validity is left. */
		TOO_LATE,

		/** A majority granted, but did not confirm the fencing token. */
		UNCONFIRMED,

		/** All masters are new, and vote from now on: to be tried again at once. */
		INSTALLED,

		/** Too few masters answered in time. */
		NO_QUORUM

	}

	/** One that is slow must not hold up each of those that want the lock. */
	private static final int PART_FOR_LEAD = 5;

	private static final AcquireReply WAITING = new NotAsked("waiting for another one's answer", Duration.ZERO);

	private final Quorum quorum;

	private final LockRequest request;

	private final long proposal;

	private final @Nullable Round predecessor;

	private final CompletableFuture<Verdict> verdict = new CompletableFuture<>();

	// guarded by this
	private Replies replies;

	private final Unanswered unanswered;

	private final Tokens tokens = new Tokens();

	// guarded by this
	private List<Integer> behindLead = List.of();

	// guarded by this
	private boolean confirming;

	// guarded by this
	private boolean decided;

	private final Moment start;

	Round(Quorum quorum, LockRequest request, long proposal) {
		this(quorum, request, proposal, null);
	}

	private Round(Quorum quorum, LockRequest request, long proposal, @Nullable Round predecessor) {
		this.quorum = quorum;
		this.request = request;
		this.proposal = proposal;
		this.predecessor = predecessor;
		this.replies = Replies.ofAll(quorum.size(), WAITING);
		this.unanswered = new Unanswered(quorum.size());
		this.start = quorum.clocks().now();
	}

	/**
	 * Create a round for the lock that this one holds: a master gives the one up when it
	 * is asked for the other. Once it begins, nothing is left to be released here.
	 * @param next what is asked for, on the same keys
	 * @param proposal the fencing token to store
	 * @return the other round
	 */
	Round inPlace(LockRequest next, long proposal) {
		return new Round(this.quorum, next.inPlaceOf(this.request), proposal, this);
	}

	/**
	 * Ask all masters. To be called once.
	 * @return the future verdict, never exceptional; unless the round is won, what was
	 * granted is being released
	 */
	CompletableFuture<Verdict> begin() {
		if (this.predecessor != null) {
			this.predecessor.releaseUnanswered();
		}
		ask(allMasters());
		return this.verdict;
	}

	/**
	 * Ask one master first, and the others only if that one grants or does not answer
	 * soon: of several that do so at once, at most one goes on, so that they do not split
	 * the vote. Not for a round in place of another, whose lock has to go everywhere.
	 * @return the future verdict, as of {@link #begin()}
	 */
	CompletableFuture<Verdict> beginWithLead() {
		List<Integer> others = allMasters();
		Integer lead = this.quorum.masters().indexOf(this.quorum.lead());
		others.remove(lead);
		synchronized (this) {
			this.behindLead = others;
		}
		ask(List.of(lead));
		this.quorum.timer().schedule(this::askBehindLead, patienceWithLead());
		return this.verdict;
	}

	private Duration patienceWithLead() {
		return Durations.part(this.quorum.nodeTimeout(), PART_FOR_LEAD);
	}

	private void askBehindLead() {
		List<Integer> others;
		synchronized (this) {
			// in one step: the lead may answer just now
			others = takeBehindLead();
			if (others.isEmpty() || !mayAsk(others)) {
				return;
			}
		}
		send(others);
	}

	private synchronized List<Integer> takeBehindLead() {
		List<Integer> others = this.behindLead;
		this.behindLead = List.of();
		return others;
	}

	private List<Integer> allMasters() {
		List<Integer> all = new ArrayList<>(this.quorum.size());
		for (int i = 0; i < this.quorum.size(); i++) {
			all.add(i);
		}
		return all;
	}

	private void ask(List<Integer> indexes) {
		if (mayAsk(indexes)) {
			send(indexes);
		}
	}

	private void send(List<Integer> indexes) {
		List<CompletionStage<AcquireReply>> stages = new ArrayList<>(indexes.size());
		for (int index : indexes) {
			stages.add(this.quorum.masters().get(index).acquire(this.request, this.proposal));
		}
		for (int i = 0; i < indexes.size(); i++) {
			int index = indexes.get(i);
			stages.get(i)
				.whenComplete((reply, failure) -> answered(index, (failure != null) ? Master.unknown(failure) : reply,
						ErrorReplyException.isAnswer(failure)));
		}
		if (replies().missing() > 0) {
			this.quorum.afterNodeTimeout(() -> timeout(indexes));
		}
	}

	/**
	 * Count requests that are about to be sent, unless this round has been abandoned:
	 * what is sent after its release would stay.
	 * @param indexes which masters are to be asked
	 * @return whether to ask them
	 */
	private boolean mayAsk(List<Integer> indexes) {
		synchronized (this) {
			if (!this.decided) {
				this.replies = this.replies.with(indexes, null);
				indexes.forEach(this.unanswered::sent);
				return true;
			}
		}
		if (this.predecessor != null) {
			this.predecessor.release();
		}
		return false;
	}

	private synchronized Replies replies() {
		return this.replies;
	}

	LockRequest request() {
		return this.request;
	}

	Moment start() {
		return this.start;
	}

	/**
	 * Return the fencing token of a won round.
	 * @return the token
	 */
	long token() {
		return this.tokens.own();
	}

	/**
	 * Have the masters keep tokens for leases that are to follow on the lock of this won
	 * round: the largest is written back as the round's own would be, but only where none
	 * larger than that one is stored, since it may have been given to somebody else.
	 * @param count how many
	 */
	void reserveTokens(int count) {
		long largest = this.tokens.reserve(count);
		writeBack(largest, this.tokens.own()).thenAccept((result) -> {
			if (result.agreed()) {
				this.tokens.keep(largest);
			}
		});
	}

	/**
	 * Take a reserved token.
	 * @return the token, larger than those before, or zero if there is none
	 */
	long nextToken() {
		return this.tokens.next();
	}

	/**
	 * Decide the round as lost, if it is undecided, and release what was granted.
	 */
	void abandon() {
		decide(Verdict.NO_QUORUM);
	}

	/**
	 * Release the lock on all masters that were asked.
	 * @return the future answers of the masters
	 */
	CompletableFuture<Poll.Result> release() {
		return release(replies()::isAsked);
	}

	private void releaseUnanswered() {
		release((index) -> this.unanswered.of(index) > 0);
	}

	private CompletableFuture<Poll.Result> release(IntPredicate where) {
		boolean[] asked = new boolean[this.quorum.size()];
		Poll poll = Poll.of(this.quorum, (index) -> {
			if (!where.test(index)) {
				return null;
			}
			asked[index] = true;
			Master master = this.quorum.masters().get(index);
			return master.release(this.request, this.unanswered.of(index)).thenApply((any) -> true);
		});
		poll.complete().thenAccept((result) -> {
			for (int index : result.missing()) {
				if (asked[index] && mayHold(index)) {
					releaseLater(index);
				}
			}
		});
		return poll.certain();
	}

	private synchronized boolean mayHold(int index) {
		return this.unanswered.of(index) > 0 || this.unanswered.isRepaired(index)
				|| this.replies.of(index) instanceof Granted || this.replies.of(index) instanceof Unfollowed;
	}

	private void releaseLater(int index) {
		this.quorum.masters().get(index).releaseLater(this.request, () -> this.unanswered.of(index));
	}

	/**
	 * Give the lock again to a master that has lost it.
	 * @param index which master
	 * @return a stage of whether it has taken it, exceptional if it does not answer
	 */
	CompletionStage<Boolean> repair(int index) {
		long largest = this.tokens.largestSent();
		AcquireReply repairing = new Unknown("being repaired", false);
		// its answer to the first request is not waited for any longer
		answered(index, repairing, false);
		synchronized (this) {
			this.replies = this.replies.with(List.of(index), repairing);
			this.unanswered.repairSent(index);
		}
		return this.quorum.masters().get(index).repair(this.request, largest).whenComplete((repaired, failure) -> {
			if (failure == null && repaired) {
				answered(index, new Granted(largest), true);
			}
			else if (ErrorReplyException.isAnswer(failure)) {
				this.unanswered.answered(index);
			}
		});
	}

	/**
	 * Return what each master answered so far.
	 * @return the answers by the masters' names
	 */
	Map<String, String> answers() {
		return replies().texts(this.quorum.masters(),
				(reply) -> Objects.toString(reply, "not waited for, since the others had decided"));
	}

	/**
	 * Return when enough leases of others can have run out for a majority, as far as
	 * those masters know that were asked.
	 * @return the time from now, or {@code null} if that is not known
	 */
	@Nullable Duration majorityFreeAfter() {
		Replies known = replies();
		List<Duration> ends = new ArrayList<>(known.collect(Granted.class, (granted) -> Duration.ZERO));
		for (Busy busy : known.collect(Busy.class, Function.identity())) {
			if (busy.remaining() != null) {
				ends.add(busy.remaining());
			}
		}
		ends.sort(Comparator.naturalOrder());
		int asked = this.quorum.size() - known.count(NotAsked.class::isInstance);
		int needed = Math.min(this.quorum.majority(), asked);
		return (needed > 0 && ends.size() >= needed) ? ends.get(needed - 1) : null;
	}

	/**
	 * Return the largest fencing token that a master told, whether it granted or refused.
	 * @return the token, or zero
	 */
	long largestToken() {
		Replies known = replies();
		List<Long> told = new ArrayList<>(known.collect(Busy.class, Busy::token));
		told.addAll(known.collect(Granted.class, Granted::token));
		return told.isEmpty() ? 0 : Collections.max(told);
	}

	/**
	 * Return who holds the lock.
	 * @return the owners that refusals told, as many as masters refused
	 */
	List<String> holders() {
		return replies().collect(Busy.class, Busy::holder);
	}

	private void answered(int index, AcquireReply reply, boolean over) {
		List<Integer> others;
		boolean complete;
		synchronized (this) {
			if (over) {
				this.unanswered.answered(index);
			}
			boolean first = (this.replies.of(index) == null);
			if (first || !(reply instanceof Unknown)) {
				this.replies = this.replies.with(List.of(index), reply);
			}
			if (!first) {
				return;
			}
			others = takeBehindLead();
			complete = others.isEmpty() && this.replies.missing() == 0;
		}
		if (this.predecessor != null && (reply instanceof NotAsked || reply instanceof Unknown)
				&& this.predecessor.mayHold(index)) {
			this.predecessor.releaseLater(index);
		}
		if (others.isEmpty()) {
			assess();
		}
		else if (reply instanceof Busy) {
			decide(Verdict.BUSY);
		}
		else {
			ask(others);
		}
		if (complete) {
			Membership.quarantine(this.quorum, replies());
		}
	}

	private void assess() {
		Replies known;
		boolean installation;
		boolean granted;
		synchronized (this) {
			known = this.replies;
			if (this.decided || this.confirming || isOpen(known)) {
				return;
			}
			installation = Membership.isNewInstallation(known, this.quorum);
			granted = known.count(Granted.class::isInstance) >= this.quorum.majority();
			this.confirming = installation || granted;
		}
		if (installation) {
			install(known);
		}
		else if (granted) {
			winWith(known.collect(Granted.class, Granted::token));
		}
		else {
			decide(whyNot(known));
		}
	}

	private boolean isOpen(Replies known) {
		int granted = known.count(Granted.class::isInstance);
		int pending = known.missing();
		boolean votesMatter = granted < this.quorum.majority() && granted + pending >= this.quorum.majority();
		return votesMatter || (pending > 0 && Membership.isUndecided(known));
	}

	private void timeout(List<Integer> indexes) {
		for (int index : indexes) {
			if (replies().of(index) == null) {
				this.quorum.masters().get(index).missed();
				answered(index, new Unknown("no answer within " + this.quorum.nodeTimeout().toMillis() + " ms", false),
						false);
			}
		}
	}

	private void winWith(List<Long> tokens) {
		for (long token : tokens) {
			if (Collections.frequency(tokens, token) >= this.quorum.majority()) {
				win(token);
				return;
			}
		}
		confirm(Collections.max(tokens));
	}

	private Verdict whyNot(Replies known) {
		List<String> holders = known.collect(Busy.class, Busy::holder);
		int granted = known.count(Granted.class::isInstance);
		if (holders.isEmpty() || granted + holders.size() + known.missing() < this.quorum.majority()) {
			return Verdict.NO_QUORUM;
		}
		int mostOfOne = holders.stream().mapToInt((holder) -> Collections.frequency(holders, holder)).max().orElse(0);
		int unknown = this.quorum.size() - granted - holders.size();
		return (mostOfOne + unknown < this.quorum.majority()) ? Verdict.SPLIT : Verdict.BUSY;
	}

	private void install(Replies blank) {
		Membership.admit(this.quorum, blank)
			.thenAccept((installed) -> decide(installed ? Verdict.INSTALLED : Verdict.NO_QUORUM));
	}

	private void confirm(long largest) {
		writeBack(largest, largest).thenAccept((result) -> {
			if (result.agreed()) {
				win(largest);
			}
			else {
				decide(Verdict.UNCONFIRMED);
			}
		});
	}

	private CompletableFuture<Poll.Result> writeBack(long token, long bound) {
		Replies known = replies();
		return Poll.of(this.quorum, (index) -> {
			Master master = this.quorum.masters().get(index);
			boolean holder = (known.of(index) == null || known.of(index) instanceof Granted);
			return (holder && !master.isAside()) ? master.confirm(this.request, token, bound) : null;
		}).certain();
	}

	private void win(long agreed) {
		Duration elapsed = this.start.until(this.quorum.clocks().now());
		boolean valid = this.quorum.validityOf(this.request.lease()).compareTo(elapsed) > 0;
		this.tokens.agree(agreed);
		decide(valid ? Verdict.WON : Verdict.TOO_LATE);
	}

	private void decide(Verdict decision) {
		synchronized (this) {
			if (this.decided) {
				return;
			}
			this.decided = true;
		}
		if (decision != Verdict.WON) {
			release();
		}
		this.verdict.complete(decision);
	}

}
