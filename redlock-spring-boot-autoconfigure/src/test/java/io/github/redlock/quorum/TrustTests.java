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

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.logging.Level;
import java.util.logging.Logger;

import io.github.redlock.Lease;
import io.github.redlock.QuorumUnavailableException;
import io.github.redlock.RedLockException;
import io.github.redlock.quorum.AcquireReply.Granted;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What a master keeps against what its holder trusts, while the wall clock is set forward
 * and back, and the master executes renewals late, in any order, with or without an
 * answer.
 */
class TrustTests {

	private static final Duration LEASE = Duration.ofSeconds(5);

	private static final int SCHEDULES = 5_000;

	private static final int STEPS = 60;

	private static final Logger logger = Logger.getLogger("io.github.redlock.quorum");

	@BeforeAll
	static void beQuiet() {
		logger.setLevel(Level.OFF);
	}

	@AfterAll
	static void logAgain() {
		logger.setLevel(null);
	}

	@ParameterizedTest
	@ValueSource(strings = { "PT7.5S", "PT20S", "PT5S" })
	void noRenewalShortensALockBelowWhatItsHolderTrusts(Duration maxHold) {
		long checks = 0;
		for (int seed = 1; seed <= SCHEDULES; seed++) {
			checks += new Schedule(seed, maxHold).run();
		}
		assertThat(checks).isGreaterThan(SCHEDULES);
	}

	private static final class Schedule implements InvocationHandler, Clocks {

		private final Random random;

		private final LockOptions options;

		private final QuorumLocks locks;

		private final List<Duration> late = new ArrayList<>();

		private final String schedule;

		private final long longest;

		private long nanos;

		private long wallAhead;

		/** When the lock ends on the master, by the monotonic clock. */
		private long end;

		private Schedule(int seed, Duration maxHold) {
			this.random = new Random(seed);
			this.options = new LockOptions(LEASE, Duration.ZERO, false, Duration.ZERO, maxHold, null);
			this.longest = maxHold.toNanos();
			this.schedule = "schedule %d of %s".formatted(seed, maxHold);
			LockNode master = (LockNode) Proxy.newProxyInstance(LockNode.class.getClassLoader(),
					new Class<?>[] { LockNode.class }, this);
			this.locks = new QuorumLocks(List.of(master), new QuorumSettings(Duration.ofMillis(1), Duration.ofMillis(1),
					Duration.ofMillis(1), LEASE.multipliedBy(10)), this, (task, delay) -> () -> {
					}, this.random, Runnable::run, List.of());
		}

		private long run() {
			long checks = 0;
			Lease lease = this.locks.acquire(List.of("a"), this.options);
			for (int i = 0; i < STEPS && lease.isValid(); i++) {
				step(lease);
				long kept = Math.max(0, this.end - this.nanos);
				assertThat(kept).as(this.schedule).isGreaterThanOrEqualTo(lease.remaining().toNanos());
				long held = this.nanos + Math.max(0, this.wallAhead);
				assertThat(!lease.isValid() || held <= this.longest).as(this.schedule).isTrue();
				checks++;
			}
			return checks;
		}

		private void step(Lease lease) {
			switch (this.random.nextInt(4)) {
				case 0 -> this.nanos += this.random.nextLong(Duration.ofSeconds(2).toNanos());
				case 1 -> this.wallAhead = this.random.nextLong(Duration.ofSeconds(4).toNanos());
				case 2 -> renew(lease);
				default -> {
					if (!this.late.isEmpty()) {
						extend(this.late.remove(this.random.nextInt(this.late.size())));
					}
				}
			}
		}

		private void renew(Lease lease) {
			try {
				lease.renew();
			}
			catch (QuorumUnavailableException ex) {
				// not confirmed, and executed later or never
			}
			catch (RedLockException ex) {
				assertThat(lease.isValid()).isFalse();
			}
		}

		private void extend(Duration length) {
			this.end = this.nanos + length.toNanos();
		}

		@Override
		public long nanoTime() {
			return this.nanos;
		}

		@Override
		public long wallMicros() {
			return (this.nanos + this.wallAhead) / 1_000;
		}

		@Override
		public Object invoke(Object proxy, Method method, @Nullable Object[] arguments) {
			return switch (method.getName()) {
				case "name" -> "master";
				case "acquire" -> {
					extend(((LockRequest) arguments[0]).lease());
					yield CompletableFuture.completedStage(new Granted(1));
				}
				case "extend" -> extended(((LockRequest) arguments[0]).lease());
				case "ping" -> CompletableFuture.completedStage(null);
				default -> throw new UnsupportedOperationException(method.getName());
			};
		}

		private Object extended(Duration length) {
			if (this.random.nextBoolean()) {
				extend(length);
				return CompletableFuture.completedStage(true);
			}
			this.late.add(length);
			return CompletableFuture.failedStage(new IllegalStateException("no answer"));
		}

	}

}
