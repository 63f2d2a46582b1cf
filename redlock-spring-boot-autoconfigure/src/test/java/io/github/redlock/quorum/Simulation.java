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
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;

import io.github.redlock.Lease;
import io.github.redlock.LockBusyException;
import org.jspecify.annotations.Nullable;

/**
 * One schedule: some masters, some processes, faults of a minority, all from one seed.
 * The promises are checked after every step.
 */
final class Simulation {

	private static final Duration MAX_LEASE = Duration.ofSeconds(5);

	static final QuorumSettings SETTINGS = new QuorumSettings(Duration.ofMillis(20), Duration.ofMillis(5),
			Duration.ofMillis(100), MAX_LEASE);

	private static final long MILLIS = SimulatedWorld.MILLIS;

	/** By a timer that looks every second. */
	private static final long TELLING_TIME = 1_010 * MILLIS;

	/** Some rounds of a split vote by those that have no time to wait. */
	private static final long LONGEST_OVERTIME = 300 * MILLIS;

	/** Until the next one has a lock that is free, where nothing fails. */
	private static final long LONGEST_GAP = 200 * MILLIS;

	/** Of a lock that is to be kept for a while, by clocks that are not the same. */
	private static final long LARGEST_DRIFT = 2 * MILLIS;

	private static final long BUSY_TIME = 8_000 * MILLIS;

	/** Longer than the slowest message, a probe of a master set aside, and a pause. */
	private static final long CLEAN_UP_TIME = 4_000 * MILLIS;

	private final long seed;

	private final Setting setting;

	private final SimulatedWorld world;

	private final Habits habits;

	private final List<SimulatedMaster> masters = new ArrayList<>();

	private final List<SimulatedClient> clients = new ArrayList<>();

	private final Map<Lease, Work> open = new HashMap<>();

	private final Map<Lease, End> ends = new HashMap<>();

	private final Map<String, NavigableSet<Long>> tokens = new HashMap<>();

	private final Map<String, Long> givenUp = new HashMap<>();

	private @Nullable SimulatedMaster faulty;

	private @Nullable String violation;

	private boolean goesOn = true;

	private long freeSince;

	private final Set<Round> rounds = new HashSet<>();

	private int grants;

	private int refusals;

	/**
	 * Prepare a schedule.
	 * @param seed the seed
	 * @param setting what is unusual
	 * @param bug a mistake to make, or {@code null}
	 */
	Simulation(long seed, Setting setting, @Nullable PlantedBug bug) {
		this.seed = seed;
		this.setting = setting;
		boolean hasty = (setting == Setting.FAST_MASTERS);
		this.world = new SimulatedWorld(seed);
		this.habits = new Habits(setting, this.world, seed);
		int size = this.world.chance(0.8) ? 3 : 5;
		int others = (setting == Setting.TWO_LISTS) ? 1 : 0;
		Duration quarantine = MAX_LEASE.plus(MAX_LEASE.minus(QuorumSettings.validityOf(MAX_LEASE)));
		for (int i = 0; i < size + others; i++) {
			this.masters.add(new SimulatedMaster(this.world, this, quarantine, bug, hasty));
		}
		int processes = 2 + this.world.random.nextInt(hasty ? 4 : 2);
		for (int i = 0; i < processes; i++) {
			this.clients.add(new SimulatedClient(this.world, this, list(i, size, bug), i, bug));
		}
	}

	private List<SimulatedMaster> list(int process, int size, @Nullable PlantedBug bug) {
		if (process % 2 == 0) {
			return this.masters.subList(0, size);
		}
		boolean replaced = (bug == PlantedBug.MASTER_REPLACED);
		return this.masters.subList(replaced ? 1 : 0, this.masters.size());
	}

	/**
	 * Run the schedule.
	 * @return how many leases were granted, and by how many rounds
	 * @throws AssertionError if a promise is broken
	 */
	Grants run() {
		for (SimulatedClient client : this.clients) {
			IntStream.range(0, this.habits.workers()).forEach((i) -> client.work());
		}
		this.freeSince = this.world.now();
		if (!isCalm()) {
			this.world.after(this.world.between(0, 500 * MILLIS), this::fault);
			this.world.after(this.world.between(0, 500 * MILLIS), this::pause);
		}
		checkLeftovers();
		long end = this.world.now() + BUSY_TIME;
		this.world.runUntil(end, this::check);
		this.goesOn = false;
		heal();
		this.world.runUntil(end + BUSY_TIME, this::check);
		this.clients.forEach(SimulatedClient::proveProgress);
		this.world.runUntil(end + 2 * BUSY_TIME, this::check);
		require(this.clients.stream().allMatch(SimulatedClient::isIdle), "an acquisition or a lease never ended");
		failOnViolation();
		return new Grants(this.grants, this.rounds.size(), this.refusals);
	}

