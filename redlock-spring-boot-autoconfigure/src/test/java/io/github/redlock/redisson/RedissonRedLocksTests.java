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

package io.github.redlock.redisson;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

import io.github.redlock.Lease;
import io.github.redlock.RedLockClient;
import io.github.redlock.RedLockException;
import io.github.redlock.autoconfigure.MasterProbe;
import io.github.redlock.autoconfigure.RedLockAutoConfiguration;
import io.github.redlock.quorum.QuorumLocks;
import io.github.redlock.test.EmbeddedRedLock;
import io.github.redlock.test.RedisMaster;
import io.github.redlock.test.RedisMasters;
import org.junit.jupiter.api.Test;
import org.redisson.api.RFuture;
import org.redisson.api.RLock;
import org.redisson.api.RedissonClient;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.util.TestPropertyValues;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.test.util.ReflectionTestUtils;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

/**
 * {@link RedissonRedLocks} on real masters, as an application gets them.
 */
@SpringBootTest(classes = RedLockAutoConfiguration.class, properties = { "redlock.lease=1s", "redlock.max-lease=40s" })
@ImportAutoConfiguration
@EmbeddedRedLock
class RedissonRedLocksTests {

	private static final AtomicInteger count = new AtomicInteger();

	private static final long OTHER_THREAD = Long.MAX_VALUE;

	@Autowired
	private RedissonRedLocks locks;

	@Autowired
	private RedLockClient redLock;

	@Autowired
	private QuorumLocks quorum;

	@Autowired
	private RedisMasters masters;

	@Autowired
	private ApplicationContext context;

	private final String name = "view:" + count.incrementAndGet();

	@Test
	void everyPublicMethodIsItsOwn() {
		Stream<Method> inherited = Arrays.stream(QuorumRedissonRedLock.class.getMethods())
			.filter((method) -> method.getDeclaringClass() != Object.class)
			.filter((method) -> !Modifier.isStatic(method.getModifiers()))
			.filter((method) -> method.getDeclaringClass() != QuorumRedissonRedLock.class);
		assertThat(inherited).isEmpty();
		assertThat(QuorumRedissonRedLock.class.getMethods()).hasSizeGreaterThan(40);
	}

	@Test
	void whatIsRefusedSaysWhyAndWhatToUseInstead() {
		assertRefused(RLock::forceUnlock, "'forceUnlock'", "redlock.lease");
		assertRefused(RLock::forceUnlockAsync, "'forceUnlockAsync'", "redlock.lease");
		assertRefused(RLock::newCondition, "'newCondition'", "queue");
		assertRefused((lock) -> lock.addListener(null), "'addListener'", "RedLockListener");
		assertRefused((lock) -> lock.addListenerAsync(null), "'addListenerAsync'", "RedLockListener");
		assertRefused((lock) -> lock.removeListener(1), "'removeListener'", "RedLockListener");
		assertRefused((lock) -> lock.removeListenerAsync(1), "'removeListenerAsync'", "RedLockListener");
	}

	private void assertRefused(Consumer<RLock> method, String... texts) {
		assertThatExceptionOfType(UnsupportedOperationException.class).isThrownBy(() -> method.accept(lock()))
			.withMessageContainingAll(texts);
	}

	@Test
	void isABeanAndNoClientIs() {
		assertThat(this.context.getBeansOfType(RedissonRedLocks.class)).hasSize(1);
		assertThat(this.context.getBeansOfType(RedissonClient.class)).isEmpty();
		assertThat(this.context.getBeansOfType(RLock.class)).isEmpty();
		assertThatIllegalArgumentException().isThrownBy(() -> this.locks.get(" ")).withMessageContaining("'name'");
	}

	@Test
	void holdsItsKeyOnTheMastersUntilItsThreadUnlocks() {
		RLock lock = lock();
		assertThat(lock.getName()).isEqualTo(this.name);
		assertThat(lock.tryLock()).isTrue();
		assertThat(lock.isHeldByCurrentThread()).isTrue();
		assertThat(isFreeForOthers()).isFalse();
		await().until(() -> holders() == 3);
		lock.unlock();
		assertThat(lock.isHeldByCurrentThread()).isFalse();
		assertThat(isFreeForOthers()).isTrue();
		await().until(() -> holders() == 0);
	}

