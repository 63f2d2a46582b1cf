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

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import io.github.redlock.Lease;
import io.github.redlock.LeaseLostException;
import io.github.redlock.LockBusyException;
import io.github.redlock.RedLockClient;
import io.github.redlock.RedLockListener;
import io.github.redlock.test.EmbeddedRedLock;
import io.github.redlock.test.RedisMasters;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * How holders, actions and listeners are told that a lease is lost.
 */
@EmbeddedRedLock
class LeaseLossTests {

	private static final Executor THREADS = (task) -> new Thread(task).start();

	private final RedisMasters masters;

	LeaseLossTests(RedisMasters masters) {
		this.masters = masters;
	}

	@Test
	void aLeaseWhoseRenewalsFailTurnsInvalidBeforeAnyOtherClientIsGrantedTheKey() throws Exception {
		Recorder recorder = new Recorder();
		try (Cable first = new Cable(this.masters.get(0));
				Cable second = new Cable(this.masters.get(1));
				TestApplication cutOff = new TestApplication(
						String.join(",", first.address(), second.address(), this.masters.get(2).address()), recorder);
				TestApplication other = new TestApplication(this.masters.nodes())) {
			for (int millis : new int[] { 300, 500, 900 }) {
				String key = "cut-off:" + millis;
				Duration lease = Duration.ofMillis(millis);
				CompletableFuture<Lease> started = new CompletableFuture<>();
				CountDownLatch granted = new CountDownLatch(1);
				CountDownLatch lost = new CountDownLatch(1);
				CompletableFuture<Void> holder = CompletableFuture
					.runAsync(() -> cutOff.redLock().lock(key).lease(lease).run(() -> {
						Lease.current().onLost(lost::countDown);
						started.complete(Lease.current());
						awaitUninterruptibly(granted);
					}), THREADS);
				Lease held = started.get(10, TimeUnit.SECONDS);
				await().during(lease).atMost(Duration.ofSeconds(10)).until(held::isValid);
				first.cut();
				second.cut();
				LastSeen valid = new LastSeen(held);
				try (Lease next = acquireAtOnce(other.redLock(), key)) {
					long grantedAt = System.nanoTime();
					boolean stillValid = held.isValid();
					granted.countDown();
					assertThat(stillValid).isFalse();
					System.out.printf("lease of %d ms: invalid %d us before the next one was granted%n", millis,
							TimeUnit.NANOSECONDS.toMicros(grantedAt - valid.end()));
					assertThat(valid.end()).isLessThan(grantedAt);
					assertThat(next.token()).isGreaterThan(held.token());
					assertThatExceptionOfType(LeaseLostException.class).isThrownBy(() -> result(holder))
						.withMessageContaining(key);
					assertThat(lost.await(5, TimeUnit.SECONDS)).isTrue();
					await().untilAsserted(() -> assertThat(recorder.lost).containsKey(key));
					first.mend();
					second.mend();
					await().during(Duration.ofMillis(100)).until(next::isValid);
				}
			}
		}
	}

	@Test
	void actionsAndListenersThatBlockOrFailHoldUpNobody() throws Exception {
		Recorder recorder = new Recorder();
		CountDownLatch blocked = new CountDownLatch(1);
		AtomicInteger failures = new AtomicInteger();
		RedLockListener bad = new RedLockListener() {

			@Override
			public void lost(Lease lease) {
				failures.incrementAndGet();
				awaitUninterruptibly(lease, blocked);
				throw new IllegalStateException("a listener's own");
			}

		};
		try (TestApplication application = new TestApplication(this.masters.nodes(), bad, recorder)) {
			RedLockClient redLock = application.redLock();
			Duration time = Duration.ofMillis(500);
			Lease renewed = redLock.lock("renewed").lease(Duration.ofMillis(600)).acquire();
			Lease slow = redLock.lock("slow").lease(time).renew(false).acquire();
			CountDownLatch told = new CountDownLatch(2);
			slow.onLost(() -> awaitUninterruptibly(slow, blocked));
			slow.onLost(() -> {
				throw new IllegalStateException("an action's own");
			});
			slow.onLost(told::countDown);
			Lease quick = redLock.lock("quick").lease(time).renew(false).acquire();
			quick.onLost(told::countDown);
			assertThat(told.await(10, TimeUnit.SECONDS)).isTrue();
			assertThat(slow.isValid()).isFalse();
			await().untilAsserted(() -> assertThat(recorder.lost).containsKey("quick"));
			assertThat(recorder.lost).doesNotContainKey("slow");
			await().during(Duration.ofMillis(1200)).atMost(Duration.ofSeconds(5)).until(renewed::isValid);
			blocked.countDown();
			await().untilAsserted(() -> assertThat(recorder.lost).containsKey("slow"));
			assertThat(failures).hasValue(2);
			renewed.close();
		}
	}