	private void check() {
		checkExclusion();
		checkLossIsTold();
		failOnViolation();
	}

	/**
	 * What was given up is not on any master any more soon after, unless the master could
	 * not be told.
	 */
	private void checkLeftovers() {
		long soonAfter = this.world.now() - CLEAN_UP_TIME;
		for (SimulatedMaster master : this.masters) {
			if (master.upSince() < soonAfter) {
				for (String owner : master.owners()) {
					require(this.givenUp.getOrDefault(owner, Long.MAX_VALUE) > soonAfter,
							"a lock was left behind (S4)");
				}
			}
		}
		this.world.after(50 * MILLIS, this::checkLeftovers);
	}

	void released(String owner) {
		this.givenUp.putIfAbsent(owner, this.world.now());
	}

	private boolean isHasty() {
		return this.setting == Setting.FAST_MASTERS;
	}

	boolean isCalm() {
		return this.setting == Setting.CALM;
	}

	Habits habits() {
		return this.habits;
	}

	boolean goesOn() {
		return this.goesOn;
	}

	void granted(SimulatedClient client, Lease lease) {
		this.grants++;
		this.rounds.add(((HeldLease) lease).round());
		require(lease.isValid(), "a lease was returned without validity (S2)");
		for (String key : lease.keys()) {
			NavigableSet<Long> earlier = this.tokens.computeIfAbsent(key, (absent) -> new TreeSet<>());
			long greatest = earlier.isEmpty() ? 0 : earlier.last();
			require(isHasty() || lease.token() > greatest,
					"the token " + lease.token() + " on '" + key + "' follows " + greatest + " (S3)");
			require(earlier.add(lease.token()),
					"the token " + lease.token() + " on '" + key + "' was given twice (S3)");
		}
		long free = this.world.now() - this.freeSince;
		require(!isCalm() || free <= LONGEST_GAP, "nobody had the lock for " + free / MILLIS + " ms");
		require(!isCalm() || free >= -LARGEST_DRIFT, "a lock was given away " + -free / MILLIS + " ms too early");
		this.open.put(lease, new Work(client, this.world.now()));
	}

	void closing(HeldLease lease, Duration atLeast) {
		this.open.remove(lease);
		this.freeSince = this.world.now() + Math.max(0, atLeast.minus(lease.age()).toNanos());
	}

	void closed(Lease lease, boolean wasValid) {
		End expected = wasValid ? End.RELEASED : End.LOST;
		require(this.ends.get(lease) == expected,
				"a lease was " + this.ends.get(lease) + ", not " + expected + " (S7)");
	}

	void ended(Lease lease, End end) {
		require(this.ends.put(lease, end) == null, "the end of a lease was told twice (S7)");
	}

	void removed(String owner, LockRequest by) {
		require(owner.equals(by.owner()) || owner.equals(by.predecessor()), "another's lock was removed (S5)");
	}

	void waited(long nanos, Duration waitFor) {
		require(nanos <= waitFor.toNanos() + LONGEST_OVERTIME,
				"waited for " + nanos / MILLIS + " ms, not " + waitFor.toMillis() + " (L3)");
	}

	void failed(Throwable failure) {
		this.refusals++;
		require(!isCalm() || failure instanceof LockBusyException, "no lock though nothing fails: " + failure);
	}

	void noProgress(Throwable failure) {
		// the locks may be gone before the write-back comes
		boolean excused = isHasty() && String.valueOf(failure.getMessage()).contains("was not confirmed by");
		require(excused, "no lock though all masters are well: " + failure);
	}