	@Test
	void isReentrantWithoutAskingTheMastersAgainAndReleasedOnce() throws Exception {
		RLock lock = lock();
		lock.lock();
		await().until(() -> holders() == 3);
		long asked = scripts();
		assertThat(lock().tryLock()).isTrue();
		lock.lock();
		assertThat(lock().tryLock(1, 20, TimeUnit.SECONDS)).isTrue();
		assertThat(lock.tryLockAsync(1, TimeUnit.SECONDS).get()).isTrue();
		lock.lockInterruptibly();
		lock.lockAsync().get();
		assertThat(lock().getHoldCount()).isEqualTo(7);
		assertThat(lock.getHoldCountAsync().get()).isEqualTo(7);
		IntStream.range(0, 5).forEach((i) -> lock.unlock());
		lock.unlockAsync().get();
		assertThat(scripts()).isEqualTo(asked);
		assertThat(lock.getHoldCount()).isOne();
		assertThat(isFreeForOthers()).isFalse();
		lock.unlock();
		assertThat(lock.getHoldCount()).isZero();
		assertThat(isFreeForOthers()).isTrue();
	}

	@Test
	void belongsToItsThread() throws Exception {
		RLock lock = lock();
		lock.lock();
		onOtherThread(() -> {
			assertThat(lock.isHeldByCurrentThread()).isFalse();
			assertThat(lock.getHoldCount()).isZero();
			assertThat(lock.tryLock()).isFalse();
			assertThat(lock.isLocked()).isTrue();
			assertThatExceptionOfType(IllegalMonitorStateException.class).isThrownBy(lock::unlock)
				.withMessageContainingAll(this.name, "not locked by thread-id: " + Thread.currentThread().getId());
		});
		assertThat(lock.isHeldByThread(Thread.currentThread().getId())).isTrue();
		assertThat(lock.isHeldByThreadAsync(OTHER_THREAD).get()).isFalse();
		lock.unlock();
		assertThatExceptionOfType(IllegalMonitorStateException.class).isThrownBy(lock::unlock);
	}

	@Test
	void isRenewedWithoutALeaseTime() {
		RLock lock = lock();
		lock.lock();
		await().pollInSameThread()
			.during(Duration.ofMillis(2500))
			.atMost(Duration.ofSeconds(3))
			.until(lock::isHeldByCurrentThread);
		lock.unlock();
	}

	@Test
	void isNotRenewedWithALeaseTimeAndItsUnlockTellsOfTheLoss() {
		RLock lock = lock();
		lock.lock(600, TimeUnit.MILLISECONDS);
		assertThat(lock.tryLock()).isTrue();
		await().pollInSameThread().atMost(Duration.ofSeconds(1)).until(() -> !lock.isHeldByCurrentThread());
		assertThat(lock.getHoldCount()).isZero();
		for (int i = 0; i < 2; i++) {
			assertThatExceptionOfType(IllegalMonitorStateException.class).isThrownBy(lock::unlock)
				.withMessageContainingAll(this.name, "has lost it");
		}
		assertThatExceptionOfType(IllegalMonitorStateException.class).isThrownBy(lock::unlock)
			.withMessageContaining("not locked by thread-id");
	}

	@Test
	void canBeTakenAgainUnderALostOneWhoseUnlockStillTellsOfTheLoss() {
		RLock lock = lock();
		lock.lock(200, TimeUnit.MILLISECONDS);
		await().pollInSameThread().atMost(Duration.ofSeconds(1)).until(() -> !lock.isHeldByCurrentThread());
		lock.lock();
		assertThat(lock.getHoldCount()).isOne();
		lock.unlock();
		assertThatExceptionOfType(IllegalMonitorStateException.class).isThrownBy(lock::unlock)
			.withMessageContaining("has lost it");
	}

	@Test
	void impossibleTimesAreRefused() {
		RLock lock = lock();
		assertThatIllegalArgumentException().isThrownBy(() -> lock.lock(41, TimeUnit.SECONDS))
			.withMessageContainingAll("PT41S", "redlock.max-lease");
		assertThatIllegalArgumentException().isThrownBy(() -> lock.tryLockAsync(0, Long.MAX_VALUE, TimeUnit.DAYS))
			.withMessageContaining("redlock.max-lease");
		assertThatIllegalArgumentException().isThrownBy(() -> lock.tryLock(1, 1, TimeUnit.NANOSECONDS))
			.withMessageContaining("too short");
		assertThatIllegalArgumentException().isThrownBy(() -> lock.tryLock(1, null)).withMessageContaining("'unit'");
	}

