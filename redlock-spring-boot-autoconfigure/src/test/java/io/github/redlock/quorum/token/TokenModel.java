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
import java.util.List;
import java.util.function.Consumer;

import io.github.redlock.quorum.token.TokenState.Phase;
import io.github.redlock.quorum.token.TokenStep.Kind;

/**
 * All that can happen next in a state: the protocol of the fencing tokens at three
 * masters and two clients. A message may reach its master at any later moment or never,
 * in any order; an answer is used at any later moment or never. So nothing is said of
 * answers under way, of refusals, of lost messages and of tombstones: they only make
 * happen less, or later, than what is searched anyway. In particular an acquire may
 * always be granted after its own release.
 * <p>
 * Assumed is, where clocks are kept:
 * <ul>
 * <li>A round is out of time, and cannot be won any more, before a master lets a lock go
 * that it granted to it (S1): validity is counted from before the masters were asked, and
 * less drift. The renewal of a lease is a majority's; a master that missed it may let its
 * lock go while both others keep theirs.
 * <li>An owner is never used again, and a master is asked once for each owner.
 * <li>A master in quarantine grants nothing until the lease whose lock it has forgotten
 * is over, or has been renewed by both others (S8). By then its clock, which is the
 * floor, has passed the number that it has forgotten; the search takes the least such
 * floor.
 * </ul>
 * A holder reserves tokens once for a round; where leases are renewed, only the first
 * client's does, so that the search comes to an end.
 * <p>
 * A master's clamp of the proposal only bounds what is proposed. Nothing is assumed of
 * the clients' clocks: each round may propose any of the numbers.
 * <p>
 * The promise: of two leases that were both won, the one won later has the greater token.
 * Which one is later is plain: both rounds were granted the lock by a common master, and
 * there the second one only after the first one's lock was gone, hence after the first
 * lease was over. That at most one lease is held at a time is checked as well. If clocks
 * are useless, and locks gone at any moment, leases can overlap; tokens must be unique
 * then, and a round to which the first master granted after another lease was won must
 * have the greater one.
 */
final class TokenModel {

	private final TokenRule rule;

	private final TokenScope scope;

	TokenModel(TokenRule rule, TokenScope scope) {
		this.rule = rule;
		this.scope = scope;
	}

	int rounds() {
		return this.scope.rounds();
	}

	/**
	 * Return in what states a search begins: whatever earlier rounds that were abandoned
	 * may have left.
	 * @return the states, without those that differ in the masters' names only
	 */
	List<TokenState> beginnings() {
		List<TokenState> beginnings = new ArrayList<>();
		int[] left = new int[TokenState.MASTERS];
		for (left[0] = 0; left[0] <= this.scope.leftovers(); left[0]++) {
			for (left[1] = 0; left[1] <= left[0]; left[1]++) {
				for (left[2] = 0; left[2] <= left[1]; left[2]++) {
					TokenState state = new TokenState(rounds());
					for (int master = 0; master < TokenState.MASTERS; master++) {
						state.put(master, new ModelMaster(left[master], 0, ModelMaster.NOBODY, true));
					}
					beginnings.add(state);
				}
			}
		}
		return beginnings;
	}

	/**
	 * Tell all that can happen next; nothing if no lease can be won any more.
	 * @param state the state
	 * @param visitor is told each step, with the state after it
	 */
	void forEachNext(TokenState state, Consumer<TokenStep> visitor) {
		if (!canWin(state)) {
			return;
		}
		for (int round = 0; round < rounds(); round++) {
			for (int master = 0; master < TokenState.MASTERS; master++) {
				acquire(state, round, master, visitor);
				confirm(state, round, master, visitor);
				if (this.scope.renewal()) {
					repair(state, round, master, visitor);
				}
			}
			decide(state, round, visitor);
			if (canReserve(state, round)) {
				reserve(state, round, visitor);
			}
			end(state, round, visitor);
		}
		for (int master = 0; master < TokenState.MASTERS; master++) {
			runOut(state, master, visitor);
			if (this.scope.dataLoss()) {
				loseData(state, master, visitor);
			}
		}
	}

	private boolean canWin(TokenState state) {
		for (int round = 0; round < rounds(); round++) {
			if (state.phase(round).compareTo(Phase.HELD) < 0 || canReserve(state, round)) {
				return true;
			}
		}
		return false;
	}

	private boolean canReserve(TokenState state, int round) {
		boolean reserves = !this.scope.renewal() || round < this.scope.firstRounds();
		return this.scope.handOver() && reserves && state.phase(round) == Phase.HELD && !state.isReserved(round);
	}

	private void reserve(TokenState state, int round, Consumer<TokenStep> visitor) {
		TokenState next = state.copy();
		next.reserve(round);
		visit(visitor, Kind.RESERVE, round, 0, next.token(round), next);
	}

	private boolean canBegin(TokenState state, int round) {
		return round == 0 || round == this.scope.firstRounds() || state.phase(round - 1) == Phase.OVER;
	}

