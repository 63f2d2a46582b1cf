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
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

import io.github.redlock.quorum.AcquireReply.Blank;
import io.github.redlock.quorum.AcquireReply.Recovering;
import org.jspecify.annotations.Nullable;

/**
 * A master as its scripts make it, with a clock of its own rate, and the faults that can
 * befall it.
 */
final class SimulatedMaster {

	private static final long HASTE = 200;

	final SimulatedWorld world;

	private final Simulation simulation;

	private final double rate;

	private final long quarantineMicros;

	private final @Nullable PlantedBug bug;

	private final long haste;

	private final Map<Object, List<Runnable>> whenResumed = new LinkedHashMap<>();

	private long upSince;

	private final Map<String, List<Runnable>> subscribers = new HashMap<>();

	private LockTable table = new LockTable(this::micros);

	private @Nullable Long member;

	private @Nullable Long recoveringRun;

	private long recoveryOver;

	private @Nullable Long blankSince;

	private long run = 1;

	private long startedAt;

	/** Connections opened before are gone. */
	int epoch;

	boolean down;

	boolean hung;

	/** Answers with an error, whatever it is asked. */
	private boolean refusing;

	SimulatedMaster(SimulatedWorld world, Simulation simulation, Duration quarantine, @Nullable PlantedBug bug,
			boolean hasty) {
		this.world = world;
		this.simulation = simulation;
		this.rate = 1 + world.between(-4_000_000, 4_000_000) / 1e9;
		this.quarantineMicros = (bug == PlantedBug.NO_QUARANTINE) ? 0 : quarantine.toMillis() * 1000;
		this.bug = bug;
		this.haste = hasty ? HASTE : 1;
	}

	long micros() {
		return (long) (this.world.now() / 1000 * this.rate) + 1_700_000_000_000_000L;
	}

	/**
	 * Return the owners of the locks that have not run out.
	 * @return the owners
	 */
	List<String> owners() {
		return this.table.owners();
	}

	/**
	 * Return since when this master has executed what it is sent.
	 * @return the true time, or the end of time while it does not
	 */
	long upSince() {
		return (this.down || this.hung || this.refusing) ? Long.MAX_VALUE : this.upSince;
	}

	boolean votes() {
		return !this.down && !this.hung && !this.refusing && isMember();
	}

	private boolean isMember() {
		return this.member != null && this.member == this.run;
	}

	// faults

	void crash(boolean keepsData) {
		this.down = true;
		this.epoch++;
		this.subscribers.clear();
		this.whenResumed.clear();
		if (!keepsData) {
			forget();
		}
	}

	void restart() {
		this.down = false;
		this.upSince = this.world.now();
		this.run++;
		this.startedAt = micros();
	}

	void forget() {
		this.table = new LockTable(this::micros);
		this.member = null;
		this.recoveringRun = null;
		this.recoveryOver = 0;
		this.blankSince = null;
	}

	void refuse() {
		this.refusing = true;
	}

	boolean isRefusing() {
		return this.refusing;
	}

	void accept() {
		this.refusing = false;
		this.upSince = this.world.now();
	}

	void resume() {
		this.hung = false;
		this.upSince = this.world.now();
		List<List<Runnable>> connections = new ArrayList<>(this.whenResumed.values());
		this.whenResumed.clear();
		Collections.shuffle(connections, this.world.random);
		connections.forEach((commands) -> commands.forEach(Runnable::run));
	}

	/**
	 * Execute a command now, or when this master has come to itself.
	 * @param connection over which it came: the order is kept on each connection only
	 * @param command the command
	 */
	void execute(Object connection, Runnable command) {
		if (this.hung) {
			this.whenResumed.computeIfAbsent(connection, (absent) -> new ArrayList<>()).add(command);
		}
		else if (!this.down) {
			command.run();
		}
	}

	// scripts

	AcquireReply acquire(LockRequest request, long proposal) {
		return watched(request, () -> {
			this.table.giveUpPredecessor(request);
			AcquireReply unadmitted = membership(micros());
			long forgotten = (this.recoveryOver != 0) ? this.recoveryOver + LockTable.CLAMP_MICROS : 0;
			return (unadmitted != null) ? unadmitted : this.table.acquire(hastened(request), proposal, forgotten);
		});
	}

	AcquireReply inspect(List<String> keys) {
		return acquire(new LockRequest(keys, "", Duration.ZERO), 0);
	}