	@Test
	void anUnboundedWaitAndNoUnitAreAllowedWhereRedissonAllowsThem() throws Exception {
		RLock lock = lock();
		assertThat(lock.tryLock(Long.MAX_VALUE, -1, TimeUnit.DAYS)).isTrue();
		lock.unlock();
		assertThat(lock.tryLock(-1, -1, null)).isTrue();
		lock.unlock();
		lock.lock(-1, null);
		lock.unlock();
	}

	@Test
	void tryLockWaitsAsLongAsItIsTold() throws Exception {
		RLock lock = lock();
		Lease other = this.redLock.lock(this.name).acquire();
		assertTakes(0, 1000, () -> lock.tryLock());
		assertTakes(0, 1000, () -> join(lock.tryLockAsync()));
		assertTakes(250, 1500, () -> tryLock(lock, 300));
		assertTakes(250, 1500, () -> join(lock.tryLockAsync(300, TimeUnit.MILLISECONDS)));
		CompletableFuture.delayedExecutor(300, TimeUnit.MILLISECONDS).execute(other::close);
		assertThat(lock.tryLock(5, TimeUnit.SECONDS)).isTrue();
		lock.unlock();
	}

	private static void assertTakes(long atLeast, long lessThan, BooleanSupplier refused) {
		long start = System.nanoTime();
		assertThat(refused.getAsBoolean()).isFalse();
		assertThat(Duration.ofNanos(System.nanoTime() - start)).isBetween(Duration.ofMillis(atLeast),
				Duration.ofMillis(lessThan));
	}

	@Test
	void lockWaitsUntilItIsReleasedElsewhere() throws Exception {
		try (AnnotationConfigApplicationContext other = application()) {
			Lease lease = other.getBean(RedLockClient.class).lock(this.name).acquire();
			CompletableFuture<?> locked = CompletableFuture.runAsync(() -> {
				lock().lock();
				lock().unlock();
			});
			CompletableFuture<?> lockedAsync = lock().lockAsync(OTHER_THREAD)
				.thenCompose((taken) -> lock().unlockAsync(OTHER_THREAD))
				.toCompletableFuture();
			await().during(Duration.ofMillis(300)).until(() -> !locked.isDone() && !lockedAsync.isDone());
			lease.close();
			locked.get(3, TimeUnit.SECONDS);
			lockedAsync.get(3, TimeUnit.SECONDS);
		}
	}

	@Test
	void manyThreadsNeverHoldItTogether() throws Exception {
		AtomicInteger inside = new AtomicInteger();
		AtomicInteger done = new AtomicInteger();
		Thread[] threads = IntStream.range(0, 16).mapToObj((i) -> new Thread(() -> {
			for (int turn = 0; turn < 10; turn++) {
				lock().lock();
				try {
					assertThat(inside.incrementAndGet()).isOne();
					assertThat(lock().tryLock()).isTrue();
					lock().unlock();
					assertThat(inside.decrementAndGet()).isZero();
					done.incrementAndGet();
				}
				finally {
					lock().unlock();
				}
			}
		})).toArray(Thread[]::new);
		for (Thread thread : threads) {
			thread.start();
		}
		for (Thread thread : threads) {
			thread.join();
		}
		assertThat(done).hasValue(160);
	}

	@Test
	void anInterruptEndsWhatIsInterruptibleAndLeavesNothing() throws Exception {
		Lease other = this.redLock.lock(this.name).acquire();
		assertInterrupted(() -> lock().lockInterruptibly());
		assertInterrupted(() -> lock().lockInterruptibly(5, TimeUnit.SECONDS));
		assertInterrupted(() -> lock().tryLock(1, TimeUnit.MINUTES));
		assertInterrupted(() -> lock().tryLock(30, 5, TimeUnit.SECONDS));
		other.close();
		await().until(() -> holders() == 0);
		Thread.currentThread().interrupt();
		assertThatExceptionOfType(InterruptedException.class).isThrownBy(() -> lock().tryLock(1, TimeUnit.SECONDS));
		assertThat(Thread.currentThread().isInterrupted()).isFalse();
		assertThat(isFreeForOthers()).isTrue();
	}

