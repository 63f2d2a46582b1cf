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
import java.util.Iterator;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;

import io.github.redlock.Lease;
import io.github.redlock.LeaseLostException;
import io.github.redlock.QuorumUnavailableException;
import io.github.redlock.quorum.AcquireReply.Busy;
import io.github.redlock.quorum.AcquireReply.Granted;
import io.github.redlock.quorum.AcquireReply.NotAsked;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Those that queue in a process for one key, where each step is the test's.
 */
class QueueTests implements InvocationHandler, Clocks {

	private static final Duration WAIT = Duration.ofSeconds(10);

	private static final int MANY = 20_000;

	private static final Duration LEASE = Duration.ofSeconds(5);

	private static final List<String> KEYS = List.of("a");

	private final List<String> calls = new ArrayList<>();

	private final List<Runnable> scheduled = new ArrayList<>();

	private final List<Duration> delays = new ArrayList<>();

	private final List<Runnable> announcements = new ArrayList<>();

	private boolean granting;

	private @Nullable String holder;

	private @Nullable String lastOwner;

	private long listeners;

	private long nanos;

	private long wallMicros;

	@Test
	void allGiveUpOneAfterTheOtherWhenAPauseHasOutlastedTheirWait() {
		QuorumLocks locks = locks(Runnable::run);
		List<CompletableFuture<Lease>> waiting = new ArrayList<>();
		waiting.add(acquire(locks));
		Runnable nextRound = this.scheduled.get(this.scheduled.size() - 1);
		for (int i = 1; i < MANY; i++) {
			waiting.add(acquire(locks));
		}
		this.nanos += 2 * WAIT.toNanos();
		nextRound.run();
		assertThat(waiting.stream().filter(CompletableFuture::isCompletedExceptionally).count()).isEqualTo(MANY);
		assertThatExceptionOfType(CompletionException.class).isThrownBy(waiting.get(MANY - 1)::join)
			.withCauseInstanceOf(QuorumUnavailableException.class);
		this.granting = true;
		assertThat(acquire(locks).join().isValid()).isTrue();
	}

	@Test
	void whoTriesAgainAtOnceDoesNotMeetTheLastTryInTheQueue() {
		QuorumLocks locks = locks(Runnable::run);
		CompletableFuture<Lease> first = acquire(locks);
		CompletableFuture<Lease> second = first.exceptionallyCompose((failure) -> {
			this.granting = true;
			return locks.acquireAsync(KEYS, new LockOptions(LEASE, Duration.ZERO));
		});
		this.nanos += 2 * WAIT.toNanos();
		this.scheduled.get(this.scheduled.size() - 1).run();
		assertThat(second.join().isValid()).isTrue();
	}

	@Test
	void whatCannotBeGivenForWantOfAThreadIsGivenBack() {
		this.granting = true;
		AtomicBoolean refusing = new AtomicBoolean(true);
		QuorumLocks locks = locks((task) -> {
			if (refusing.get()) {
				throw new RejectedExecutionException("no thread");
			}
			task.run();
		});
		CompletableFuture<Lease> refused = acquire(locks);
		assertThat(refused).isCompletedExceptionally();
		assertThat(this.calls).containsExactly("acquire", "release");
		assertThat(locks.held()).isEmpty();
		refusing.set(false);
		assertThat(acquire(locks).join().isValid()).isTrue();
	}

	@Test
	void aTaskThatCannotBeBegunForWantOfAThreadFailsAndLeavesNothing() {
		this.granting = true;
		QuorumLocks locks = locks((task) -> {
			throw new RejectedExecutionException("no thread");
		});
		LockOptions options = new LockOptions(LEASE, WAIT);
		CompletableFuture<Boolean> called = new QuorumRedLockClient(locks, options).lock("a")
			.callAsync((lease) -> CompletableFuture.completedFuture(true));
		assertThat(called).isCompletedExceptionally();
		assertThat(this.calls).containsExactly("acquire", "release");
		assertThat(locks.held()).isEmpty();
	}

