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

package io.github.redlock.scenarios;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.github.redlock.Lease;
import io.github.redlock.QuorumUnavailableException;
import io.github.redlock.RedLockListener;
import io.github.redlock.test.RedisMaster;
import io.github.redlock.test.RedisMasters;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Clocks, pauses, and answers that take their time.
 */
class TimeTests extends TwoInstances {

	private static final Duration LEASE = Duration.ofSeconds(1);

	TimeTests(RedisMasters masters) {
		super(masters);
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void mastersSlowerThanTheLeaseNeverYieldIt(boolean asynchronously) {
		List<Wire> wires = wires();
		try (Instance instance = instance(addresses(wires), "redlock.node-timeout=2s", "redlock.connect-timeout=10s")) {
			instance.lock("warm").acquire().close();
			wires.stream().limit(3).forEach((wire) -> wire.delayAnswers(Duration.ofMillis(150)));
			var spec = instance.lock(this.key).lease(Duration.ofMillis(100)).waitFor(Duration.ofMillis(500));
			assertThatExceptionOfType(QuorumUnavailableException.class)
				.isThrownBy(() -> (asynchronously ? joined(spec.acquireAsync()) : spec.acquire()).close())
				.withMessageContaining("too late");
			assertThat(instance.events().released).noneMatch((lease) -> lease.keys().contains(this.key));
		}
		finally {
			wires.forEach(Wire::close);
		}
	}

	private static Lease joined(CompletableFuture<Lease> future) {
		try {
			return future.join();
		}
		catch (CompletionException ex) {
			throw (RuntimeException) ex.getCause();
		}
	}

	@Test
	void aPauseAfterTheAnswersHaveArrivedIsCounted() {
		try (Engine engine = new Engine(this.masters)) {
			engine.client().lock("warm").acquire().close();
			engine.afterEachAnswer(() -> engine.pause(LEASE));
			assertThatExceptionOfType(QuorumUnavailableException.class).isThrownBy(
					() -> engine.client().lock(this.key).lease(LEASE.multipliedBy(2)).waitFor(Duration.ZERO).acquire())
				.withMessageContaining("too late");
			soon().atMost(LEASE).until(() -> holders(this.key) == 0);
		}
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void aPauseBeforeTheLeaseIsHandedOverIsCounted(boolean asynchronously) {
		AtomicReference<Engine> paused = new AtomicReference<>();
		RedLockListener pause = new RedLockListener() {

			@Override
			public void acquired(Lease lease) {
				assertThat(lease.isValid()).isTrue();
				paused.get().pause(Duration.ofMinutes(1));
			}

		};
		try (Engine engine = new Engine(this.masters, pause)) {
			paused.set(engine);
			var spec = engine.client().lock(this.key).lease(Duration.ofSeconds(10)).waitFor(Duration.ZERO);
			assertThatExceptionOfType(QuorumUnavailableException.class)
				.isThrownBy(() -> (asynchronously ? joined(spec.acquireAsync()) : spec.acquire()).close())
				.withMessageContaining("must have been paused");
			soon().atMost(Duration.ofSeconds(5)).until(() -> holders(this.key) == 0);
		}
	}

	@Test
	void aHolderThatIsPausedBeyondItsLeaseIsToldAndItsLateWriteIsRejected() throws Exception {
		AtomicLong greatestSeen = new AtomicLong();
		try (HolderProcess holder = HolderProcess.start(this.masters.nodes(), this.key, LEASE)) {
			long token = Long.parseLong(holder.hear());
			assertThat(holder.tell("write")).isEqualTo(token + " true");
			assertThat(write(greatestSeen, token)).isTrue();
			holder.pause();
			try (Lease lease = this.other.lock(this.key).waitFor(Duration.ofSeconds(10)).acquire()) {
				assertThat(write(greatestSeen, lease.token())).isTrue();
				holder.resume();
				assertThat(holder.tell("write")).isEqualTo(token + " false");
				assertThat(write(greatestSeen, token)).isFalse();
				assertThat(holder.tell("end")).isEqualTo("lost");
				assertThat(lease.isValid()).isTrue();
			}
		}
	}

	/**
	 * A resource that refuses smaller tokens than it has seen.
	 * @param greatestSeen the greatest token so far
	 * @param token of the writer
	 * @return whether it was written
	 */
	private static boolean write(AtomicLong greatestSeen, long token) {
		return greatestSeen.getAndAccumulate(token, Math::max) <= token;
	}

	@ParameterizedTest
	@EnumSource
	void noTwoLeasesAreValidAtOnceWhenAClockLeaps(Leap leap) {
		try (Engine engine = new Engine(this.masters)) {
			engine.client().lock("warm").acquire().close();
			Lease first = engine.client().lock(this.key).lease(LEASE.dividedBy(2)).renew(false).acquire();
			leap.happen(engine);
			try (Lease second = this.other.lock(this.key).waitFor(Duration.ofSeconds(10)).acquire()) {
				assertThat(first.isValid()).isFalse();
				assertThat(first.remaining()).isZero();
				leap.undo(engine);
				assertThat(first.isValid()).isFalse();
				assertThat(second.isValid()).isTrue();
				assertThat(second.token()).isGreaterThan(first.token());
			}
			leap.happen(engine);
			try (Lease third = engine.client().lock(this.key).lease(LEASE).acquire()) {
				assertThat(third.token()).isGreaterThan(first.token());
				assertThat(this.other.lock(this.key).waitFor(Duration.ZERO).tryAcquire()).isEmpty();
			}
		}
	}

	@Test
	void aWallClockThatIsSetBackBetweenQuestionAndAnswersGivesNoTime() {
		try (Engine engine = new Engine(this.masters)) {
			engine.client().lock("warm").acquire().close();
			engine.afterEachAnswer(() -> {
				engine.pause(LEASE);
				engine.setWallClockForward(Duration.ofHours(-1));
			});
			assertThatExceptionOfType(QuorumUnavailableException.class).isThrownBy(
					() -> engine.client().lock(this.key).lease(LEASE.multipliedBy(2)).waitFor(Duration.ZERO).acquire())
				.withMessageContaining("too late");
		}
	}

	@Test
	void whatRemainsIsNeverMoreThanAQuorumOfMastersKeeps() {
		List<Wire> wires = wires();
		try (Instance instance = instance(addresses(wires), "redlock.node-timeout=1s")) {
			instance.lock("warm").acquire().close();
			wires.forEach((wire) -> wire.delayAnswers(Duration.ofMillis(100)));
			try (Lease lease = instance.lock(this.key).lease(LEASE).acquire()) {
				long start = System.nanoTime();
				Duration greatest = Duration.ZERO;
				while (since(start).compareTo(Duration.ofMillis(1500)) < 0) {
					long asked = System.nanoTime();
					Duration remaining = lease.remaining();
					Duration kept = keptByAQuorum();
					assertThat(remaining).isLessThanOrEqualTo(kept.plus(since(asked)).plusMillis(1));
					greatest = Stream.of(greatest, remaining).max(Comparator.naturalOrder()).get();
					// what a minority keeps does not count
					probe(0).command("PEXPIRE", stored(this.key), "60000");
					probe(1).command("PEXPIRE", stored(this.key), "60000");
				}
				assertThat(greatest).isGreaterThan(LEASE.dividedBy(2));
				assertThat(lease.isValid()).isTrue();
			}
		}
		finally {
			wires.forEach(Wire::close);
		}
	}

	private Duration keptByAQuorum() {
		List<Long> kept = new ArrayList<>();
		for (RedisMaster master : this.masters) {
			kept.add(Math.max(0, probe(master).ttl(stored(this.key))));
		}
		kept.sort(Comparator.reverseOrder());
		return Duration.ofMillis(kept.get(2));
	}

	private List<Wire> wires() {
		List<Wire> wires = new ArrayList<>();
		this.masters.forEach((master) -> wires.add(new Wire(master)));
		return wires;
	}

	private static String addresses(List<Wire> wires) {
		return wires.stream().map(Wire::address).collect(Collectors.joining(","));
	}

	/**
	 * What befalls the clocks of a process.
	 */
	enum Leap {

		/** Somebody sets the wall clock back. */
		WALL_CLOCK_BACK {

			@Override
			void happen(Engine engine) {
				engine.setWallClockForward(HOUR.negated());
			}

			@Override
			void undo(Engine engine) {
				engine.setWallClockForward(HOUR);
			}

		},

		/** Somebody sets the wall clock forward. */
		WALL_CLOCK_FORWARD {

			@Override
			void happen(Engine engine) {
				engine.setWallClockForward(HOUR);
			}

			@Override
			void undo(Engine engine) {
				engine.setWallClockForward(HOUR.negated());
			}

		},

		/** The machine is suspended, and does not count it. */
		SUSPENSION {

			@Override
			void happen(Engine engine) {
				engine.suspend(HOUR);
			}

			@Override
			void undo(Engine engine) {
				engine.suspend(HOUR.negated());
			}

		};

		private static final Duration HOUR = Duration.ofHours(1);

		abstract void happen(Engine engine);

		abstract void undo(Engine engine);

	}

}