	private void assertInterrupted(Interruptible method) throws Exception {
		CompletableFuture<Throwable> ended = new CompletableFuture<>();
		Thread waiting = new Thread(() -> {
			try {
				method.call();
				ended.complete(null);
			}
			catch (Throwable ex) {
				ended.complete(Thread.currentThread().isInterrupted() ? null : ex);
			}
		});
		waiting.start();
		await().until(() -> waiting.getState() == Thread.State.WAITING);
		waiting.interrupt();
		assertThat(ended.get(1, TimeUnit.SECONDS)).isInstanceOf(InterruptedException.class);
	}

	@Test
	void lockAndTryLockWithoutATimeDoNotHeedInterruptsButKeepThem() throws Exception {
		Thread.currentThread().interrupt();
		assertThat(lock().tryLock()).isTrue();
		assertThat(Thread.interrupted()).isTrue();
		CompletableFuture<Boolean> locked = new CompletableFuture<>();
		Thread waiting = new Thread(() -> {
			lock().lock();
			locked.complete(Thread.interrupted() && lock().isHeldByCurrentThread());
			lock().unlock();
		});
		waiting.start();
		await().until(() -> waiting.getState() == Thread.State.WAITING);
		waiting.interrupt();
		await().during(Duration.ofMillis(200)).until(() -> !locked.isDone());
		lock().unlock();
		assertThat(locked.get(3, TimeUnit.SECONDS)).isTrue();
		waiting.join();
	}

	@Test
	void asynchronousFormsCountForTheThreadTheyName() throws Exception {
		RLock lock = lock();
		assertThat(lock.tryLockAsync(OTHER_THREAD).get()).isTrue();
		assertThat(lock.tryLockAsync(1, 10, TimeUnit.SECONDS, OTHER_THREAD).get()).isTrue();
		assertThat(lock.isHeldByThread(OTHER_THREAD)).isTrue();
		assertThat(lock.isHeldByThreadAsync(OTHER_THREAD).get()).isTrue();
		assertThat(lock.isHeldByCurrentThread()).isFalse();
		assertThat(lock.tryLockAsync(OTHER_THREAD - 1).get()).isFalse();
		assertThatExceptionOfType(ExecutionException.class).isThrownBy(() -> lock.unlockAsync().get())
			.withCauseInstanceOf(IllegalMonitorStateException.class);
		lock.unlockAsync(OTHER_THREAD).get();
		assertThat(isFreeForOthers()).isFalse();
		lock.unlockAsync(OTHER_THREAD).get();
		assertThat(isFreeForOthers()).isTrue();
		lock.lockAsync(10, TimeUnit.SECONDS, OTHER_THREAD).get();
		assertThat(lock.remainTimeToLive()).isBetween(5000L, 10000L);
		lock.unlockAsync(OTHER_THREAD).get();
		lock.lockAsync(10, TimeUnit.SECONDS).get();
		lock.unlock();
	}

	@Test
	void asynchronousCallsOfOneThreadAtTheSameTimeDoNotWaitForEachOther() throws Exception {
		Lease other = this.redLock.lock(this.name).acquire();
		List<RFuture<Void>> taken = IntStream.range(0, 10).mapToObj((i) -> lock().lockAsync(OTHER_THREAD)).toList();
		other.close();
		for (RFuture<Void> one : taken) {
			one.get(2, TimeUnit.SECONDS);
		}
		for (int i = 0; i < 10; i++) {
			assertThat(isFreeForOthers()).isFalse();
			lock().unlockAsync(OTHER_THREAD).get();
		}
		assertThat(isFreeForOthers()).isTrue();
	}

	@Test
	void aCancelledCallLeavesNothing() throws Exception {
		for (int i = 0; i < 20; i++) {
			RFuture<Void> taken = lock().lockAsync(OTHER_THREAD);
			CompletableFuture.runAsync(() -> taken.cancel(true)).get();
			if (!taken.isCancelled()) {
				lock().unlockAsync(OTHER_THREAD).get();
			}
		}
		Lease other = this.redLock.lock(this.name).acquire();
		RFuture<Boolean> waiting = lock().tryLockAsync(1, TimeUnit.MINUTES);
		waiting.cancel(false);
		assertThatExceptionOfType(CancellationException.class).isThrownBy(waiting::get);
		other.close();
		await().during(Duration.ofMillis(300)).until(() -> holders() == 0);
		assertThat(lock().isHeldByCurrentThread()).isFalse();
	}

