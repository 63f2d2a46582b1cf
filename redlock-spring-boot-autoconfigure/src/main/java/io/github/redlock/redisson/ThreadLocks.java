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

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

import io.github.redlock.Lease;
import io.github.redlock.LockBusyException;
import io.github.redlock.QuorumUnavailableException;
import io.github.redlock.RedLockClient.LockSpec;
import org.jspecify.annotations.Nullable;

/**
 * Leases that belong to threads, each counted until its thread has given it back as often
 * as it took it. Only what is held or wanted is kept, and a bounded number of losses.
 * Thread-safe.
 */
final class ThreadLocks {

	private static final int REMEMBERED_LOSSES = 1000;

	// guarded by this
	private final Map<Holder, Hold> holds = new HashMap<>();

	// guarded by this
	private final Map<Holder, List<Attempt<?>>> attempts = new HashMap<>();

	/** How many unlocks of a lost lock are still to come; guarded by this. */
	private final Map<Holder, Integer> losses = new LinkedHashMap<>() {

		@Override
		protected boolean removeEldestEntry(Map.Entry<Holder, Integer> eldest) {
			return size() > REMEMBERED_LOSSES;
		}

	};

	/**
	 * Take a lock unless it is held elsewhere, or too few masters answer, until the wait
	 * is over.
	 * @param holder for whom
	 * @param wanted how the lock is wanted, should the holder not have it
	 * @return whether it was taken; cancelling the future ends the attempt
	 */
	CompletableFuture<Boolean> tryTake(Holder holder, LockSpec wanted) {
		return begin(new Attempt<>(holder, wanted, (taken) -> taken, false));
	}

	/**
	 * Take a lock, however long that takes.
	 * @param holder for whom
	 * @param wanted how the lock is wanted, should the holder not have it
	 * @return a future of its being taken; cancelling it ends the attempt
	 */
	CompletableFuture<@Nullable Void> take(Holder holder, LockSpec wanted) {
		return begin(new Attempt<@Nullable Void>(holder, wanted, (taken) -> null, true));
	}

	private <T extends @Nullable Object> CompletableFuture<T> begin(Attempt<T> attempt) {
		if (reenter(attempt)) {
			attempt.complete(true);
		}
		else {
			attempt.begin();
		}
		return attempt.result;
	}

	private synchronized boolean reenter(Attempt<?> attempt) {
		Hold hold = validHold(attempt.holder);
		if (hold != null) {
			hold.count++;
			return true;
		}
		this.attempts.computeIfAbsent(attempt.holder, (absent) -> new ArrayList<>(1)).add(attempt);
		return false;
	}

	/**
	 * Note that an attempt was successful, and with it all others of the same holder.
	 * @param attempt the attempt
	 * @param lease the lease
	 * @return those that succeeded; none if the attempt is not wanted any more
	 */
	private List<Attempt<?>> hold(Attempt<?> attempt, Lease lease) {
		Hold hold;
		List<Attempt<?>> successful;
		synchronized (this) {
			successful = this.attempts.getOrDefault(attempt.holder, List.of());
			if (!successful.contains(attempt)) {
				return List.of();
			}
			this.attempts.remove(attempt.holder);
			hold = new Hold(lease, successful.size());
			Hold before = this.holds.put(attempt.holder, hold);
			if (before != null) {
				remember(attempt.holder, before);
			}
		}
		lease.onLost(() -> {
			lost(attempt.holder, hold);
			// on a master that has not executed the request yet
			lease.closeAsync();
		});
		return successful;
	}

	private synchronized void forget(Attempt<?> attempt) {
		this.attempts.computeIfPresent(attempt.holder, (holder, all) -> {
			all.remove(attempt);
			return all.isEmpty() ? null : all;
		});
	}

	private synchronized void lost(Holder holder, Hold hold) {
		if (this.holds.remove(holder, hold)) {
			remember(holder, hold);
		}
	}

	// called under the lock
	private void remember(Holder holder, Hold lost) {
		int count = this.losses.getOrDefault(holder, 0) + lost.count;
		this.losses.remove(holder);
		this.losses.put(holder, count);
	}

	/**
	 * Give a lock back once.
	 * @param holder who holds it
	 * @return the lease to close, or {@code null} if the holder keeps it
	 * @throws IllegalMonitorStateException if the holder does not hold it, or has lost it
	 */
	synchronized @Nullable Lease giveBack(Holder holder) {
		Hold hold = validHold(holder);
		if (hold == null) {
			throw new IllegalMonitorStateException(whyNotHeld(holder));
		}
		hold.count--;
		if (hold.count > 0) {
			return null;
		}
		this.holds.remove(holder);
		return hold.lease;
	}