	/**
	 * A loss is told soon, however the clocks were set meanwhile, or when the process
	 * goes on.
	 */
	private void checkLossIsTold() {
		this.open.forEach((lease, work) -> {
			if (lease.isValid() || work.client.isPaused()) {
				work.lastSeen = this.world.now();
			}
			else if (this.world.now() - work.lastSeen > TELLING_TIME) {
				require(this.ends.get(lease) == End.LOST, "a loss was not told (S7)");
			}
		});
	}

	private void checkExclusion() {
		if (this.open.size() < 2) {
			return;
		}
		for (String key : Habits.KEYS) {
			int valid = 0;
			for (Lease lease : this.open.keySet()) {
				if (lease.keys().contains(key) && lease.isValid()) {
					valid++;
				}
			}
			require(valid <= 1 || isHasty(), valid + " valid leases on '" + key + "' (S1)");
		}
	}

	private void fault() {
		if (!this.goesOn) {
			return;
		}
		SimulatedMaster master = this.faulty;
		if (master == null) {
			master = this.masters.get(this.world.random.nextInt(this.masters.size()));
			// one that does not vote yet, or not again, counts as failed
			if (this.masters.stream().allMatch(SimulatedMaster::votes)) {
				this.faulty = master;
				inflict(master);
			}
		}
		else if (master.votes()) {
			this.faulty = null;
		}
		else if (master.hung) {
			master.resume();
		}
		else if (master.isRefusing()) {
			master.accept();
		}
		else if (master.down) {
			master.restart();
		}
		this.world.after(this.world.between(0, 400 * MILLIS), this::fault);
	}

	private void inflict(SimulatedMaster master) {
		switch (this.world.random.nextInt(5)) {
			case 0 -> master.hung = true;
			case 1 -> master.crash(true);
			case 2 -> master.crash(false);
			case 3 -> master.refuse();
			default -> master.forget();
		}
	}

	private void heal() {
		for (SimulatedMaster master : this.masters) {
			if (master.down) {
				master.restart();
			}
			if (master.hung) {
				master.resume();
			}
			if (master.isRefusing()) {
				master.accept();
			}
		}
	}

	private void pause() {
		if (!this.goesOn) {
			return;
		}
		SimulatedClient client = this.clients.get(this.world.random.nextInt(this.clients.size()));
		if (!client.isPaused()) {
			if (this.world.chance(0.3)) {
				client.setWallClock(this.world.between(-5_000_000, 5_000_000));
			}
			else {
				client.pause(this.world.between(0, 800 * MILLIS));
			}
		}
		this.world.after(this.world.between(0, 300 * MILLIS), this::pause);
	}

	// an error thrown here could be swallowed by a future
	private void require(boolean kept, String broken) {
		if (!kept && this.violation == null) {
			this.violation = "Seed " + this.seed + ", at " + this.world.now() / MILLIS + " ms: " + broken;
		}
	}

	private void failOnViolation() {
		if (this.violation != null) {
			throw new AssertionError(this.violation);
		}
	}

	/**
	 * What was granted.
	 *
	 * @param leases the number of leases
	 * @param rounds the number of rounds that were won for them: the other leases were
	 * handed over within a process
	 * @param refusals how often a lock could not be had, or was not wanted any more
	 */
	record Grants(long leases, long rounds, long refusals) {

		static final Grants NONE = new Grants(0, 0, 0);

		Grants plus(Grants more) {
			return new Grants(this.leases + more.leases, this.rounds + more.rounds, this.refusals + more.refusals);
		}

	}

	/**
	 * What is unusual about a schedule.
	 */
	enum Setting {

		/** Nothing. */
		USUAL,

		/**
		 * The clocks of the masters run far too fast, so that nothing but the tokens
		 * protects anyone; they must still be unique, though they may never be confirmed.
		 */
		FAST_MASTERS,

		/** Every other process lists one master more. */
		TWO_LISTS,

		/** Many want one key all the time, for a moment each. */
		CROWDED,

		/** Nothing fails, so that hardly anybody waits in vain. */
		CALM

	}

	/**
	 * How the end of a lease was told to the listeners.
	 */
	enum End {

		RELEASED, LOST

	}

	/**
	 * What is done under a lease.
	 */
	private static final class Work {

		private final SimulatedClient client;

		private long lastSeen;

		private Work(SimulatedClient client, long lastSeen) {
			this.client = client;
			this.lastSeen = lastSeen;
		}

	}

}
