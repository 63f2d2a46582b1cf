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

package io.github.redlock;

import java.time.Duration;
import java.util.Collection;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;

/**
 * Takes locks on a quorum of Redis masters by code rather than by annotation.
 *
 * <pre class="code">
 * Receipt receipt = redLock.lock("orders:42").lease(Duration.ofSeconds(10)).call(() -&gt; pay(order));
 * </pre>
 *
 * @since 0.1.0
 * @see RedLocked
 */
public interface RedLockClient {

	/**
	 * Begin to describe a lock on one or several keys; several are taken all or none.
	 * @param keys the keys, without the prefix of the property {@code redlock.key-prefix}
	 * @return the description, to be completed
	 * @throws IllegalArgumentException if there is no key or more than 1000, or one that
	 * is empty, longer than 512 characters, or contains a control character
	 */
	LockSpec lock(String... keys);

	/**
	 * Begin to describe a lock on several keys, taken all or none.
	 * @param keys the keys, without the prefix of the property {@code redlock.key-prefix}
	 * @return the description, to be completed
	 * @throws IllegalArgumentException if there is no key or more than 1000, or one that
	 * is empty, longer than 512 characters, or contains a control character
	 */
	LockSpec lock(Collection<String> keys);

	/**
	 * A lock as it is wanted, and the ways to take it. Not thread-safe.
	 * <p>
	 * A task that is run or called asks the masters only for those keys that its call
	 * chain does not hold yet through this client: for none at all if it runs inside a
	 * guarded method or another task that holds them. It gives back only what it has
	 * taken itself, and what is wanted of a lock that is held already (lease, wait,
	 * shortest and longest time) changes nothing about that one. A lease that is acquired
	 * is always one of its own.
	 */
	interface LockSpec {

		/**
		 * Set how long a master keeps the lock without being asked again.
		 * @param lease the lease, at most the property {@code redlock.max-lease}; the
		 * default is the property {@code redlock.lease}
		 * @return this description
		 * @throws IllegalArgumentException if no validity could be left of it, or if it
		 * is too long
		 */
		LockSpec lease(Duration lease);

		/**
		 * Set how long to wait for a lock that is held elsewhere, or for a quorum of
		 * masters.
		 * @param waitFor the longest wait, zero to ask once; the default is the property
		 * {@code redlock.wait-for}
		 * @return this description
		 * @throws IllegalArgumentException if it is negative
		 */
		LockSpec waitFor(Duration waitFor);

		/**
		 * Set whether the lease is kept alive until it is closed.
		 * @param renew whether to renew; the default is {@code true}
		 * @return this description
		 */
		LockSpec renew(boolean renew);

		/**
		 * Set how long the lock stays at least, also when it is closed earlier.
		 * @param atLeast the shortest time to hold, at most {@code redlock.max-lease};
		 * the default is zero
		 * @return this description
		 * @throws IllegalArgumentException if it is negative or too long
		 */
		LockSpec atLeast(Duration atLeast);

		/**
		 * Set how long the lease is renewed at most.
		 * @param maxHold the longest time to hold; by default there is none
		 * @return this description
		 * @throws IllegalArgumentException if no validity could be left of it
		 */
		LockSpec maxHold(Duration maxHold);

		/**
		 * Set what locks of this kind are called in metrics, traces, logs and the
		 * endpoint. It has nothing to do with what is locked.
		 * @param name the name, one of few; by default there is none
		 * @return this description
		 */
		LockSpec name(String name);

		/**
		 * Run a task under the lock.
		 * @param task the task
		 * @throws LockBusyException if the lock was held elsewhere until the wait was
		 * over
		 * @throws QuorumUnavailableException if too few masters answered
		 * @throws LeaseLostException if the lease was lost before the task ended; added
		 * as a suppressed exception if the task itself failed
		 */
		void run(Runnable task);

		/**
		 * Call a task under the lock. What the task throws reaches the caller as it is, a
		 * checked exception too.
		 * @param <T> the type of the result
		 * @param task the task
		 * @return the result of the task
		 * @throws LockBusyException if the lock was held elsewhere until the wait was
		 * over
		 * @throws QuorumUnavailableException if too few masters answered
		 * @throws LeaseLostException if the lease was lost before the task ended; added
		 * as a suppressed exception if the task itself failed
		 */
		<T extends @Nullable Object> T call(Callable<T> task);

		/**
		 * Call a task under the lock without holding a thread while waiting for the lock,
		 * and give it back when the stage that the task returns is complete. Cancelling
		 * the future before the task has begun ends the acquisition, and nothing of it
		 * stays on any master; later, it cancels what the task has returned.
		 * @param <T> the type of the result
		 * @param task the task, given its lease, which is {@linkplain Lease#current()
		 * current} until it returns; it must not return {@code null}. It runs on a thread
		 * of this client, or on the calling one if its call chain holds all keys already.
		 * @return a future of the result, complete once the lock is given back: with what
		 * the task threw or its stage failed with, or with the exceptions of
		 * {@link #call}
		 */
		<T extends @Nullable Object> CompletableFuture<T> callAsync(Function<Lease, ? extends CompletionStage<T>> task);

		/**
		 * Take the lock and keep it until the lease is closed.
		 * @return a valid lease
		 * @throws LockBusyException if the lock was held elsewhere until the wait was
		 * over
		 * @throws QuorumUnavailableException if too few masters answered
		 * @throws RedLockException if the calling thread was interrupted; its interrupt
		 * flag stays set
		 */
		Lease acquire();

		/**
		 * Take the lock unless it is held elsewhere until the wait is over.
		 * @return a valid lease, or empty if the lock was held elsewhere
		 * @throws QuorumUnavailableException if too few masters answered
		 * @throws RedLockException if the calling thread was interrupted; its interrupt
		 * flag stays set
		 */
		Optional<Lease> tryAcquire();

		/**
		 * Take the lock without holding a thread while waiting for it. Cancelling the
		 * future ends the acquisition, and nothing of it stays on any master.
		 * @return a future of the lease, completed exceptionally with what
		 * {@link #acquire()} throws
		 */
		CompletableFuture<Lease> acquireAsync();

	}

}