	@Test
	void aCallThatIsCancelledAsItSucceedsIsNotCounted() throws Exception {
		Lease other = this.redLock.lock(this.name).acquire();
		RFuture<Void> first = lock().lockAsync(OTHER_THREAD);
		RFuture<Void> second = lock().lockAsync(OTHER_THREAD);
		CompletionStage<Boolean> cancelled = first.thenApply((taken) -> second.cancel(false));
		other.close();
		assertThat(cancelled.toCompletableFuture().get(3, TimeUnit.SECONDS)).isTrue();
		lock().unlockAsync(OTHER_THREAD).get();
		await().atMost(Duration.ofSeconds(3)).until(this::isFreeForOthers);
	}

	@Test
	void tellsWhetherAnyoneHoldsItAndForHowLong() throws Exception {
		RLock lock = lock();
		assertThat(lock.isLocked()).isFalse();
		assertThat(lock.isLockedAsync().get()).isFalse();
		assertThat(lock.remainTimeToLive()).isEqualTo(-2);
		assertThat(lock.remainTimeToLiveAsync().get()).isEqualTo(-2);
		try (AnnotationConfigApplicationContext other = application();
				Lease lease = other.getBean(RedLockClient.class)
					.lock(this.name)
					.lease(Duration.ofSeconds(20))
					.acquire()) {
			assertThat(lock.isLocked()).isTrue();
			assertThat(lock.isLockedAsync().get()).isTrue();
			assertThat(lock.remainTimeToLive()).isBetween(15000L, 20000L);
			assertThat(lock.remainTimeToLiveAsync().get()).isBetween(15000L, 20000L);
		}
		assertThat(lock.isLocked()).isFalse();
		lock.lock(20, TimeUnit.SECONDS);
		assertThat(lock.isLocked()).isTrue();
		assertThat(lock.remainTimeToLive()).isBetween(15000L, 19798L);
		lock.unlock();
		assertThat(lock.isLocked()).isFalse();
		assertThat(lock.remainTimeToLive()).isEqualTo(-2);
	}

	@Test
	void whoLooksAtItTakesNothing() {
		assertThat(lock().isLocked()).isFalse();
		for (RedisMaster master : this.masters) {
			MasterProbe probe = MasterProbe.of(master);
			assertThat(probe.command("KEYS", "*" + this.name + "*")).isEqualTo("*0");
		}
	}

	@Test
	void whatAMajorityHoldsWithoutAnEndIsLockedWithoutAnEnd() {
		set(0, "foreign");
		assertThat(lock().isLocked()).isFalse();
		set(1, "foreign");
		assertThat(lock().isLocked()).isTrue();
		assertThat(lock().remainTimeToLive()).isEqualTo(-1);
		assertThat(lock().tryLock()).isFalse();
	}

	private void set(int master, String value) {
		MasterProbe.of(this.masters.get(master)).command("SET", "lock:" + this.name, value);
	}

	@Test
	void backsOffWithoutTheDeprecatedClass() {
		new ApplicationContextRunner().withConfiguration(AutoConfigurations.of(RedLockAutoConfiguration.class))
			.withPropertyValues("redlock.nodes=" + this.masters.nodes())
			.withClassLoader(new FilteredClassLoader("org.redisson.RedissonRedLock"))
			.run((other) -> assertThat(other).hasSingleBean(RedLockClient.class)
				.doesNotHaveBean(RedissonRedLocks.class));
	}

	@Test
	void backsOffWhenTheApplicationHasItsOwn() {
		RedissonRedLocks own = new RedissonRedLocks(this.redLock, this.quorum);
		new ApplicationContextRunner().withConfiguration(AutoConfigurations.of(RedLockAutoConfiguration.class))
			.withPropertyValues("redlock.nodes=" + this.masters.nodes())
			.withBean(RedissonRedLocks.class, () -> own)
			.run((other) -> assertThat(other.getBean(RedissonRedLocks.class)).isSameAs(own));
	}