	/**
	 * Give a lock back once whose taking nobody has heard of.
	 * @param holder who holds it
	 */
	void undo(Holder holder) {
		try {
			Lease last = giveBack(holder);
			if (last != null) {
				last.close();
			}
		}
		catch (IllegalMonitorStateException ex) {
			// it was lost meanwhile
		}
	}

	// called under the lock
	private String whyNotHeld(Holder holder) {
		Hold over = this.holds.get(holder);
		if (over != null) {
			lost(holder, over);
		}
		Integer unlocks = this.losses.computeIfPresent(holder, (absent, count) -> count - 1);
		if (unlocks == null) {
			return "attempt to unlock lock '%s', not locked by thread-id: %d".formatted(holder.name, holder.threadId);
		}
		if (unlocks == 0) {
			this.losses.remove(holder);
		}
		return ("attempt to unlock lock '%s' by thread-id: %d, which has lost it: its lease was over, or not held any "
				+ "more by a majority of the masters, before the unlock; others may have held it meanwhile")
			.formatted(holder.name, holder.threadId);
	}

	/**
	 * Return the lease of a holder.
	 * @param holder who may hold the lock
	 * @return the valid lease, or {@code null}
	 */
	synchronized @Nullable Lease lease(Holder holder) {
		Hold hold = validHold(holder);
		return (hold != null) ? hold.lease : null;
	}

	/**
	 * Return how often a holder has to give its lock back.
	 * @param holder who may hold the lock
	 * @return how often, zero if it does not hold it
	 */
	synchronized int count(Holder holder) {
		Hold hold = validHold(holder);
		return (hold != null) ? hold.count : 0;
	}

	// called under the lock
	private @Nullable Hold validHold(Holder holder) {
		Hold hold = this.holds.get(holder);
		return (hold != null && hold.lease.isValid()) ? hold : null;
	}

	private static boolean isRefusal(Throwable failure) {
		return failure instanceof QuorumUnavailableException || failure instanceof LockBusyException;
	}

	/**
	 * Who holds a lock.
	 *
	 * @param name the name of the lock
	 * @param threadId the thread
	 */
	record Holder(String name, long threadId) {

	}

	/**
	 * A lease and how often it was taken.
	 */
	private static final class Hold {

		private final Lease lease;

		private int count;

		private Hold(Lease lease, int count) {
			this.lease = lease;
			this.count = count;
		}

	}

	/**
	 * One call that wants a lock which its thread does not have.
	 *
	 * @param <T> what the caller gets
	 */
	private final class Attempt<T extends @Nullable Object> {

		private final Holder holder;

		private final LockSpec wanted;

		private final Function<Boolean, T> answer;

		private final boolean untilTaken;

		private final CompletableFuture<T> result = new CompletableFuture<>();

		private volatile @Nullable CompletableFuture<Lease> acquisition;

		private volatile boolean ended;

		private Attempt(Holder holder, LockSpec wanted, Function<Boolean, T> answer, boolean untilTaken) {
			this.holder = holder;
			this.wanted = wanted;
			this.answer = answer;
			this.untilTaken = untilTaken;
		}

		private void begin() {
			this.result.whenComplete((taken, failure) -> end());
			ask();
		}

		private void end() {
			this.ended = true;
			forget(this);
			stop();
		}

		private void stop() {
			CompletableFuture<Lease> last = this.acquisition;
			if (last != null) {
				last.cancel(false);
			}
		}

		private void ask() {
			try {
				CompletableFuture<Lease> next = this.wanted.acquireAsync();
				this.acquisition = next;
				next.whenComplete(this::answered);
			}
			catch (RuntimeException | Error ex) {
				this.result.completeExceptionally(ex);
			}
			if (this.ended) {
				stop();
			}
		}

		private void answered(@Nullable Lease lease, @Nullable Throwable failure) {
			if (lease != null) {
				succeeded(lease);
			}
			else if (this.ended) {
				return;
			}
			else if (failure != null && !isRefusal(failure)) {
				this.result.completeExceptionally(failure);
			}
			else {
				refused();
			}
		}

		private void refused() {
			if (this.untilTaken) {
				ask();
			}
			else {
				complete(false);
			}
		}

		private void succeeded(Lease lease) {
			if (!lease.isValid()) {
				lease.close();
				refused();
				return;
			}
			List<Attempt<?>> successful = hold(this, lease);
			if (successful.isEmpty()) {
				lease.close();
			}
			for (Attempt<?> attempt : successful) {
				if (!attempt.complete(true)) {
					undo(attempt.holder);
				}
			}
		}

		private boolean complete(boolean taken) {
			// before the caller goes on, who could unlock while this still asks
			end();
			return this.result.complete(this.answer.apply(taken));
		}

	}

}