	private @Nullable AcquireReply membership(long now) {
		if (isMember()) {
			return null;
		}
		if (this.member == null && this.recoveringRun == null && this.bug != PlantedBug.NO_QUARANTINE) {
			if (this.blankSince == null) {
				this.blankSince = now;
			}
			return new Blank(this.blankSince, Duration.of(now - this.blankSince, TimeUnit.MICROSECONDS.toChronoUnit()));
		}
		if (this.recoveringRun == null || this.recoveringRun != this.run) {
			this.recoveringRun = this.run;
			this.recoveryOver = this.startedAt + this.quarantineMicros;
		}
		if (now < this.recoveryOver) {
			return new Recovering(Duration.of(this.recoveryOver - now, TimeUnit.MICROSECONDS.toChronoUnit()));
		}
		this.member = this.run;
		return null;
	}

	boolean confirm(LockRequest request, long token, long bound) {
		if (this.bug == PlantedBug.TOKEN_WITHOUT_WRITE_BACK) {
			return true;
		}
		boolean bounded = this.table.token(request.keys()) <= bound;
		boolean wrongly = this.bug == PlantedBug.TOKEN_WITH_UNCONDITIONAL_WRITE_BACK
				|| (this.bug == PlantedBug.TOKEN_WITHOUT_HOLDER_CHECK && bounded)
				|| (this.bug == PlantedBug.TOKEN_WITHOUT_BOUND && this.table.owns(request));
		if (wrongly) {
			this.table.store(request.keys(), token);
		}
		return wrongly || this.table.confirm(request, token, bound);
	}

	boolean extend(LockRequest request) {
		return watched(request, () -> this.table.extend(hastened(request)));
	}

	boolean release(LockRequest request, int unanswered) {
		return watched(request, () -> {
			List<String> released = new ArrayList<>();
			if (this.bug == PlantedBug.RELEASE_WITHOUT_OWNER_CHECK) {
				request.keys().forEach((key) -> released.addAll(releaseWhoevers(key)));
			}
			int toRefuse = (this.bug != PlantedBug.NO_TOMBSTONE && released.isEmpty()) ? unanswered : 0;
			released.addAll(this.table.release(request, toRefuse));
			released
				.forEach((key) -> List.copyOf(this.subscribers.getOrDefault(key, List.of())).forEach(Runnable::run));
			return !released.isEmpty();
		});
	}

	private List<String> releaseWhoevers(String key) {
		String holder = this.table.holder(key);
		return (holder != null) ? this.table.release(new LockRequest(List.of(key), holder, Duration.ZERO), 0)
				: List.of();
	}

	boolean repair(LockRequest request, long token) {
		return isMember() && watched(request, () -> this.table.repair(hastened(request), token));
	}

	private LockRequest hastened(LockRequest request) {
		return request.withLease(request.lease().dividedBy(this.haste));
	}

	/**
	 * Make a change, and see whose locks it has taken away.
	 * @param <T> the type of the answer
	 * @param by what the master is asked
	 * @param change makes the change
	 * @return the answer
	 */
	private <T> T watched(LockRequest by, Supplier<T> change) {
		Map<String, String> before = new HashMap<>();
		for (String key : by.keys()) {
			String holder = this.table.holder(key);
			if (holder != null) {
				before.put(key, holder);
			}
		}
		T answer = change.get();
		before.forEach((key, holder) -> {
			if (!holder.equals(this.table.holder(key))) {
				this.simulation.removed(holder, by);
			}
		});
		return answer;
	}

	boolean admit(Blank blank) {
		if (isMember()) {
			return true;
		}
		if (!isStill(blank)) {
			return false;
		}
		this.member = this.run;
		this.blankSince = null;
		return true;
	}

	boolean quarantine(Blank blank) {
		if (!isStill(blank)) {
			return false;
		}
		this.recoveringRun = this.run;
		this.recoveryOver = blank.id() + this.quarantineMicros;
		this.blankSince = null;
		return true;
	}

	void subscribe(List<String> keys, Runnable released) {
		keys.forEach((key) -> this.subscribers.computeIfAbsent(key, (absent) -> new ArrayList<>()).add(released));
	}

	void unsubscribe(List<String> keys, Runnable released) {
		keys.forEach((key) -> this.subscribers.getOrDefault(key, new ArrayList<>()).remove(released));
	}

	long countListeners(List<String> keys) {
		return keys.stream().mapToLong((key) -> this.subscribers.getOrDefault(key, List.of()).size()).max().orElse(0);
	}

	private boolean isStill(Blank blank) {
		return this.member == null && this.recoveringRun == null && this.blankSince != null
				&& this.blankSince == blank.id();
	}

}
