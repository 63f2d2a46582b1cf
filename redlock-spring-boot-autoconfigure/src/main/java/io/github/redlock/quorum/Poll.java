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

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.IntFunction;

import org.jspecify.annotations.Nullable;

/**
 * Asks masters a yes-or-no question, all at the same time, and completes as soon as the
 * result is certain: a majority says yes, or cannot any more.
 */
final class Poll {

	private final Quorum quorum;

	private final CompletableFuture<Result> certain = new CompletableFuture<>();

	private final CompletableFuture<Result> complete = new CompletableFuture<>();

	// guarded by this
	private final boolean[] answered;

	// guarded by this
	private boolean told;

	// guarded by this
	private int yes;

	// guarded by this
	private final List<Integer> refusals = new ArrayList<>();

	// guarded by this
	private final List<Integer> missing = new ArrayList<>();

	private Poll(Quorum quorum) {
		this.quorum = quorum;
		this.answered = new boolean[quorum.size()];
	}

	/**
	 * Ask all masters.
	 * @param quorum the masters
	 * @param question the question to the master at an index, or {@code null} to leave it
	 * out, which counts as missing
	 * @return the poll under way
	 */
	static Poll of(Quorum quorum, IntFunction<@Nullable CompletionStage<Boolean>> question) {
		Poll poll = new Poll(quorum);
		poll.start(question);
		return poll;
	}

	/**
	 * Return the result as soon as it is certain.
	 * @return the future result, never exceptional
	 */
	CompletableFuture<Result> certain() {
		return this.certain;
	}

	/**
	 * Return the result once every master has answered or had its time.
	 * @return the future result, never exceptional
	 */
	CompletableFuture<Result> complete() {
		return this.complete;
	}

	private void start(IntFunction<@Nullable CompletionStage<Boolean>> question) {
		List<@Nullable CompletionStage<Boolean>> stages = new ArrayList<>(this.answered.length);
		for (int i = 0; i < this.answered.length; i++) {
			stages.add(question.apply(i));
		}
		for (int i = 0; i < this.answered.length; i++) {
			int index = i;
			CompletionStage<Boolean> stage = stages.get(i);
			if (stage == null) {
				count(index, null);
			}
			else {
				stage.whenComplete((value, failure) -> count(index, (failure != null) ? null : value));
			}
		}
		if (isAnyMissing()) {
			this.quorum.afterNodeTimeout(this::timeout);
		}
	}

	private synchronized boolean isAnyMissing() {
		return this.yes + this.refusals.size() + this.missing.size() < this.answered.length;
	}

	private void count(int index, @Nullable Boolean value) {
		synchronized (this) {
			if (this.answered[index]) {
				return;
			}
			this.answered[index] = true;
			if (value == null) {
				this.missing.add(index);
			}
			else if (value) {
				this.yes++;
			}
			else {
				this.refusals.add(index);
			}
		}
		completeIfCertain();
	}

	private void timeout() {
		for (int i = 0; i < this.answered.length; i++) {
			boolean silent;
			synchronized (this) {
				silent = !this.answered[i];
			}
			if (silent) {
				this.quorum.masters().get(i).missed();
				count(i, null);
			}
		}
	}

	private void completeIfCertain() {
		Result result;
		boolean complete;
		synchronized (this) {
			int open = this.answered.length - this.yes - this.refusals.size() - this.missing.size();
			boolean certain = this.yes >= this.quorum.majority() || this.yes + open < this.quorum.majority();
			complete = open == 0;
			if (!certain || (this.told && !complete)) {
				return;
			}
			this.told = true;
			result = new Result(this.yes, List.copyOf(this.refusals), List.copyOf(this.missing),
					this.quorum.majority());
		}
		this.certain.complete(result);
		if (complete) {
			this.complete.complete(result);
		}
	}

	/**
	 * What the masters said until the result was certain.
	 *
	 * @param yes how many agreed
	 * @param no which ones did not
	 * @param missing which ones did not answer
	 * @param majority how many had to agree
	 */
	record Result(int yes, List<Integer> no, List<Integer> missing, int majority) {

		boolean agreed() {
			return this.yes >= this.majority;
		}

		/**
		 * Return whether enough masters answered, whatever they said.
		 * @return whether they are a majority
		 */
		boolean answered() {
			return this.yes + this.no.size() >= this.majority;
		}

		/**
		 * Return whether no answer that is still missing could have changed the result.
		 * @param size the number of masters
		 * @return whether a majority cannot agree even if the missing ones do
		 */
		boolean refused(int size) {
			return size - this.no.size() < this.majority;
		}

	}

}
