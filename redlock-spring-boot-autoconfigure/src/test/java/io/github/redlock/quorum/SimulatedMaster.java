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

import io.github.redlock.quorum.AcquireReply.Blank;
import io.github.redlock.quorum.AcquireReply.Busy;
import io.github.redlock.quorum.AcquireReply.Granted;
import io.github.redlock.quorum.AcquireReply.Recovering;
import org.jspecify.annotations.Nullable;

/**
 * A master as its scripts make it, with a clock of its own rate, and the faults that can
 * befall it.
 */
final class SimulatedMaster {

	private static final long HASTE = 200;

	private static final long CLAMP_MICROS = 5_000_000;

	final SimulatedWorld world;

	private final Simulation simulation;

	private final double rate;

	private final long quarantineMicros;

	private final @Nullable PlantedBug bug;

	private final long haste;

	private final Map<Object, List<Runnable>> whenResumed = new LinkedHashMap<>();

	private long upSince;

	private final Map<String, List<Runnable>> subscribers = new HashMap<>();

	private Map<String, Held> locks = new HashMap<>();

	private Map<String, Long> tokens = new HashMap<>();

	private Map<String, Long> tombstones = new HashMap<>();

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
		return this.locks.values().stream().filter((held) -> held.end > micros()).map(Held::owner).toList();
	}

	/**
	 * Return since when this master has executed what it is sent.
	 * @return the true time, or the end of time while it does not
	 */
	long upSince() {
		return (this.down || this.hung) ? Long.MAX_VALUE : this.upSince;
	}

	boolean votes() {
		return !this.down && !this.hung && isMember();
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
		this.locks = new HashMap<>();
		this.tokens = new HashMap<>();
		this.tombstones = new HashMap<>();
		this.member = null;
		this.recoveringRun = null;
		this.recoveryOver = 0;
		this.blankSince = null;
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
		request.keys()
			.stream()
			.filter((key) -> request.predecessor() != null && owns(key, request.predecessor()))
			.forEach((key) -> remove(key, request));
		long now = micros();
		AcquireReply unadmitted = membership(now);
		if (unadmitted != null) {
			return unadmitted;
		}
		if (isVoid(request)) {
			return new AcquireReply.Void();
		}
		long stored = (this.recoveryOver != 0) ? this.recoveryOver + CLAMP_MICROS : 0;
		Held other = null;
		for (String key : request.keys()) {
			stored = Math.max(stored, this.tokens.getOrDefault(key, 0L));
			Held held = held(key);
			if (held != null && !held.owner.equals(request.owner())) {
				other = held;
			}
		}
		if (other != null) {
			return new Busy(Duration.of(other.end - now, TimeUnit.MICROSECONDS.toChronoUnit()), stored, other.owner);
		}
		long token = Math.max(stored + 1, Math.max(now - CLAMP_MICROS, Math.min(proposal, now + CLAMP_MICROS)));
		hold(request);
		request.keys().forEach((key) -> this.tokens.put(key, token));
		return new Granted(token);
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

	boolean confirm(LockRequest request, long token) {
		for (String key : request.keys()) {
			boolean holder = owns(key, request.owner()) || this.bug == PlantedBug.TOKEN_WITHOUT_HOLDER_CHECK;
			boolean bounded = this.tokens.getOrDefault(key, 0L) <= token || this.bug == PlantedBug.TOKEN_WITHOUT_BOUND;
			if (!(holder && bounded) && this.bug != PlantedBug.TOKEN_WITH_UNCONDITIONAL_WRITE_BACK
					&& this.bug != PlantedBug.TOKEN_WITHOUT_WRITE_BACK) {
				return false;
			}
		}
		if (this.bug != PlantedBug.TOKEN_WITHOUT_WRITE_BACK) {
			request.keys().forEach((key) -> this.tokens.put(key, token));
		}
		return true;
	}

	boolean extend(LockRequest request) {
		if (!request.keys().stream().allMatch((key) -> owns(key, request.owner()))) {
			return false;
		}
		hold(request);
		return true;
	}

	boolean release(LockRequest request, boolean voidLateAcquire) {
		boolean released = false;
		for (String key : request.keys()) {
			if (owns(key, request.owner())
					|| (this.bug == PlantedBug.RELEASE_WITHOUT_OWNER_CHECK && held(key) != null)) {
				remove(key, request);
				released = true;
				this.subscribers.getOrDefault(key, List.of()).forEach(Runnable::run);
			}
		}
		if (!released && voidLateAcquire && this.bug != PlantedBug.NO_TOMBSTONE) {
			this.tombstones.put(request.owner(), micros() + request.lease().toNanos() / 1000);
		}
		return released;
	}

	boolean repair(LockRequest request, long token) {
		if (!isMember() || isVoid(request)
				|| !request.keys().stream().allMatch((key) -> held(key) == null || owns(key, request.owner()))) {
			return false;
		}
		hold(request);
		request.keys().forEach((key) -> this.tokens.merge(key, token, Math::max));
		return true;
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

	long countListeners(List<String> keys) {
		return keys.stream().mapToLong((key) -> this.subscribers.getOrDefault(key, List.of()).size()).max().orElse(0);
	}

	private boolean isStill(Blank blank) {
		return this.member == null && this.recoveringRun == null && this.blankSince != null
				&& this.blankSince == blank.id();
	}

	private boolean isVoid(LockRequest request) {
		return this.tombstones.getOrDefault(request.owner(), 0L) > micros();
	}

	private void hold(LockRequest request) {
		long end = micros() + request.lease().toNanos() / 1000 / this.haste;
		request.keys().forEach((key) -> this.locks.put(key, new Held(request.owner(), end)));
	}

	private void remove(String key, LockRequest by) {
		Held removed = this.locks.remove(key);
		if (removed != null) {
			this.simulation.removed(removed.owner, by);
		}
	}

	private @Nullable Held held(String key) {
		Held held = this.locks.get(key);
		return (held != null && held.end > micros()) ? held : null;
	}

	private boolean owns(String key, String owner) {
		Held held = held(key);
		return held != null && held.owner.equals(owner);
	}

	private record Held(String owner, long end) {

	}

}