	@Test
	void aLossIsToldEvenWithoutAThread() {
		this.granting = true;
		AtomicBoolean refusing = new AtomicBoolean();
		QuorumLocks locks = locks((task) -> {
			if (refusing.get()) {
				throw new RejectedExecutionException("no thread");
			}
			task.run();
		});
		Lease lease = acquire(locks).join();
		AtomicBoolean told = new AtomicBoolean();
		lease.onLost(() -> told.set(true));
		refusing.set(true);
		locks.breakLock("a");
		assertThat(told).isTrue();
		assertThat(lease.isValid()).isFalse();
	}

	@Test
	void aLossThatOnlyTheWallClockShowsIsToldSoon() {
		this.granting = true;
		Lease lease = acquire(locks(Runnable::run)).join();
		AtomicBoolean told = new AtomicBoolean();
		lease.onLost(() -> told.set(true));
		assertThat(this.delays).allMatch((delay) -> delay.compareTo(Duration.ofSeconds(2)) < 0);
		this.wallMicros += LEASE.toNanos() / 1000;
		List.copyOf(this.scheduled).forEach(Runnable::run);
		assertThat(told).isTrue();
	}

	@Test
	void aLossIsStillToldOfWhenTheLeaseHasBeenClosed() {
		this.granting = true;
		Lease lease = acquire(locks(Runnable::run)).join();
		this.nanos += LEASE.toNanos();
		lease.close();
		AtomicBoolean told = new AtomicBoolean();
		lease.onLost(() -> told.set(true));
		lease.close();
		assertThat(told).isTrue();
		assertThatExceptionOfType(LeaseLostException.class).isThrownBy(lease::renew).withMessageContaining("was lost");
		assertThat(this.calls).filteredOn("release"::equals).hasSize(1);
	}

	@Test
	void afterManyTurnsInARowEachOtherProcessGoesFirst() {
		CompletableFuture<Lease> next = afterManyTurnsInARow();
		this.holder = "b";
		assertThat(acquiresOfNextTask()).isOne();
		assertThat(acquiresOf(this::announce)).isZero();
		this.holder = "c";
		assertThat(acquiresOfNextTask()).isOne();
		this.granting = true;
		assertThat(acquiresOf(this::announce)).isOne();
		assertThat(next.join().isValid()).isTrue();
	}

	@Test
	void stepsBackNoLongerThanOthersNeed() {
		CompletableFuture<Lease> next = afterManyTurnsInARow();
		this.holder = "process1-0";
		assertThat(acquiresOfNextTask()).isOne();
		for (int i = 0; i < 10; i++) {
			this.holder = "process1-" + i;
			assertThat(acquiresOf(this::announce)).isZero();
			assertThat(acquiresOfNextTask()).isOne();
		}
		this.nanos += this.listeners * Duration.ofMillis(100).toNanos();
		this.granting = true;
		assertThat(acquiresOf(this::announce)).isOne();
		assertThat(next.join().isValid()).isTrue();
	}

	@Test
	void stepsBackWhileOthersHoldForLong() {
		afterManyTurnsInARow();
		this.holder = "process1-0";
		assertThat(acquiresOfNextTask()).isOne();
		this.nanos += this.listeners * Duration.ofMillis(100).toNanos();
		for (int i = 1; i <= 2 * this.listeners; i++) {
			assertThat(acquiresOf(this::announce)).isZero();
			assertThat(acquiresOf(this::announce)).isZero();
			this.holder = "process1-" + i;
			assertThat(acquiresOfNextTask()).isOne();
		}
		assertThat(acquiresOf(this::announce)).isOne();
	}

	@Test
	void whoComesSoonAfterALockThatIsKeptForLongLetsOthersGoFirst() {
		QuorumLocks locks = locks(Runnable::run);
		this.granting = true;
		this.listeners = 1;
		LockOptions options = new LockOptions(LEASE, WAIT, true, Duration.ofMillis(100), null, null);
		locks.acquireAsync(KEYS, options).join().close();
		assertThat(acquire(locks)).isNotDone();
		assertThat(lastDelay()).isBetween(Duration.ofMillis(2), Duration.ofMillis(10));
	}

