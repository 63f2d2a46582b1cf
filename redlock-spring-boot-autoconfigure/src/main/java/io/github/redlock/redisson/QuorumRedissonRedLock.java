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

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;

import io.github.redlock.Lease;
import io.github.redlock.RedLockClient;
import io.github.redlock.RedLockClient.LockSpec;
import io.github.redlock.RedLockException;
import io.github.redlock.quorum.QuorumLocks;
import io.github.redlock.redisson.ThreadLocks.Holder;
import org.jspecify.annotations.Nullable;
import org.redisson.RedissonRedLock;
import org.redisson.api.ObjectListener;
import org.redisson.api.RFuture;
import org.redisson.api.RLock;
import org.redisson.misc.CompletableFutureWrapper;

/**
 * A {@link RedissonRedLock} in name only: every public method goes through the quorum of
 * this library, or is refused. The superclass has no locks that it could work with.
 */
@SuppressWarnings("deprecation")
final class QuorumRedissonRedLock extends RedissonRedLock {

	/**
	 * A wait without an end is made of these; between two of them, others may overtake.
	 */
	private static final Duration LONG_WAIT = Duration.ofMinutes(1);

	private static final String FORCE_UNLOCK = "taken from a holder that still works, a lock would let two work at "
			+ "once. Let the holder unlock, or end its process: the lock is free the time of 'redlock.lease' later";

	private static final String CONDITION = "it would have to be signalled across processes. "
			+ "Use a queue or a topic of your own Redis client";

	private static final String LISTENER = "what happens to a key on one master says nothing about the lock. "
			+ "Declare a bean of type RedLockListener, or use RedLockClient and Lease.onLost";

	private static final long FREE = -2;

	private static final long WITHOUT_END = -1;

	private final String name;

	private final RedLockClient client;

	private final QuorumLocks locks;

	private final ThreadLocks threads;

	QuorumRedissonRedLock(String name, RedLockClient client, QuorumLocks locks, ThreadLocks threads) {
		super((RLock) null);
		this.name = name;
		this.client = client;
		this.locks = locks;
		this.threads = threads;
	}

	@Override
	public String getName() {
		return this.name;
	}

	// take it, however long that takes

	@Override
	public void lock() {
		lock(-1, TimeUnit.MILLISECONDS);
	}

	@Override
	public void lock(long leaseTime, TimeUnit unit) {
		do {
			await(take(leaseTime, unit, currentThread()));
		}
		while (!isHeldByCurrentThread());
	}

	@Override
	public void lockInterruptibly() throws InterruptedException {
		lockInterruptibly(-1, TimeUnit.MILLISECONDS);
	}

	@Override
	public void lockInterruptibly(long leaseTime, TimeUnit unit) throws InterruptedException {
		throwIfInterrupted();
		do {
			awaitInterruptibly(take(leaseTime, unit, currentThread()));
		}
		while (!isHeldByCurrentThread());
	}

	@Override
	public RFuture<Void> lockAsync() {
		return lockAsync(currentThread());
	}

	@Override
	public RFuture<Void> lockAsync(long threadId) {
		return lockAsync(-1, TimeUnit.MILLISECONDS, threadId);
	}

	@Override
	public RFuture<Void> lockAsync(long leaseTime, TimeUnit unit) {
		return lockAsync(leaseTime, unit, currentThread());
	}

	@Override
	public RFuture<Void> lockAsync(long leaseTime, TimeUnit unit, long threadId) {
		return new CompletableFutureWrapper<>(take(leaseTime, unit, threadId));
	}

	private CompletableFuture<Void> take(long leaseTime, TimeUnit unit, long threadId) {
		return this.threads.take(holder(threadId), wanted(leaseTime, unit).waitFor(LONG_WAIT));
	}

	// take it if that is possible in time

	@Override
	public boolean tryLock() {
		return await(tryTake(-1, -1, TimeUnit.MILLISECONDS, currentThread())) && isHeldByCurrentThread();
	}

	@Override
	public boolean tryLock(long waitTime, TimeUnit unit) throws InterruptedException {
		return tryLock(waitTime, -1, unit);
	}

	@Override
	public boolean tryLock(long waitTime, long leaseTime, TimeUnit unit) throws InterruptedException {
		throwIfInterrupted();
		return awaitInterruptibly(tryTake(waitTime, leaseTime, unit, currentThread())) && isHeldByCurrentThread();
	}

	@Override
	public RFuture<Boolean> tryLockAsync() {
		return tryLockAsync(currentThread());
	}

	@Override
	public RFuture<Boolean> tryLockAsync(long threadId) {
		return tryLockAsync(-1, -1, TimeUnit.MILLISECONDS, threadId);
	}

	@Override
	public RFuture<Boolean> tryLockAsync(long waitTime, TimeUnit unit) {
		return tryLockAsync(waitTime, -1, unit);
	}

	@Override
	public RFuture<Boolean> tryLockAsync(long waitTime, long leaseTime, TimeUnit unit) {
		return tryLockAsync(waitTime, leaseTime, unit, currentThread());
	}

	@Override
	public RFuture<Boolean> tryLockAsync(long waitTime, long leaseTime, TimeUnit unit, long threadId) {
		return new CompletableFutureWrapper<>(tryTake(waitTime, leaseTime, unit, threadId));
	}

	private CompletableFuture<Boolean> tryTake(long waitTime, long leaseTime, TimeUnit unit, long threadId) {
		Duration waitFor = (waitTime > 0) ? duration(waitTime, unit) : Duration.ZERO;
		return this.threads.tryTake(holder(threadId), wanted(leaseTime, unit).waitFor(waitFor));
	}