	@Test
	void aListenerThatBlocksHoldsUpItsOwnCallerOnly() throws Exception {
		CountDownLatch entered = new CountDownLatch(3);
		CountDownLatch blocked = new CountDownLatch(1);
		RedLockListener bad = new RedLockListener() {

			@Override
			public void acquired(Lease lease) {
				awaitBlocked(lease.keys());
			}

			@Override
			public void busy(List<String> keys) {
				awaitBlocked(keys);
			}

			@Override
			public void released(Lease lease) {
				awaitBlocked(lease.keys());
			}

			private void awaitBlocked(List<String> keys) {
				if (keys.get(0).startsWith("blocked")) {
					entered.countDown();
					LeaseLossTests.awaitUninterruptibly(blocked);
				}
				throw new IllegalStateException("a listener's own");
			}

		};
		try (TestApplication application = new TestApplication(this.masters.nodes(), bad);
				TestApplication other = new TestApplication(this.masters.nodes())) {
			RedLockClient redLock = application.redLock();
			Lease held = other.redLock().lock("blocked:busy").acquire();
			List<CompletableFuture<?>> callers = new ArrayList<>();
			callers.add(CompletableFuture.runAsync(() -> redLock.lock("blocked:acquired").acquire().close(), THREADS));
			callers.add(redLock.lock("blocked:asynchronous").acquireAsync());
			callers.add(
					CompletableFuture.runAsync(
							() -> assertThatExceptionOfType(LockBusyException.class)
								.isThrownBy(() -> redLock.lock("blocked:busy").waitFor(Duration.ZERO).acquire()),
							THREADS));
			assertThat(entered.await(10, TimeUnit.SECONDS)).isTrue();
			for (int i = 0; i < 50; i++) {
				redLock.lock("free").waitFor(Duration.ZERO).acquire().close();
			}
			assertThat(callers).noneMatch(CompletableFuture::isDone);
			blocked.countDown();
			for (CompletableFuture<?> caller : callers) {
				caller.get(10, TimeUnit.SECONDS);
			}
			held.close();
		}
	}

	@Test
	void tellsListenersInTheCallersOrder() {
		List<String> events = new ArrayList<>();
		RedLockListener listener = new RedLockListener() {

			@Override
			public void acquired(Lease lease) {
				events.add("acquired " + lease.isValid());
			}

			@Override
			public void busy(List<String> keys) {
				events.add("busy " + keys);
			}

			@Override
			public void released(Lease lease) {
				events.add("released " + lease.isValid());
			}

		};
		try (TestApplication application = new TestApplication(this.masters.nodes(), listener);
				TestApplication other = new TestApplication(this.masters.nodes())) {
			application.redLock().lock("told").run(() -> events.add("body"));
			try (Lease held = other.redLock().lock("told").acquire()) {
				assertThat(application.redLock().lock("told").waitFor(Duration.ZERO).tryAcquire()).isEmpty();
			}
		}
		assertThat(events).containsExactly("acquired true", "body", "released false", "busy [told]");
	}

	@Test
	void anActionOfALostLeaseRunsAtOnceAndItsFailureIsNotTheCallers() {
		try (TestApplication application = new TestApplication(this.masters.nodes())) {
			CountDownLatch first = new CountDownLatch(1);
			AtomicInteger later = new AtomicInteger();
			Lease lease = application.redLock().lock("over").lease(Duration.ofMillis(200)).renew(false).acquire();
			lease.onLost(first::countDown);
			await().until(() -> first.getCount() == 0);
			lease.onLost(() -> {
				later.incrementAndGet();
				throw new IllegalStateException("an action's own");
			});
			assertThat(later).hasValue(1);
			lease.close();
		}
	}

	private static Lease acquireAtOnce(RedLockClient redLock, String key) {
		for (;;) {
			try {
				return redLock.lock(key).waitFor(Duration.ZERO).acquire();
			}
			catch (LockBusyException ex) {
				Thread.onSpinWait();
			}
		}
	}

	private static void result(CompletableFuture<?> future) throws Throwable {
		try {
			future.get(10, TimeUnit.SECONDS);
		}
		catch (ExecutionException ex) {
			throw ex.getCause();
		}
	}

	private static void awaitUninterruptibly(Lease lease, CountDownLatch latch) {
		if (lease.keys().contains("slow")) {
			awaitUninterruptibly(latch);
		}
	}

	private static void awaitUninterruptibly(CountDownLatch latch) {
		try {
			latch.await();
		}
		catch (InterruptedException ex) {
			throw new AssertionError(ex);
		}
	}

	/**
	 * Asks a lease without pause whether it is valid, as long as it is.
	 */
	private static final class LastSeen {

		private final CompletableFuture<Long> end;

		LastSeen(Lease lease) {
			this.end = CompletableFuture.supplyAsync(() -> {
				long valid = System.nanoTime();
				for (;;) {
					long asked = System.nanoTime();
					if (!lease.isValid()) {
						return valid;
					}
					valid = asked;
				}
			}, THREADS);
		}

		/**
		 * Return when the lease was last seen valid.
		 * @return the time just before it was asked and still valid
		 */
		long end() throws Exception {
			return this.end.get(10, TimeUnit.SECONDS);
		}

	}

	private static final class Recorder implements RedLockListener {

		private final Map<String, Lease> lost = new ConcurrentHashMap<>();

		@Override
		public void lost(Lease lease) {
			this.lost.put(lease.keys().get(0), lease);
		}

	}

}
