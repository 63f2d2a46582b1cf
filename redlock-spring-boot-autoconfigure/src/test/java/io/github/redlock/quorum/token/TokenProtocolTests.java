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

import java.util.Optional;
import java.util.Set;

import io.github.redlock.quorum.AcquireReply;
import io.github.redlock.quorum.AcquireReply.Busy;
import io.github.redlock.quorum.AcquireReply.Granted;
import io.github.redlock.quorum.AcquireReply.Recovering;
import io.github.redlock.quorum.LockNode;
import io.github.redlock.quorum.token.TokenSearch.Schedule;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The fencing tokens' protocol, searched exhaustively at three masters and two clients,
 * see {@link TokenModel}; what the model says of a master is compared with what the
 * scripts do on a real one.
 */
class TokenProtocolTests {

	private static final TokenScope LOCKS = TokenScope.of(2, 1, 3, 1);

	private static final TokenScope RENEWALS = TokenScope.of(1, 1, 3, 2).withRenewal();

	private static final TokenScope LOSSES = TokenScope.of(2, 1, 2, 0).withDataLoss();

	private static final TokenScope LOSSES_AND_RENEWALS = TokenScope.of(1, 1, 2, 1).withRenewal().withDataLoss();

	private static final TokenScope HAND_OVERS = TokenScope.of(2, 1, 2, 1).withHandOver();

	private static final TokenScope HAND_OVERS_AND_RENEWALS = TokenScope.of(1, 1, 3, 1).withHandOver().withRenewal();

	private static final TokenScope HAND_OVERS_AND_LOSSES = TokenScope.of(1, 1, 2, 1).withHandOver().withDataLoss();

	private static final TokenScope USELESS_CLOCKS = TokenScope.of(1, 1, 3, 2).withUselessClocks();

	private static final TokenScope HAND_OVERS_BY_USELESS_CLOCKS = TokenScope.of(1, 1, 3, 1)
		.withHandOver()
		.withUselessClocks();

	private static final TokenScope HAND_OVERS_AND_RENEWALS_BY_USELESS_CLOCKS = TokenScope.of(1, 1, 1, 0)
		.withHandOver()
		.withRenewal()
		.withUselessClocks();

	private static RealMasters masters;

	@BeforeAll
	static void start() {
		masters = new RealMasters(TokenState.MASTERS);
	}

	@AfterAll
	static void stop() {
		masters.close();
	}

	@Test
	void tokensGrow() {
		assertThat(statesWithoutViolation(LOCKS)).isGreaterThan(500_000);
	}

	@Test
	void tokensGrowWhileLeasesAreRenewedAndMastersRepaired() {
		assertThat(statesWithoutViolation(RENEWALS)).isGreaterThan(50_000);
	}

	@Test
	void tokensGrowThoughAMasterLosesItsData() {
		assertThat(statesWithoutViolation(LOSSES)).isGreaterThan(500_000);
	}

	@Test
	void tokensGrowThoughAMasterLosesItsDataWhileLeasesAreRenewed() {
		assertThat(statesWithoutViolation(LOSSES_AND_RENEWALS)).isGreaterThan(50_000);
	}

	@Test
	void tokensGrowThoughALockIsTakenOverWithAReservedOne() {
		assertThat(statesWithoutViolation(HAND_OVERS)).isGreaterThan(500_000);
		assertThat(statesWithoutViolation(HAND_OVERS_AND_RENEWALS)).isGreaterThan(50_000);
		assertThat(statesWithoutViolation(HAND_OVERS_AND_LOSSES)).isGreaterThan(50_000);
	}

	@ParameterizedTest
	@EnumSource(names = { "WRITE_BACK_WITHOUT_HOLDER_CHECK", "WRITE_BACK_WITHOUT_BOUND" })
	void aReservedTokenNeedsTheSameChecks(TokenRule rule) {
		assertThat(new TokenSearch(new TokenModel(rule, HAND_OVERS)).run().counterexample()).isPresent();
	}

	@Test
	void tokensAreUniqueAndFollowTheGrantsEvenIfClocksAreUseless() {
		assertThat(statesWithoutViolation(USELESS_CLOCKS)).isGreaterThan(100_000);
		assertThat(statesWithoutViolation(HAND_OVERS_BY_USELESS_CLOCKS)).isGreaterThan(500_000);
		assertThat(statesWithoutViolation(HAND_OVERS_AND_RENEWALS_BY_USELESS_CLOCKS)).isGreaterThan(500_000);
	}

