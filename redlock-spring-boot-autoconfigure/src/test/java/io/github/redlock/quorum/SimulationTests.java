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

import java.util.Optional;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.LongStream;

import io.github.redlock.quorum.Simulation.Setting;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The promises in simulated time, under thousands of schedules of faults. The system
 * property {@code simulation.schedules} sets how many, {@code simulation.seed} the first
 * one; a failing seed is printed, and replays exactly.
 */
class SimulationTests {

	private static final long SCHEDULES = Long.getLong("simulation.schedules", 3000);

	private static final long FIRST_SEED = Long.getLong("simulation.seed", 1);

	private static final Logger logger = Logger.getLogger("io.github.redlock.quorum");

	@BeforeAll
	static void beQuiet() {
		logger.setLevel(Level.OFF);
	}

	@AfterAll
	static void logAgain() {
		logger.setLevel(null);
	}

	@Test
	void keepsThePromises() {
		Simulation.Grants grants = run(SCHEDULES, Setting.USUAL);
		assertThat(grants.leases()).isGreaterThan(SCHEDULES);
	}

	@Test
	void aCrowdIsServedWithFewRounds() {
		Simulation.Grants grants = run(SCHEDULES / 10, Setting.CROWDED);
		assertThat(grants.rounds()).isLessThan(grants.leases() / 2);
	}

	@Test
	void nobodyStarves() {
		long schedules = SCHEDULES / 10;
		Simulation.Grants grants = run(schedules, Setting.CALM);
		// chance decides who is next
		assertThat(grants.refusals()).isLessThanOrEqualTo(schedules / 1000);
	}

	@Test
	void tokensStayUniqueEvenIfTheMastersClocksRunFarTooFast() {
		run(SCHEDULES / 3, Setting.FAST_MASTERS);
	}

	/**
	 * A master grants late, after it granted to another process, tokens of a holder that
	 * reserves some for its own process.
	 */
	@ParameterizedTest
	@ValueSource(longs = { 133961, 155690 })
	void reservedTokensStayUniqueToo(long seed) {
		assertThat(new Simulation(seed, Setting.FAST_MASTERS, null).run().leases()).isPositive();
	}

	@Test
	void listsThatDifferByOneMasterMoreExcludeEachOther() {
		run(SCHEDULES / 3, Setting.TWO_LISTS);
	}

	@ParameterizedTest
	@EnumSource(PlantedBug.class)
	void findsThePlantedBug(PlantedBug bug) {
		Optional<String> found = LongStream.range(1, 3001)
			.parallel()
			.mapToObj((seed) -> violation(seed, bug))
			.flatMap(Optional::stream)
			.findAny();
		System.out.printf("simulation: %s: %s%n", bug, found.orElse("not found"));
		assertThat(found).isPresent();
	}

	@Test
	void replaysExactly() {
		assertThat(new Simulation(7, Setting.USUAL, null).run())
			.isEqualTo(new Simulation(7, Setting.USUAL, null).run());
	}

	private static Simulation.Grants run(long schedules, Setting setting) {
		long end = FIRST_SEED + Math.max(1, schedules);
		Simulation.Grants grants = LongStream.range(FIRST_SEED, end)
			.parallel()
			.mapToObj((seed) -> new Simulation(seed, setting, null).run())
			.reduce(Simulation.Grants.NONE, Simulation.Grants::plus);
		System.out.printf("simulation: %s, seeds %d to %d: %d leases by %d rounds, %d times in vain, no violation%n",
				setting, FIRST_SEED, end - 1, grants.leases(), grants.rounds(), grants.refusals());
		return grants;
	}

	private static Optional<String> violation(long seed, PlantedBug bug) {
		try {
			new Simulation(seed, settingFor(bug), bug).run();
			return Optional.empty();
		}
		catch (AssertionError ex) {
			return Optional.of(ex.getMessage());
		}
	}

	private static Setting settingFor(PlantedBug bug) {
		if (bug == PlantedBug.MASTER_REPLACED) {
			return Setting.TWO_LISTS;
		}
		return bug.name().startsWith("TOKEN_") ? Setting.FAST_MASTERS : Setting.USUAL;
	}

}
