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

import io.github.redlock.Lease;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Whatever line a process is paused at, nobody waits for ever, nothing is left, and no
 * two hold a lock.
 */
class PauseTests {

	private static final List<Duration> PAUSES = List.of(Duration.ofMillis(3), Duration.ofMillis(60),
			Duration.ofMillis(1500), Duration.ofMinutes(1));

	@Test
	void whoGoesAfterOthersAsksAtLast() {
		List<Long> stuck = new ArrayList<>();
		long reads = 1;
		for (long read = 1; read <= reads; read++) {
			PausedWorld world = new PausedWorld();
			world.listenElsewhere(1);
			QuorumLocks locks = world.process();
			LockOptions options = new LockOptions(PausedWorld.LEASE, Duration.ZERO);
			for (int i = 0; i < Run.MOST_HOLDS; i++) {
				locks.acquireAsync(List.of("a"), options).join().close();
			}
			world.pauseAt(read, Duration.ofMillis(60));
			long before = world.reads();
			CompletableFuture<Lease> next = locks.acquireAsync(List.of("a"), options);
			reads = Math.max(reads, world.reads() - before);
			world.run(Duration.ofMinutes(1));
			if (!next.isDone()) {
				stuck.add(read);
			}
		}
		assertThat(reads).isGreaterThan(3);
		assertThat(stuck).isEmpty();
	}

	@Test
	void nobodyWaitsForEverAndNothingIsLeft() {
		List<String> wrong = new ArrayList<>();
		long runs = 0;
		for (Duration pause : PAUSES) {
			for (int seed = 0; seed < 2; seed++) {
				long reads = 1;
				for (long read = 1; read <= reads; read++) {
					Crowd crowd = new Crowd(seed);
					crowd.world.pauseAt(read, pause);
					crowd.work();
					reads = Math.min(crowd.world.reads(), 1000);
					String when = "seed %d, %s at reading %d: ".formatted(seed, pause, read);
					crowd.wrong().forEach((what) -> wrong.add(when + what));
					runs++;
				}
			}
		}
		assertThat(runs).isGreaterThan(2000);
		assertThat(wrong).isEmpty();
	}

	/**
	 * Many who want one key, or two, in two processes.
	 */
	private static final class Crowd {

		private final PausedWorld world = new PausedWorld();

		private final Random random;

		private final List<CompletableFuture<Lease>> wanted = new ArrayList<>();

		private final List<Lease> held = new ArrayList<>();

		private final List<String> wrong = new ArrayList<>();

		private Crowd(int seed) {
			this.random = new Random(seed);
		}

		void work() {
			List<QuorumLocks> processes = List.of(this.world.process(), this.world.process());
			for (int i = 0; i < 40; i++) {
				QuorumLocks locks = processes.get((this.random.nextInt(4) == 0) ? 1 : 0);
				List<String> keys = (this.random.nextInt(5) == 0) ? List.of("a", "b") : List.of("a");
				LockOptions options = options();
				Duration work = millis(20);
				Duration patience = millis((this.random.nextInt(6) == 0) ? 200 : 100_000);
				this.world.schedule(() -> want(locks, keys, options, work, patience), millis(200));
			}
			this.world.run(Duration.ofMinutes(3));
		}

		private Duration millis(int bound) {
			return Duration.ofMillis(this.random.nextInt(bound));
		}

		private LockOptions options() {
			Duration atLeast = (this.random.nextInt(5) == 0) ? millis(150) : Duration.ZERO;
			Duration maxHold = (this.random.nextInt(8) == 0) ? Duration.ofSeconds(2) : null;
			return new LockOptions(PausedWorld.LEASE, millis(1200), this.random.nextBoolean(), atLeast, maxHold, null);
		}

		private void want(QuorumLocks locks, List<String> keys, LockOptions options, Duration work, Duration patience) {
			CompletableFuture<Lease> future = locks.acquireAsync(keys, options);
			this.wanted.add(future);
			this.world.schedule(() -> future.cancel(false), patience);
			future.thenAccept((lease) -> {
				this.held.add(lease);
				if (this.held.stream().filter(Lease::isValid).count() > 1) {
					this.wrong.add("two valid leases: " + this.held);
				}
				this.world.schedule(() -> {
					this.held.remove(lease);
					lease.close();
				}, work);
			});
		}

		List<String> wrong() {
			long waiting = this.wanted.stream().filter((future) -> !future.isDone()).count();
			if (waiting > 0) {
				this.wrong.add(waiting + " still wait");
			}
			if (!this.world.leftovers().isEmpty()) {
				this.wrong.add("left: " + this.world.leftovers());
			}
			return this.wrong;
		}

	}

}