	private static int owner(int round) {
		return round + 1;
	}

	private void acquire(TokenState state, int round, int master, Consumer<TokenStep> visitor) {
		if (state.isAsked(round, master) || !state.master(master).grants(owner(round))) {
			return;
		}
		if (state.phase(round) != Phase.IDLE) {
			granted(state, round, master, state.proposal(round), visitor);
		}
		else if (canBegin(state, round)) {
			for (int proposal = 1; proposal <= this.scope.proposals(); proposal++) {
				granted(state, round, master, proposal, visitor);
			}
		}
	}

	private void granted(TokenState state, int round, int master, int proposal, Consumer<TokenStep> visitor) {
		TokenState next = state.copy();
		if (state.phase(round) == Phase.IDLE) {
			next.phase(round, Phase.ASKING);
			next.proposal(round, proposal);
			if (!this.scope.clocksKept()) {
				next.wonBefore(round, state.largestWon());
			}
		}
		ModelMaster granting = state.master(master).granted(owner(round), proposal);
		next.put(master, granting);
		next.grant(round, master, granting.stored());
		visit(visitor, Kind.ACQUIRE, round, 1 << master, proposal, next);
	}

	private void decide(TokenState state, int round, Consumer<TokenStep> visitor) {
		if (state.phase(round) == Phase.CONFIRMING) {
			int acknowledged = 0;
			for (int master = 0; master < TokenState.MASTERS; master++) {
				acknowledged += state.isAcknowledged(round, master) ? 1 : 0;
			}
			if (acknowledged >= TokenState.MAJORITY) {
				TokenState next = state.copy();
				win(next, round, state.token(round));
				visit(visitor, Kind.WIN, round, 0, state.token(round), next);
			}
		}
		else if (state.phase(round) == Phase.ASKING) {
			for (int answers = 0; answers < 1 << TokenState.MASTERS; answers++) {
				int[] numbers = numbers(state, round, answers);
				if (numbers.length >= TokenState.MAJORITY) {
					decide(state, round, answers, numbers, visitor);
				}
			}
		}
	}

	private static int[] numbers(TokenState state, int round, int answers) {
		int[] numbers = new int[TokenState.MASTERS];
		int count = 0;
		for (int master = 0; master < TokenState.MASTERS; master++) {
			if ((answers & 1 << master) != 0) {
				int number = state.granted(round, master);
				if (number == 0) {
					return new int[0];
				}
				numbers[count++] = number;
			}
		}
		int[] sorted = Arrays.copyOf(numbers, count);
		Arrays.sort(sorted);
		return sorted;
	}

	private void decide(TokenState state, int round, int answers, int[] numbers, Consumer<TokenStep> visitor) {
		TokenState next = state.copy();
		int same = same(numbers);
		if (this.rule.writesBack() && same == 0) {
			int token = this.rule.token(numbers);
			next.phase(round, Phase.CONFIRMING);
			next.token(round, token);
			next.writeBack(round, true);
			visit(visitor, Kind.WRITE_BACK, round, answers, token, next);
		}
		else {
			int token = this.rule.writesBack() ? same : this.rule.token(numbers);
			win(next, round, token);
			visit(visitor, Kind.WIN, round, answers, token, next);
		}
	}

	private static int same(int[] numbers) {
		for (int i = 1; i < numbers.length; i++) {
			if (numbers[i] == numbers[i - 1]) {
				return numbers[i];
			}
		}
		return 0;
	}

	private void win(TokenState next, int round, int token) {
		int first = next.isReserved(round) ? next.ownToken(round) + 1 : token;
		if (this.scope.clocksKept()) {
			boolean alone = true;
			for (int other = 0; other < rounds(); other++) {
				alone &= other == round || !isHeld(next, other);
			}
			if (!alone || first <= next.largestWon()) {
				next.broken();
			}
		}
		else {
			for (int given = first; given <= token; given++) {
				if (next.isWon(given) || given <= next.wonBefore(round)) {
					next.broken();
				}
				next.won(given);
			}
		}
		next.phase(round, Phase.HELD);
		next.token(round, token);
		next.largestWon(Math.max(next.largestWon(), token));
	}

	private static boolean isHeld(TokenState state, int round) {
		Phase phase = state.phase(round);
		return phase == Phase.HELD || (phase == Phase.CONFIRMING && state.isReserved(round));
	}

	private void confirm(TokenState state, int round, int master, Consumer<TokenStep> visitor) {
		int token = state.token(round);
		int own = state.ownToken(round);
		int bound = state.isReserved(round) ? this.rule.boundOfReserved(own, token) : token;
		if (state.isWrittenBack(round) && !state.isAcknowledged(round, master)
				&& state.master(master).acknowledges(owner(round), bound, this.rule)) {
			TokenState next = state.copy();
			next.put(master, state.master(master).confirmed(token));
			next.acknowledge(round, master);
			visit(visitor, Kind.CONFIRM, round, 1 << master, token, next);
		}
		// the round's own token, written back before, may arrive as late
		if (state.isWrittenBack(round) && state.isReserved(round)
				&& state.master(master).acknowledges(owner(round), own, this.rule)) {
			TokenState next = state.copy();
			next.put(master, state.master(master).confirmed(own));
			visit(visitor, Kind.CONFIRM, round, 1 << master, own, next);
		}
	}