	@Test
	void whoComesSoonAfterManyTurnsInARowLetsOthersGoFirst() {
		QuorumLocks locks = locks(Runnable::run);
		this.granting = true;
		this.listeners = 1;
		for (int i = 0; i < 24; i++) {
			assertThat(acquiresOf(() -> acquire(locks).join().close())).isOne();
		}
		CompletableFuture<Lease> next = acquire(locks);
		assertThat(next).isNotDone();
		assertThat(acquiresOfNextTask()).isOne();
		assertThat(next.join().isValid()).isTrue();
	}

	@Test
	void whoComesSoonAfterALongTurnLetsOthersGoFirst() {
		QuorumLocks locks = locks(Runnable::run);
		this.granting = true;
		this.listeners = 1;
		Lease lease = acquire(locks).join();
		this.nanos += Duration.ofMillis(100).toNanos();
		lease.close();
		assertThat(acquire(locks)).isNotDone();
		assertThat(lastDelay()).isBetween(Duration.ofMillis(2), Duration.ofMillis(10));
	}

	@Test
	void thoseThatAreNotSeenAreGivenMoreTime() {
		QuorumLocks locks = locks(Runnable::run);
		this.granting = true;
		this.listeners = 1;
		int[] times = { 1, 2, 4, 8, 1, 1, 1, 1, 1, 2 };
		for (int i = 0; i < times.length; i++) {
			holdFor100Millis(locks);
			CompletableFuture<Lease> next = acquire(locks);
			assertThat(lastDelay()).isBetween(Duration.ofMillis(2L * times[i]), Duration.ofMillis(10L * times[i]));
			this.scheduled.get(this.scheduled.size() - 1).run();
			next.join().close();
		}
		holdFor100Millis(locks);
		CompletableFuture<Lease> next = acquire(locks);
		this.granting = false;
		this.holder = "b";
		this.scheduled.get(this.scheduled.size() - 1).run();
		this.granting = true;
		announce();
		next.join().close();
		this.listeners = 2;
		holdFor100Millis(locks);
		acquire(locks);
		acquiresOfNextTask();
	}

	@Test
	void aRefusalByTheOwnProcessBeginsNoNewRun() {
		QuorumLocks locks = locks(Runnable::run);
		this.granting = true;
		this.listeners = 1;
		holdFor100Millis(locks);
		this.granting = false;
		this.holder = this.lastOwner;
		CompletableFuture<Lease> next = acquire(locks);
		acquiresOfNextTask();
		assertThat(next).isNotDone();
		assertThat(acquiresOf(this::announce)).isZero();
		this.holder = "b";
		assertThat(acquiresOfNextTask()).isOne();
		this.granting = true;
		assertThat(acquiresOf(this::announce)).isOne();
	}

	@Test
	void aLockIsTakenOverThoughNoMasterCanBeAsked() {
		QuorumLocks locks = locks(Runnable::run);
		this.holder = "b";
		CompletableFuture<Lease> first = acquire(locks);
		CompletableFuture<Lease> second = acquire(locks);
		this.granting = true;
		announce();
		this.calls.clear();
		first.join().close();
		assertThat(second.join().token()).isGreaterThan(first.join().token());
		assertThat(second.join().remaining()).isEqualTo(QuorumSettings.validityOf(LEASE));
		assertThat(this.calls).isEmpty();
		second.join().close();
		assertThat(this.calls).containsOnlyOnce("release");
	}

	@Test
	void whoGoesAfterOthersAsksBeforeGivingUp() {
		QuorumLocks locks = locks(Runnable::run);
		this.granting = true;
		this.listeners = 1;
		Lease lease = acquire(locks).join();
		CompletableFuture<Lease> next = acquire(locks);
		Runnable giveUp = this.scheduled.get(this.scheduled.size() - 1);
		this.nanos += Duration.ofMillis(100).toNanos();
		lease.close();
		assertThat(next).isNotDone();
		assertThat(acquiresOf(giveUp)).isOne();
		assertThat(next.join().isValid()).isTrue();
	}

