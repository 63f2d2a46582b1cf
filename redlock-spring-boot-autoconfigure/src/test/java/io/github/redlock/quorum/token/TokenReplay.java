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

package io.github.redlock.quorum.token;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

import io.github.redlock.quorum.AcquireReply;
import io.github.redlock.quorum.AcquireReply.Granted;
import io.github.redlock.quorum.token.TokenSearch.Schedule;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Takes real masters through a schedule, and counts the numbers that they answer.
 */
final class TokenReplay {

	private final RealMasters masters;

	private final TokenRule rule;

	private final TokenScope scope;

	private final List<TreeMap<Integer, Integer>> granted = new ArrayList<>();

	private final Map<Integer, Integer> writtenBack = new HashMap<>();

	private final Set<Integer> reserving = new LinkedHashSet<>();

	private final List<Set<Integer>> acknowledged = new ArrayList<>();

	private final Set<Integer> held = new LinkedHashSet<>();

	private final List<Integer> tokens = new ArrayList<>();

	private boolean refused;

	private boolean overlapping;

	/**
	 * Replay a schedule.
	 * @param masters three masters
	 * @param rule what the masters ask for when a token is written back
	 * @param scope what the schedule was found in
	 * @param schedule the schedule
	 */
	TokenReplay(RealMasters masters, TokenRule rule, TokenScope scope, Schedule schedule) {
		this.masters = masters;
		this.rule = rule;
		this.scope = scope;
		masters.rebase();
		for (int master = 0; master < TokenState.MASTERS; master++) {
			masters.put(master, schedule.beginning().master(master));
		}
		for (TokenStep step : schedule.steps()) {
			if (this.refused) {
				return;
			}
			while (this.granted.size() <= step.round()) {
				this.granted.add(new TreeMap<>());
				this.acknowledged.add(new LinkedHashSet<>());
			}
			take(step);
		}
	}

	/**
	 * Return whether the masters refused a write-back or a repair, at which the replay
	 * ends.
	 * @return whether they did
	 */
	boolean isRefused() {
		return this.refused;
	}

	/**
	 * Return whether a lease was won before another one was over, or without a greater
	 * token than that one; if clocks are useless, whether a token was given twice.
	 * @return whether the promise was broken
	 */
	boolean isBroken() {
		if (!this.scope.clocksKept()) {
			return Set.copyOf(this.tokens).size() < this.tokens.size();
		}
		int last = this.tokens.size() - 1;
		return this.overlapping
				|| this.tokens.subList(0, last).stream().anyMatch((token) -> token >= this.tokens.get(last));
	}

	private void take(TokenStep step) {
		int owner = step.round() + 1;
		switch (step.kind()) {
			case ACQUIRE -> {
				AcquireReply reply = RealMasters.await(this.masters.node(step.master())
					.acquire(RealMasters.request(owner), this.masters.real(step.number())));
				assertThat(reply).isInstanceOf(Granted.class);
				this.granted.get(step.round()).put(step.master(), this.masters.modelled(((Granted) reply).token()));
			}
			case CONFIRM -> confirm(step, owner);
			case WIN -> win(step);
			case END -> this.held.remove(step.round());
			case GONE ->
				assertThat(RealMasters.await(this.masters.node(step.master()).release(RealMasters.request(owner), 0)))
					.isTrue();
			case REPAIR -> repair(step, owner);
			case LOSE_DATA, VOTE_AGAIN -> this.masters.put(step.master(), step.after().master(step.master()));
			case WRITE_BACK -> {
				assertThat(this.rule.token(answers(step))).isEqualTo(step.number());
				this.writtenBack.put(step.round(), step.number());
			}
			case RESERVE -> {
				this.acknowledged.get(step.round()).clear();
				this.reserving.add(step.round());
				this.writtenBack.put(step.round(), step.number());
			}
			case SEND_REPAIR -> {
				// it has not arrived yet
			}
		}
	}

	private void confirm(TokenStep step, int owner) {
		boolean last = step.number() == this.writtenBack.get(step.round());
		boolean reserved = last && this.reserving.contains(step.round());
		int bound = reserved ? this.rule.boundOfReserved(step.number() - TokenState.RESERVED_TOKENS, step.number())
				: step.number();
		if (!this.masters.confirm(step.master(), owner, step.number(), bound, this.rule)) {
			this.refused = true;
		}
		else if (last) {
			this.acknowledged.get(step.round()).add(step.master());
		}
	}

	private void repair(TokenStep step, int owner) {
		if (!this.masters.repair(step.master(), owner, step.number(), this.rule)) {
			this.refused = true;
		}
	}

	private int[] answers(TokenStep step) {
		int[] answers = this.granted.get(step.round())
			.entrySet()
			.stream()
			.filter((entry) -> step.isAnswerOf(entry.getKey()))
			.mapToInt(Map.Entry::getValue)
			.sorted()
			.toArray();
		assertThat(answers).hasSizeGreaterThanOrEqualTo(TokenState.MAJORITY);
		return answers;
	}

	private void win(TokenStep step) {
		if (step.masters() == 0) {
			assertThat(this.acknowledged.get(step.round())).hasSizeGreaterThanOrEqualTo(TokenState.MAJORITY);
		}
		else if (this.rule.writesBack()) {
			assertThat(Arrays.stream(answers(step)).filter((answer) -> answer == step.number()).count())
				.isGreaterThanOrEqualTo(TokenState.MAJORITY);
		}
		else {
			assertThat(this.rule.token(answers(step))).isEqualTo(step.number());
		}
		boolean next = !this.held.add(step.round());
		this.overlapping |= this.held.size() > 1;
		int first = next ? step.number() - TokenState.RESERVED_TOKENS + 1 : step.number();
		for (int token = first; token <= step.number(); token++) {
			this.tokens.add(token);
		}
	}

}
