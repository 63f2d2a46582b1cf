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

package io.github.redlock.autoconfigure;

import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

import io.github.redlock.Lease;
import io.github.redlock.RedLockClient;
import io.github.redlock.quorum.Clocks;
import io.github.redlock.quorum.LockOptions;
import io.github.redlock.quorum.QuorumLocks;
import io.github.redlock.quorum.QuorumRedLockClient;
import io.github.redlock.quorum.QuorumSettings;
import io.github.redlock.redisson.MasterAddress;
import io.github.redlock.redisson.RedissonMasters;
import io.github.redlock.redisson.RedissonSettings;
import io.github.redlock.test.EmbeddedRedLock;
import io.github.redlock.test.RedisMaster;
import io.github.redlock.test.RedisMasters;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * How often the masters are asked for a lease and its token.
 */
@EmbeddedRedLock
class RoundTripTests {

	private static final Duration SECOND = Duration.ofSeconds(1);

	private final RedisMasters masters;

	RoundTripTests(RedisMasters masters) {
		this.masters = masters;
	}

	@Test
	void aLeaseAndItsTokenCostOneRoundTripAndItsReleaseAnother() {
		try (TestApplication application = new TestApplication(this.masters.nodes())) {
			RedLockClient redLock = application.redLock();
			redLock.lock("warm-up").acquire().close();
			awaitFree("warm-up");
			long[] before = scripts();
			int leases = 50;
			for (int i = 0; i < leases; i++) {
				try (Lease lease = redLock.lock("one", "two").acquire()) {
					assertThat(lease.token()).isPositive();
				}
			}
			awaitFree("one");
			long[] after = scripts();
			for (int i = 0; i < after.length; i++) {
				assertThat(after[i] - before[i]).isEqualTo(2L * leases);
			}
		}
	}

	@Test
	void mastersWhoseTokensDifferAreAskedOnceMore() {
		try (TestApplication application = new TestApplication(this.masters.nodes())) {
			application.redLock().lock("warm-up").acquire().close();
		}
		long first;
		try (Client ahead = new Client(Duration.ofSeconds(3), 2); Client behind = new Client(Duration.ZERO, 0)) {
			ahead.redLock.lock("warm-up").acquire().close();
			behind.redLock.lock("warm-up").acquire().close();
			try (Lease lease = ahead.redLock.lock("skewed").acquire()) {
				first = lease.token();
			}
			awaitFree("skewed");
			assertThat(stored(0)).isEqualTo(stored(1)).isEqualTo(first);
			assertThat(stored(2)).isZero();
			long[] before = scripts();
			long token;
			try (Lease lease = behind.redLock.lock("skewed").acquire()) {
				token = lease.token();
				assertThat(token).isGreaterThan(first);
				assertThat(stored(1)).isEqualTo(stored(2)).isEqualTo(token);
			}
			awaitFree("skewed");
			long[] after = scripts();
			assertThat(after[0] - before[0]).isZero();
			assertThat(after[1] - before[1]).isEqualTo(3);
			assertThat(after[2] - before[2]).isEqualTo(3);
		}
	}

	private void awaitFree(String key) {
		await().until(() -> MasterProbe.holders(this.masters, "lock:" + key) == 0);
	}

	private long stored(int master) {
		String token = MasterProbe.of(this.masters.get(master)).command("GET", "redlock:token:lock:skewed");
		return token.isEmpty() ? 0 : Long.parseLong(token);
	}

	private long[] scripts() {
		long[] calls = new long[this.masters.size()];
		for (int i = 0; i < calls.length; i++) {
			String statistics = MasterProbe.of(this.masters.get(i)).command("INFO", "commandstats");
			Matcher matcher = Pattern.compile("cmdstat_eval(?:sha)?:calls=(\\d+)").matcher(statistics);
			while (matcher.find()) {
				calls[i] += Long.parseLong(matcher.group(1));
			}
		}
		return calls;
	}

	/**
	 * A process whose clock is wrong, and that cannot reach one of the masters.
	 */
	private final class Client implements AutoCloseable {

		private final RedissonMasters connections;

		private final QuorumLocks locks;

		private final RedLockClient redLock;

		Client(Duration ahead, int unreachable) {
			List<MasterAddress> addresses = IntStream.range(0, 3)
				.mapToObj((i) -> address(RoundTripTests.this.masters.get(i), i != unreachable))
				.toList();
			this.connections = new RedissonMasters(addresses,
					new RedissonSettings("lock:", SECOND, Duration.ofHours(1), SECOND, SECOND, false));
			QuorumSettings settings = new QuorumSettings(Duration.ofMillis(50), Duration.ofMillis(5),
					Duration.ofMillis(100), Duration.ofMinutes(1));
			this.locks = new QuorumLocks(this.connections.nodes(), settings, clocks(ahead), this.connections.timer(),
					new SecureRandom(), this.connections.executor(), List.of());
			this.redLock = new QuorumRedLockClient(this.locks,
					new LockOptions(Duration.ofSeconds(30), Duration.ofSeconds(5)));
		}

		private static MasterAddress address(RedisMaster master, boolean reachable) {
			String url = reachable ? master.address() : "redis://127.0.0.1:1";
			return new MasterAddress(url, url, null, null, 0);
		}

		private static Clocks clocks(Duration ahead) {
			Clocks right = Clocks.system();
			return new Clocks() {

				@Override
				public long nanoTime() {
					return right.nanoTime();
				}

				@Override
				public long wallMicros() {
					return right.wallMicros() + ahead.toNanos() / 1000;
				}

			};
		}

		@Override
		public void close() {
			this.locks.close();
			this.connections.close();
		}

	}

}