	@Test
	void forgetsWhatIsNotHeldAnyMore() throws Exception {
		ThreadLocks threads = new ThreadLocks();
		for (int i = 0; i < 300; i++) {
			RLock lock = new QuorumRedissonRedLock(this.name + ":" + i, this.redLock, this.quorum, threads);
			lock.lock();
			assertThat(lock.tryLock()).isTrue();
			lock.unlock();
			lock.unlock();
			lock.lockAsync(1000, TimeUnit.MILLISECONDS, OTHER_THREAD).get();
			assertThat(lock.tryLock()).isFalse();
		}
		assertThat(kept(threads, "holds")).isNotEmpty();
		await().atMost(Duration.ofSeconds(4)).until(() -> kept(threads, "holds").isEmpty());
		assertThat(kept(threads, "attempts")).isEmpty();
		assertThat(kept(threads, "losses")).hasSize(300);
		for (int i = 300; i < 1100; i++) {
			RLock lock = new QuorumRedissonRedLock(this.name + ":" + i, this.redLock, this.quorum, threads);
			lock.lockAsync(1000, TimeUnit.MILLISECONDS, OTHER_THREAD).get();
		}
		await().atMost(Duration.ofSeconds(4)).until(() -> kept(threads, "holds").isEmpty());
		assertThat(kept(threads, "losses")).hasSize(1000);
	}

	private static Map<?, ?> kept(ThreadLocks threads, String field) {
		return (Map<?, ?>) Objects.requireNonNull(ReflectionTestUtils.getField(threads, field));
	}

	@Test
	void aShutdownEndsTheWait() throws Exception {
		try (Lease held = this.redLock.lock(this.name).acquire()) {
			AnnotationConfigApplicationContext other = application();
			RLock lock = other.getBean(RedissonRedLocks.class).get(this.name);
			CompletableFuture<?> locked = CompletableFuture.runAsync(lock::lock);
			await().during(Duration.ofMillis(200)).until(() -> !locked.isDone());
			other.close();
			assertThatExceptionOfType(ExecutionException.class).isThrownBy(() -> locked.get(3, TimeUnit.SECONDS))
				.withCauseInstanceOf(RedLockException.class)
				.withMessageContaining("shutting down");
		}
	}

	@Test
	void aShutdownEndsTheHold() {
		AnnotationConfigApplicationContext other = application();
		RLock lock = other.getBean(RedissonRedLocks.class).get(this.name);
		lock.lock();
		other.close();
		assertThat(lock.isHeldByCurrentThread()).isFalse();
		assertThatExceptionOfType(IllegalMonitorStateException.class).isThrownBy(lock::unlock)
			.withMessageContaining("has lost it");
		assertThat(isFreeForOthers()).isTrue();
	}

	private AnnotationConfigApplicationContext application() {
		AnnotationConfigApplicationContext application = new AnnotationConfigApplicationContext();
		TestPropertyValues.of("redlock.nodes=" + this.masters.nodes()).applyTo(application);
		application.register(RedLockAutoConfiguration.class);
		application.refresh();
		return application;
	}

	private RLock lock() {
		return this.locks.get(this.name);
	}

	private boolean isFreeForOthers() {
		return this.redLock.lock(this.name).waitFor(Duration.ZERO).tryAcquire().map((lease) -> {
			lease.close();
			return true;
		}).orElse(false);
	}

	private long holders() {
		return MasterProbe.holders(this.masters, "lock:" + this.name);
	}

	private long scripts() {
		return StreamSupport.stream(this.masters.spliterator(), false)
			.mapToLong((master) -> MasterProbe.of(master).calls("evalsha"))
			.sum();
	}

	private static boolean tryLock(RLock lock, long millis) {
		try {
			return lock.tryLock(millis, TimeUnit.MILLISECONDS);
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static boolean join(RFuture<Boolean> taken) {
		return taken.toCompletableFuture().join();
	}

	private static void onOtherThread(Runnable task) throws Exception {
		CompletableFuture<?> done = new CompletableFuture<>();
		new Thread(() -> {
			try {
				task.run();
				done.complete(null);
			}
			catch (Throwable ex) {
				done.completeExceptionally(ex);
			}
		}).start();
		done.get(5, TimeUnit.SECONDS);
	}

	/**
	 * A method that an interrupt ends.
	 */
	private interface Interruptible {

		void call() throws InterruptedException;

	}

}