	private LockSpec wanted(long leaseTime, TimeUnit unit) {
		LockSpec wanted = this.client.lock(this.name);
		return (leaseTime > 0) ? wanted.lease(duration(leaseTime, unit)).renew(false) : wanted;
	}

	private static Duration duration(long time, @Nullable TimeUnit unit) {
		if (unit == null) {
			throw new IllegalArgumentException("'unit' must not be null for a time of " + time);
		}
		return Duration.ofNanos(unit.toNanos(time));
	}

	// give it back

	@Override
	public void unlock() {
		Lease last = this.threads.giveBack(holder(currentThread()));
		if (last != null) {
			last.close();
		}
	}

	@Override
	public RFuture<Void> unlockAsync() {
		return unlockAsync(currentThread());
	}

	@Override
	public RFuture<Void> unlockAsync(long threadId) {
		try {
			Lease last = this.threads.giveBack(holder(threadId));
			return new CompletableFutureWrapper<>((last != null) ? last.closeAsync() : CompletableFuture.allOf());
		}
		catch (IllegalMonitorStateException ex) {
			return new CompletableFutureWrapper<>(ex);
		}
	}

	// look at it

	@Override
	public boolean isHeldByCurrentThread() {
		return isHeldByThread(currentThread());
	}

	@Override
	public boolean isHeldByThread(long threadId) {
		return this.threads.lease(holder(threadId)) != null;
	}

	@Override
	public RFuture<Boolean> isHeldByThreadAsync(long threadId) {
		return new CompletableFutureWrapper<>(isHeldByThread(threadId));
	}

	@Override
	public int getHoldCount() {
		return this.threads.count(holder(currentThread()));
	}

	@Override
	public RFuture<Integer> getHoldCountAsync() {
		return new CompletableFutureWrapper<>(getHoldCount());
	}

	@Override
	public boolean isLocked() {
		return await(timeToLive()) != FREE;
	}

	@Override
	public RFuture<Boolean> isLockedAsync() {
		return new CompletableFutureWrapper<>(timeToLive().thenApply((millis) -> millis != FREE));
	}

	@Override
	public long remainTimeToLive() {
		return await(timeToLive());
	}

	@Override
	public RFuture<Long> remainTimeToLiveAsync() {
		return new CompletableFutureWrapper<>(timeToLive());
	}

	private CompletableFuture<Long> timeToLive() {
		Lease own = this.threads.lease(holder(currentThread()));
		Duration remaining = (own != null) ? own.remaining() : Duration.ZERO;
		return (!remaining.isZero()) ? CompletableFuture.completedFuture(millis(remaining))
				: this.locks.freeAfter(List.of(this.name)).thenApply(QuorumRedissonRedLock::millis);
	}

	private static long millis(Duration remaining) {
		if (remaining.isZero()) {
			return FREE;
		}
		return remaining.equals(ChronoUnit.FOREVER.getDuration()) ? WITHOUT_END : Math.max(1, remaining.toMillis());
	}

	// refused

	@Override
	public boolean forceUnlock() {
		throw refused("forceUnlock", FORCE_UNLOCK);
	}

	@Override
	public RFuture<Boolean> forceUnlockAsync() {
		throw refused("forceUnlockAsync", FORCE_UNLOCK);
	}

	@Override
	public Condition newCondition() {
		throw refused("newCondition", CONDITION);
	}

	@Override
	public int addListener(ObjectListener listener) {
		throw refused("addListener", LISTENER);
	}

	@Override
	public void removeListener(int listenerId) {
		throw refused("removeListener", LISTENER);
	}

	@Override
	public RFuture<Integer> addListenerAsync(ObjectListener listener) {
		throw refused("addListenerAsync", LISTENER);
	}

	@Override
	public RFuture<Void> removeListenerAsync(int listenerId) {
		throw refused("removeListenerAsync", LISTENER);
	}

	private static UnsupportedOperationException refused(String method, String why) {
		return new UnsupportedOperationException("'" + method + "' is not supported: " + why);
	}

	// wait on the calling thread

	private <T> T await(CompletableFuture<T> future) {
		try {
			return future.join();
		}
		catch (CompletionException ex) {
			throw failure(ex.getCause());
		}
	}

	private <T> T awaitInterruptibly(CompletableFuture<T> taken) throws InterruptedException {
		try {
			return taken.get();
		}
		catch (InterruptedException ex) {
			boolean tooLate = !taken.cancel(false) && !taken.isCompletedExceptionally();
			if (tooLate && !Boolean.FALSE.equals(taken.join())) {
				this.threads.undo(holder(currentThread()));
			}
			throw ex;
		}
		catch (ExecutionException ex) {
			throw failure(ex.getCause());
		}
	}

	private RedLockException failure(@Nullable Throwable cause) {
		if (cause instanceof RedLockException expected) {
			expected.fillInStackTrace();
			return expected;
		}
		return new RedLockException("The lock on " + this.name + " cannot be used", List.of(this.name), cause);
	}

	private static void throwIfInterrupted() throws InterruptedException {
		if (Thread.interrupted()) {
			throw new InterruptedException();
		}
	}

	private Holder holder(long threadId) {
		return new Holder(this.name, threadId);
	}

	private static long currentThread() {
		return Thread.currentThread().getId();
	}

	@Override
	public String toString() {
		return "RedissonRedLock on " + this.name + " through the quorum";
	}

}