	private void holdFor100Millis(QuorumLocks locks) {
		Lease held = acquire(locks).join();
		this.nanos += Duration.ofMillis(100).toNanos();
		held.close();
	}

	@Test
	void goesFirstIfNobodyElseWaitsOrTheLastTurnWasLongAgo() {
		QuorumLocks locks = locks(Runnable::run);
		this.granting = true;
		for (int i = 0; i < 100; i++) {
			acquire(locks).join().close();
		}
		assertThat(this.calls).filteredOn("countListeners"::equals).hasSize(4);
		this.listeners = 1;
		for (int i = 0; i < 100; i++) {
			acquire(locks).join().close();
			this.nanos += Duration.ofMillis(100).toNanos();
		}
		assertThat(this.calls).filteredOn("countListeners"::equals).hasSize(4);
	}

	private CompletableFuture<Lease> afterManyTurnsInARow() {
		this.granting = true;
		this.listeners = 2;
		QuorumLocks locks = locks(Runnable::run);
		List<CompletableFuture<Lease>> all = Stream.generate(() -> acquire(locks)).limit(30).toList();
		Iterator<CompletableFuture<Lease>> order = all.iterator();
		CompletableFuture<Lease> next = order.next();
		for (; next.isDone(); next = order.next()) {
			next.join().close();
		}
		assertThat(all.indexOf(next)).isEqualTo(24);
		this.granting = false;
		return next;
	}

	private Duration lastDelay() {
		return this.delays.get(this.delays.size() - 1);
	}

	private void announce() {
		this.announcements.forEach(Runnable::run);
	}

	private long acquiresOfNextTask() {
		int last = this.scheduled.size() - 1;
		assertThat(lastDelay()).isBetween(Duration.ofMillis(2), Duration.ofMillis(10));
		return acquiresOf(this.scheduled.get(last));
	}

	private long acquiresOf(Runnable action) {
		this.calls.clear();
		action.run();
		return this.calls.stream().filter("acquire"::equals).count();
	}

	private CompletableFuture<Lease> acquire(QuorumLocks locks) {
		return locks.acquireAsync(KEYS, new LockOptions(LEASE, WAIT));
	}

	private QuorumLocks locks(Executor callbacks) {
		LockNode master = (LockNode) Proxy.newProxyInstance(LockNode.class.getClassLoader(),
				new Class<?>[] { LockNode.class }, this);
		return new QuorumLocks(List.of(master), Simulation.SETTINGS, this, this::schedule, new Random(1), callbacks,
				List.of());
	}

	private Timer.Cancellable schedule(Runnable task, Duration delay) {
		this.scheduled.add(task);
		this.delays.add(delay);
		return () -> {
		};
	}

	@Override
	public long nanoTime() {
		return this.nanos;
	}

	@Override
	public long wallMicros() {
		return this.wallMicros + this.nanos / 1_000;
	}

	@Override
	public Object invoke(Object proxy, Method method, @Nullable Object[] arguments) {
		if (method.getName().equals("name")) {
			return "master";
		}
		this.calls.add(method.getName());
		return switch (method.getName()) {
			case "acquire" -> {
				this.lastOwner = ((LockRequest) arguments[0]).owner();
				yield CompletableFuture.completedStage(reply());
			}
			case "release", "breakLock", "confirm", "extend" -> CompletableFuture.completedStage(true);
			case "countListeners" -> CompletableFuture.completedStage(this.listeners);
			case "subscribe" -> subscribe((Runnable) arguments[1]);
			default -> throw new UnsupportedOperationException(method.getName());
		};
	}

	private AcquireReply reply() {
		if (this.granting) {
			return new Granted(1);
		}
		return (this.holder != null) ? new Busy(null, 0, this.holder) : new NotAsked("it is away", Duration.ZERO);
	}

	private CompletionStage<Timer.Cancellable> subscribe(Runnable released) {
		this.announcements.add(released);
		return CompletableFuture.completedStage(() -> this.announcements.remove(released));
	}

}
