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
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

import io.github.redlock.quorum.AcquireReply.Busy;
import io.github.redlock.quorum.AcquireReply.Granted;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * {@link LocalMasters} as the quorum asks them.
 */
class LocalMastersTests {

	private static final Duration LEASE = Duration.ofSeconds(10);

	private final String key = UUID.randomUUID().toString();

	private final LockRequest first = request("first");

	private final LockRequest second = request("second");

	@Test
	void answerWhoHoldsAKeyAndForHowLong() {
		try (LocalMasters masters = new LocalMasters("lock:")) {
			long proposal = Clocks.system().wallMicros();
			assertThat(acquire(masters, this.first, proposal)).isEqualTo(new Granted(proposal));
			assertThat(acquire(masters, this.first, proposal)).isEqualTo(new Granted(proposal + 1));
			assertThat(acquire(masters, this.second, proposal)).isInstanceOfSatisfying(Busy.class, (busy) -> {
				assertThat(busy.holder()).isEqualTo(this.first.owner());
				assertThat(busy.token()).isEqualTo(proposal + 1);
				assertThat(busy.remaining()).isBetween(Duration.ofSeconds(8), LEASE);
			});
			assertThat(get(node(masters).release(this.second, 0))).isFalse();
			assertThat(get(node(masters).release(this.first, 0))).isTrue();
			assertThat(acquire(masters, this.second, 1)).isEqualTo(new Granted(proposal + 2));
		}
	}

	@Test
	void refuseAnAcquireThatComesAfterItsRelease() {
		try (LocalMasters masters = new LocalMasters("lock:")) {
			assertThat(get(node(masters).release(this.first, 1))).isFalse();
			assertThat(acquire(masters, this.first, 1)).isEqualTo(new AcquireReply.Void());
			assertThat(get(node(masters).repair(this.first, 1))).isFalse();
			assertThat(acquire(masters, this.second, 1)).isInstanceOf(Granted.class);
		}
	}

	@Test
	void refuseWhatComesAfterTheReleaseOfWhatCameBeforeIt() {
		try (LocalMasters masters = new LocalMasters("lock:")) {
			assertThat(acquire(masters, this.first, 1)).isInstanceOf(Granted.class);
			assertThat(get(node(masters).release(this.first, 1))).isTrue();
			assertThat(acquire(masters, this.first, 1)).isInstanceOf(Granted.class);
			assertThat(get(node(masters).release(this.first, 2))).isTrue();
			assertThat(get(node(masters).repair(this.first, 1))).isFalse();
			assertThat(acquire(masters, this.first, 1)).isEqualTo(new AcquireReply.Void());
		}
	}

	@Test
	void handAKeyOver() {
		try (LocalMasters masters = new LocalMasters("lock:")) {
			acquire(masters, this.first, 1);
			assertThat(acquire(masters, this.second.inPlaceOf(request("other")), 1)).isInstanceOf(Busy.class);
			assertThat(acquire(masters, this.second.inPlaceOf(this.first), 1)).isInstanceOf(Granted.class);
			assertThat(get(node(masters).extend(this.first))).isFalse();
			assertThat(get(node(masters).extend(this.second))).isTrue();
		}
	}

	@Test
	void storeATokenForTheHolderOnlyAndNeverASmallerOne() {
		try (LocalMasters masters = new LocalMasters("lock:")) {
			long token = ((Granted) acquire(masters, this.first, Clocks.system().wallMicros())).token();
			assertThat(get(node(masters).confirm(this.first, token - 1, token - 1))).isFalse();
			assertThat(get(node(masters).confirm(this.second, token + 5, token))).isFalse();
			assertThat(get(node(masters).confirm(this.first, token + 5, token - 1))).isFalse();
			assertThat(get(node(masters).confirm(this.first, token + 5, token))).isTrue();
			assertThat(acquire(masters, this.first, token)).isEqualTo(new Granted(token + 6));
		}
	}

	@Test
	void giveAFreeKeyBackToItsOwnerAndNoOther() {
		try (LocalMasters masters = new LocalMasters("lock:")) {
			long token = Clocks.system().wallMicros();
			assertThat(get(node(masters).repair(this.first, token))).isTrue();
			assertThat(get(node(masters).repair(this.second, token))).isFalse();
			assertThat(get(node(masters).release(this.first, 0))).isTrue();
			assertThat(acquire(masters, this.second, 1)).isEqualTo(new Granted(token + 1));
		}
	}

	@Test
	void announceReleasesToAllInstancesThatAreOpen() {
		AtomicInteger heard = new AtomicInteger();
		AtomicInteger heardByTheOther = new AtomicInteger();
		try (LocalMasters masters = new LocalMasters("lock:")) {
			Timer.Cancellable subscription = get(
					node(masters).subscribe(List.of(this.key, "another"), heard::incrementAndGet));
			try (LocalMasters other = new LocalMasters("lock:")) {
				get(node(other).subscribe(List.of(this.key), heardByTheOther::incrementAndGet));
				assertThat(get(node(masters).countListeners(List.of("another", this.key)))).isEqualTo(2);
				acquire(other, this.first, 1);
				node(other).release(this.second, 0);
				node(other).release(this.first, 0);
				await().until(() -> heard.get() == 1 && heardByTheOther.get() == 1);
			}
			assertThat(get(node(masters).countListeners(List.of(this.key)))).isEqualTo(1);
			subscription.cancel();
			assertThat(get(node(masters).countListeners(List.of(this.key, "another")))).isZero();
			acquire(masters, this.first, 1);
			node(masters).release(this.first, 0);
			await().during(Duration.ofMillis(100)).until(() -> heard.get() == 1 && heardByTheOther.get() == 1);
		}
	}

	@Test
	void endAtOnceAndRunCallbacksStill() {
		LocalMasters masters = new LocalMasters("lock:");
		AtomicInteger ran = new AtomicInteger();
		masters.timer().schedule(ran::incrementAndGet, LEASE);
		masters.timer().schedule(ran::incrementAndGet, Duration.ZERO);
		await().until(() -> ran.get() == 1);
		long begin = System.nanoTime();
		masters.close();
		assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(1));
		masters.timer().schedule(ran::incrementAndGet, Duration.ZERO).cancel();
		AtomicReference<Thread> thread = new AtomicReference<>();
		masters.executor().execute(() -> thread.set(Thread.currentThread()));
		assertThat(thread).hasValue(Thread.currentThread());
		assertThat(ran).hasValue(1);
	}

	@Test
	void forgetKeysOfThePast() {
		long[] now = { 1 };
		LockTable table = new LockTable(() -> now[0]);
		for (int i = 0; i < 5000; i++) {
			table.acquire(new LockRequest(List.of("key-" + i), "owner-" + i, LEASE), 1, 0);
			now[0] += Duration.ofMinutes(5).toNanos() / 1000;
		}
		assertThat(table).extracting("tokens").asInstanceOf(InstanceOfAssertFactories.MAP).hasSizeLessThan(1500);
		assertThat(table.token(List.of("key-4999"))).isPositive();
		assertThat(table.owners()).isEmpty();
	}

	private LockRequest request(String owner) {
		return new LockRequest(List.of(this.key), owner + " of " + this.key, LEASE);
	}

	private static LockNode node(LocalMasters masters) {
		return masters.nodes().get(0);
	}

	private static AcquireReply acquire(LocalMasters masters, LockRequest request, long proposal) {
		return get(node(masters).acquire(request, proposal));
	}

	private static <T> T get(CompletionStage<T> stage) {
		return stage.toCompletableFuture().join();
	}

}
