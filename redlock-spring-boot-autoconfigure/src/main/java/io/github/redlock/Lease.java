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
import java.util.List;
import java.util.concurrent.CompletableFuture;

import org.jspecify.annotations.Nullable;

/**
 * A lock that is held for a limited time, on one or several keys.
 * <p>
 * A lease is valid until its time is over by the holder's own clocks, which is before any
 * master gives the key away. A program that is paused between asking {@link #isValid()}
 * and acting on the answer cannot notice by itself that its time is over: pass
 * {@link #token()} to the resource and let it refuse smaller tokens than it has seen.
 * Thread-safe.
 *
 * @since 0.1.0
 */
public interface Lease extends AutoCloseable {

	/**
	 * Return the lease under which the current thread runs. A reactive chain changes
	 * threads: its lease is in the Reactor context, under the key {@code Lease.class}.
	 * @return the innermost lease
	 * @throws IllegalStateException if the thread does not run under a lease
	 */
	static Lease current() {
		Lease lease = LeaseScope.currentLease();
		if (lease == null) {
			throw new IllegalStateException("No lease: this code must run inside a @RedLocked method "
					+ "or a task of RedLockClient, on the same thread");
		}
		return lease;
	}

	/**
	 * Return what is locked, in the order in which it was asked for.
	 * @return the keys, without the prefix of the property {@code redlock.key-prefix}
	 */
	List<String> keys();

	/**
	 * Return what locks of this kind are called: the name that {@link RedLocked}
	 * declares, or that the lock was given by code.
	 * @return the name, or {@code null} if there is none
	 */
	default @Nullable String name() {
		return null;
	}

	/**
	 * Return the fencing token. It is greater than that of every earlier lease on any of
	 * the keys, positive, and less than 2<sup>53</sup>.
	 * @return the token
	 */
	long token();

	/**
	 * Return how long the lease stays valid unless it is renewed.
	 * @return the remaining time, zero if the lease is not valid
	 */
	Duration remaining();

	/**
	 * Return whether the lock is held now, by the larger of what the monotonic and the
	 * wall clock say.
	 * @return {@code false} once the lease is closed, lost or over
	 */
	boolean isValid();

	/**
	 * Ask the masters now for another full lease from now on, and wait for their answers.
	 * @throws LeaseLostException if the lease is not valid any more
	 * @throws QuorumUnavailableException if too few masters answered; the lease stays
	 * valid for what remains
	 * @throws RedLockException if the calling thread was interrupted; its interrupt flag
	 * stays set, and the masters may still answer
	 */
	void renew();

	/**
	 * Have an action run once when the lease is lost: when it is over, or not held any
	 * more by a majority, without having been closed. It runs at once if that has
	 * happened already.
	 * @param action the action; it must not block
	 */
	void onLost(Runnable action);

	/**
	 * Give the lock back, and return once a majority of the masters has confirmed or had
	 * its time to answer. Closing again does nothing.
	 */
	@Override
	void close();

	/**
	 * Give the lock back without waiting for it. Closing again does nothing.
	 * @return a future that completes once a majority of the masters has confirmed or had
	 * its time to answer, never exceptionally
	 */
	CompletableFuture<Void> closeAsync();

}
