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
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

import io.github.redlock.Lease;
import io.github.redlock.RedLockListener;
import org.jspecify.annotations.Nullable;

/**
 * A process with clocks of its own, which can be paused at any point, and which takes
 * locks, works, and gives them back.
 */
final class SimulatedClient implements Clocks, Timer {

	private static final long MILLIS = SimulatedWorld.MILLIS;

	final QuorumLocks locks;

	private final SimulatedWorld world;

	private final Simulation simulation;

	private final List<Runnable> whenResumed = new ArrayList<>();

	private final double rate;

	private final long distance;

	private long wallOffsetMicros;

	private boolean paused;

	private long pausedNanos;

	private int running;

	SimulatedClient(SimulatedWorld world, Simulation simulation, List<SimulatedMaster> masters, int number,
			@Nullable PlantedBug bug) {
		this.world = world;
		this.simulation = simulation;
		this.rate = 1 + world.between(-4_000_000, 4_000_000) / 1e9;
		this.wallOffsetMicros = world.between(-3_000_000, 3_000_000);
		this.distance = simulation.habits().distance();
		List<SimulatedNode> nodes = IntStream.range(0, masters.size())
			.mapToObj((i) -> new SimulatedNode(world, this, masters.get(i), "master-" + i, simulation.isCalm()))
			.toList();
		int majority = (bug == PlantedBug.QUORUM_OF_HALF) ? masters.size() / 2 : masters.size() / 2 + 1;
		UnaryOperator<Duration> validity = (bug == PlantedBug.NO_VALIDITY_CHECK) ? (lease) -> Duration.ofDays(1)
				: QuorumSettings::validityOf;
		Quorum quorum = new Quorum(QuorumLocks.masters(nodes, this, this, QuorumObserver.NONE), majority, validity,
				Simulation.SETTINGS, this, this);
		this.locks = new QuorumLocks(quorum, new Random(world.random.nextLong()), Runnable::run, List.of(listener()),
				QuorumObserver.NONE);
	}

	private RedLockListener listener() {
		return new RedLockListener() {

			@Override
			public void released(Lease lease) {
				SimulatedClient.this.simulation.ended(lease, Simulation.End.RELEASED);
			}

			@Override
			public void lost(Lease lease) {
				SimulatedClient.this.simulation.ended(lease, Simulation.End.LOST);
			}

		};
	}

	@Override
	public long nanoTime() {
		return (long) (this.world.now() * this.rate);
	}

	@Override
	public long wallMicros() {
		return (long) (this.world.now() / 1000 * this.rate) + 1_700_000_000_000_000L + this.wallOffsetMicros;
	}

	@Override
	public Cancellable schedule(Runnable task, Duration delay) {
		boolean[] cancelled = new boolean[1];
		this.world.after(1 + (long) Math.ceil(Math.max(0, delay.toNanos()) / this.rate), () -> execute(() -> {
			if (!cancelled[0]) {
				task.run();
			}
		}));
		return () -> cancelled[0] = true;
	}

	/**
	 * Run code of this process now, or when it goes on.
	 * @param code the code
	 */
	void execute(Runnable code) {
		if (this.paused) {
			this.whenResumed.add(code);
		}
		else {
			this.world.after(0, () -> {
				if (this.paused) {
					this.whenResumed.add(code);
				}
				else {
					code.run();
				}
			});
		}
	}

	void pause(long nanos) {
		this.paused = true;
		this.pausedNanos += nanos;
		this.world.after(nanos, () -> {
			this.paused = false;
			List<Runnable> waiting = List.copyOf(this.whenResumed);
			this.whenResumed.clear();
			waiting.forEach(this::execute);
		});
	}

	/**
	 * Note that this process has given up an acquisition or a lease.
	 * @param owner its owner
	 */
	void released(String owner) {
		this.simulation.released(owner);
	}

	void setWallClock(long offsetMicros) {
		this.wallOffsetMicros = offsetMicros;
	}

	long distance() {
		return this.distance;
	}

	boolean isPaused() {
		return this.paused;
	}

	boolean isIdle() {
		return this.running == 0;
	}

	/**
	 * Take a lock once, and perhaps again and again.
	 */
	void work() {
		this.running++;
		Habits habits = this.simulation.habits();
		List<String> keys = habits.keys();
		LockOptions options = habits.options();
		long begun = this.world.now() - this.pausedNanos;
		CompletableFuture<Lease> wanted = this.locks.acquireAsync(keys, options);
		if (habits.cancel()) {
			this.world.after(this.world.between(0, 100 * MILLIS), () -> execute(() -> wanted.cancel(false)));
		}
		wanted.whenComplete((held, failure) -> {
			this.simulation.waited(this.world.now() - this.pausedNanos - begun, options.waitFor());
			if (failure != null) {
				this.simulation.failed(failure);
				next();
				return;
			}
			this.simulation.granted(this, held);
			this.world.after(habits.work(options.lease()), () -> execute(() -> {
				this.simulation.closing((HeldLease) held, options.atLeast());
				boolean valid = held.isValid();
				((HeldLease) held).beginClose();
				this.simulation.closed(held, valid);
				next();
			}));
		});
	}

	/**
	 * Take a lock that must be granted, for all masters are well.
	 */
	void proveProgress() {
		this.running++;
		LockOptions options = new LockOptions(Habits.LEASES.get(1), Duration.ofSeconds(5));
		this.locks.acquireAsync(Habits.KEYS, options).whenComplete((held, failure) -> {
			this.running--;
			if (failure != null) {
				this.simulation.noProgress(failure);
			}
			else {
				((HeldLease) held).beginClose();
			}
		});
	}

	private void next() {
		this.running--;
		if (this.simulation.goesOn()) {
			this.world.after(this.simulation.habits().rest(), () -> execute(this::work));
		}
	}

}