	private void repair(TokenState state, int round, int master, Consumer<TokenStep> visitor) {
		if (state.isRepairUnderWay(round, master)) {
			if (state.master(master).takesRepair(owner(round), this.rule)) {
				TokenState next = state.copy();
				next.put(master, state.master(master).repaired(owner(round), state.token(round)));
				next.repairUnderWay(round, master, false);
				visit(visitor, Kind.REPAIR, round, 1 << master, state.token(round), next);
			}
		}
		else if (isHeld(state, round) && isHeldByTheOthers(state, round, master)
				&& state.holder(master) != owner(round)) {
			TokenState next = state.copy();
			next.repairUnderWay(round, master, true);
			visit(visitor, Kind.SEND_REPAIR, round, 1 << master, 0, next);
		}
	}

	private static boolean isHeldByTheOthers(TokenState state, int round, int master) {
		for (int other = 0; other < TokenState.MASTERS; other++) {
			if (other != master && state.holder(other) != owner(round)) {
				return false;
			}
		}
		return true;
	}

	private void end(TokenState state, int round, Consumer<TokenStep> visitor) {
		Phase phase = state.phase(round);
		if (phase != Phase.IDLE && phase != Phase.OVER) {
			TokenState next = state.copy();
			next.phase(round, Phase.OVER);
			visit(visitor, Kind.END, round, 0, 0, next);
		}
	}

	private void runOut(TokenState state, int master, Consumer<TokenStep> visitor) {
		int holder = state.holder(master);
		if (holder == ModelMaster.NOBODY || (this.scope.clocksKept() && !isOverOrExtended(state, holder - 1, master))) {
			return;
		}
		TokenState next = state.copy();
		next.put(master, state.master(master).free());
		visit(visitor, Kind.GONE, holder - 1, 1 << master, 0, next);
	}

	private boolean isOverOrExtended(TokenState state, int round, int master) {
		return state.phase(round) == Phase.OVER
				|| (this.scope.renewal() && isHeld(state, round) && isHeldByTheOthers(state, round, master));
	}

	private void loseData(TokenState state, int master, Consumer<TokenStep> visitor) {
		if (!state.isDataLost()) {
			TokenState next = state.copy();
			next.put(master, state.master(master).wiped(this.rule));
			next.forget(master, state.holder(master));
			next.dataLost();
			visit(visitor, Kind.LOSE_DATA, 0, 1 << master, 0, next);
		}
		else if (!state.master(master).voting()) {
			int forgotten = state.forgotten(master);
			if (forgotten == ModelMaster.NOBODY || !this.rule.hasQuarantine()
					|| isOverOrExtended(state, forgotten - 1, master)) {
				TokenState next = state.copy();
				next.put(master, state.master(master).readmitted());
				visit(visitor, Kind.VOTE_AGAIN, 0, 1 << master, 0, next);
			}
		}
	}

	private void visit(Consumer<TokenStep> visitor, Kind kind, int round, int masters, int number, TokenState next) {
		for (int other = 0; other < rounds(); other++) {
			tidy(next, other);
		}
		visitor.accept(new TokenStep(kind, round, masters, number, next));
	}

	/**
	 * Drop what cannot matter any more.
	 */
	private void tidy(TokenState state, int round) {
		Phase phase = state.phase(round);
		if (phase.compareTo(Phase.CONFIRMING) < 0) {
			return;
		}
		state.forgetNumbers(round);
		if (phase.compareTo(Phase.HELD) < 0) {
			return;
		}
		boolean allAsked = true;
		boolean allWritten = true;
		boolean repairing = false;
		for (int master = 0; master < TokenState.MASTERS; master++) {
			allAsked &= state.isAsked(round, master);
			repairing |= state.isRepairUnderWay(round, master);
			boolean hopeless = this.rule.asksForTheHolder() && state.isAsked(round, master)
					&& state.holder(master) != owner(round) && !state.isRepairUnderWay(round, master)
					&& phase == Phase.OVER;
			if (state.isWrittenBack(round) && hopeless) {
				state.acknowledge(round, master);
			}
			allWritten &= !state.isWrittenBack(round) || state.isAcknowledged(round, master);
		}
		if (phase == Phase.OVER) {
			if (allAsked) {
				state.proposal(round, 0);
			}
			if (allWritten && !repairing) {
				state.token(round, 0);
				state.writeBack(round, false);
			}
			state.wonBefore(round, 0);
		}
	}

}
