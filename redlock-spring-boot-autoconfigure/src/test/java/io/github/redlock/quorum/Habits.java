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
import java.util.List;

import io.github.redlock.quorum.Simulation.Setting;

/**
 * What the processes of a schedule want: which keys, how many at once, for how long, and
 * how soon again.
 */
final class Habits {

	static final List<String> KEYS = List.of("a", "b");

	static final List<Duration> LEASES = List.of(Duration.ofMillis(150), Duration.ofMillis(600), Duration.ofSeconds(5));

	private static final Duration LONG_WAIT = Duration.ofSeconds(5);

	/** So many that some have to yield to other processes. */
	private static final int CROWD = 10;

	private static final long MILLIS = SimulatedWorld.MILLIS;

	private static final Duration CALM_AT_LEAST = Duration.ofMillis(200);

	private static final long[] CALM_HOLDS = { 2 * MILLIS, 20 * MILLIS, 200 * MILLIS };

	private final Setting setting;

	private final SimulatedWorld world;

	/** With a short one they take over a few times, with a long one until they yield. */
	private final Duration crowdsLease;

	private final long calmHold;

	private final boolean calmWithAtLeast;

	Habits(Setting setting, SimulatedWorld world, long seed) {
		this.setting = setting;
		this.world = world;
		this.crowdsLease = LEASES.get((seed % 2 == 0) ? 1 : 2);
		this.calmHold = CALM_HOLDS[(int) (seed % CALM_HOLDS.length)];
		this.calmWithAtLeast = (seed % 2 == 0);
	}

	/**
	 * Return how many work in a process at the same time.
	 * @return the number
	 */
	int workers() {
		int few = this.world.random.nextInt(2);
		return switch (this.setting) {
			case CALM -> 1 + few;
			case CROWDED -> CROWD * (2 + few);
			default -> 2 + few;
		};
	}

	List<String> keys() {
		return switch (this.setting) {
			case FAST_MASTERS, CROWDED, CALM -> KEYS.subList(0, 1);
			default -> this.world.chance(0.1) ? KEYS : List.of(KEYS.get(this.world.random.nextInt(KEYS.size())));
		};
	}

	/**
	 * Return how a lock is wanted: by all of a crowd in the same way, so that they can
	 * take over from each other.
	 * @return the options
	 */
	LockOptions options() {
		return switch (this.setting) {
			case CROWDED -> new LockOptions(this.crowdsLease, LONG_WAIT);
			case CALM -> new LockOptions(LEASES.get(2), LONG_WAIT, true, calmAtLeast(), null, null);
			default -> anyOptions();
		};
	}

	private Duration calmAtLeast() {
		return (this.calmWithAtLeast && this.world.chance(0.5)) ? CALM_AT_LEAST : Duration.ZERO;
	}

	private LockOptions anyOptions() {
		Duration lease = LEASES.get(this.world.random.nextInt(LEASES.size()));
		Duration waitFor = Duration.ofMillis(this.world.random.nextInt(3) * 700L);
		boolean renew = this.world.chance(0.5);
		Duration atLeast = this.world.chance(0.05) ? lease.dividedBy(2) : Duration.ZERO;
		Duration maxHold = this.world.chance(0.1) ? lease.multipliedBy(3).dividedBy(2) : null;
		return new LockOptions(lease, waitFor, renew, atLeast, maxHold, null);
	}

	/**
	 * Return how long to work.
	 * @param lease the lease under which it is done
	 * @return nanoseconds
	 */
	long work(Duration lease) {
		return switch (this.setting) {
			case CALM -> this.world.between(this.calmHold / 2, this.calmHold);
			case CROWDED -> this.world.between(0, 20 * MILLIS);
			default -> this.world.between(0, this.world.chance(0.2) ? 2 * lease.toNanos() : 20 * MILLIS);
		};
	}

	/**
	 * Return how long to do something else before the next work.
	 * @return nanoseconds
	 */
	long rest() {
		return switch (this.setting) {
			case CROWDED, CALM -> this.world.between(0, MILLIS);
			default -> this.world.between(0, 50 * MILLIS);
		};
	}

	/**
	 * Return how far a process is from the masters.
	 * @return the time that each message takes, in nanoseconds
	 */
	long distance() {
		boolean far = this.setting == Setting.CALM && this.world.chance(0.5);
		return far ? this.world.between(0, 5 * MILLIS) : 0;
	}

	/**
	 * Decide whether to want a lock no more, soon after it was asked for.
	 * @return whether to cancel
	 */
	boolean cancel() {
		return this.setting != Setting.CALM && this.world.chance(0.1);
	}

}