	@ParameterizedTest
	@EnumSource(mode = Mode.EXCLUDE, names = "OURS")
	void weakerRuleBreaksThePromiseOnRealMastersToo(TokenRule rule) {
		Optional<Schedule> found = new TokenSearch(new TokenModel(rule, scope(rule))).run().counterexample();
		assertThat(found).isPresent();
		Schedule schedule = found.get();
		System.out.printf("tokens: %s breaks the promise; rounds from %d on are the second client's:%n%s%n", rule,
				scope(rule).firstRounds() + 1, schedule);
		TokenReplay replay = new TokenReplay(masters, rule, scope(rule), schedule);
		assertThat(replay.isRefused()).isFalse();
		assertThat(replay.isBroken()).isTrue();
	}

	@ParameterizedTest
	@EnumSource(names = { "UNCONDITIONAL_WRITE_BACK", "WRITE_BACK_WITHOUT_HOLDER_CHECK", "WRITE_BACK_WITHOUT_BOUND",
			"REPAIR_IN_QUARANTINE", "RESERVE_WITHOUT_BOUND" })
	void realScriptsRefuseAStepOfTheWeakerRulesSchedule(TokenRule rule) {
		Schedule schedule = new TokenSearch(new TokenModel(rule, scope(rule))).run().counterexample().orElseThrow();
		assertThat(new TokenReplay(masters, TokenRule.OURS, scope(rule), schedule).isRefused()).isTrue();
	}

	@Test
	void scriptsDoWhatTheModelSays() {
		Set<ModelMaster> states = new TokenSearch(new TokenModel(TokenRule.OURS, LOCKS)).run().masters();
		states.addAll(new TokenSearch(new TokenModel(TokenRule.OURS, LOSSES_AND_RENEWALS)).run().masters());
		int compared = 0;
		for (ModelMaster state : states) {
			for (int number = 1; number <= state.stored() + 2; number++) {
				compareAcquire(state, number);
				compareConfirm(state, number);
				compareRepair(state, number);
				compared += 2 + number;
			}
			compareRelease(state);
			compared++;
		}
		System.out.printf("tokens: %d operations in %d states of a master as the model says%n", compared,
				states.size());
		assertThat(compared).isGreaterThan(500);
	}

	private static int statesWithoutViolation(TokenScope scope) {
		TokenSearch search = new TokenSearch(new TokenModel(TokenRule.OURS, scope)).run();
		assertThat(search.counterexample()).isEmpty();
		System.out.printf("tokens: %,d states, no violation: %s%n", search.size(), scope);
		return search.size();
	}

	private static TokenScope scope(TokenRule rule) {
		return switch (rule) {
			case WITHOUT_QUARANTINE, WITHOUT_FLOOR -> LOSSES;
			case REPAIR_IN_QUARANTINE -> LOSSES_AND_RENEWALS;
			case RESERVE_WITHOUT_BOUND -> HAND_OVERS_BY_USELESS_CLOCKS;
			default -> LOCKS;
		};
	}

	private static LockNode masterIn(ModelMaster state) {
		masters.rebase();
		masters.put(0, state);
		return masters.node(0);
	}

	private static void assertState(ModelMaster before, ModelMaster after) {
		assertThat(masters.get(0, after)).as("after %s", before).isEqualTo(after);
	}

	private static void compareAcquire(ModelMaster state, int proposal) {
		AcquireReply reply = RealMasters.await(masterIn(state).acquire(RealMasters.request(1), masters.real(proposal)));
		if (state.grants(1)) {
			ModelMaster after = state.granted(1, proposal);
			assertThat(reply).isEqualTo(new Granted(masters.real(after.stored())));
			assertState(state, after);
		}
		else {
			assertThat(reply).isInstanceOf(state.voting() ? Busy.class : Recovering.class);
			assertState(state, state);
		}
	}

	private static void compareConfirm(ModelMaster state, int token) {
		for (int bound = 1; bound <= token; bound++) {
			boolean acknowledged = RealMasters
				.await(masterIn(state).confirm(RealMasters.request(1), masters.real(token), masters.real(bound)));
			assertThat(acknowledged).as("%d from %d in %s", token, bound, state)
				.isEqualTo(state.acknowledges(1, bound, TokenRule.OURS));
			assertState(state, acknowledged ? state.confirmed(token) : state);
		}
	}

	private static void compareRepair(ModelMaster state, int token) {
		boolean taken = RealMasters.await(masterIn(state).repair(RealMasters.request(1), masters.real(token)));
		assertThat(taken).as("%d in %s", token, state).isEqualTo(state.takesRepair(1, TokenRule.OURS));
		assertState(state, taken ? state.repaired(1, token) : state);
	}

	private static void compareRelease(ModelMaster state) {
		boolean released = RealMasters.await(masterIn(state).release(RealMasters.request(1), 0));
		assertThat(released).isEqualTo(state.holder() == 1);
		assertState(state, released ? state.free() : state);
	}

}
