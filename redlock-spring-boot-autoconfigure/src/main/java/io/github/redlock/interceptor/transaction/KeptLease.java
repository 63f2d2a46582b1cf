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

package io.github.redlock.interceptor.transaction;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

import io.github.redlock.Lease;
import io.github.redlock.RedLockClient.LockSpec;
import io.github.redlock.RedLockException;
import org.jspecify.annotations.Nullable;

import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * A lease that is kept until the transaction in which it was taken has completed. While
 * that transaction is suspended, the lease is still one of the thread's.
 */
final class KeptLease implements TransactionSynchronization {

	private static final ThreadLocal<@Nullable List<KeptLease>> onThread = new ThreadLocal<>();

	private final Lease lease;

	private final Runnable end;

	/** The completion may be told on another thread, by JTA. */
	private volatile boolean completed;

	private KeptLease(Lease lease, Runnable end) {
		this.lease = lease;
		this.end = end;
	}

	/**
	 * Take a lock, and keep it until the current transaction has completed: until then it
	 * is one under which a task runs, which a shutdown does not give to others.
	 * @param lock the lock
	 * @param keys the keys of it
	 * @return the lease on those keys that are not held around the call
	 */
	static Lease take(LockSpec lock, List<String> keys) {
		CompletableFuture<Lease> taken = new CompletableFuture<>();
		CompletableFuture<@Nullable Void> task = new CompletableFuture<>();
		CompletableFuture<@Nullable Void> guarded = lock.callAsync((lease) -> {
			taken.complete(lease);
			return task;
		});
		guarded.exceptionally((failure) -> {
			taken.completeExceptionally(failure);
			return null;
		});
		Lease lease = await(taken, guarded, keys);
		keep(new KeptLease(lease, () -> task.complete(null)));
		return lease;
	}

	private static Lease await(CompletableFuture<Lease> taken, CompletableFuture<?> guarded, List<String> keys) {
		try {
			return taken.get();
		}
		catch (InterruptedException ex) {
			guarded.cancel(true);
			Thread.currentThread().interrupt();
			throw new RedLockException("Interrupted while waiting for the lock on " + keys, keys, ex);
		}
		catch (ExecutionException ex) {
			if (ex.getCause() instanceof RedLockException expected) {
				expected.fillInStackTrace();
				throw expected;
			}
			throw new RedLockException("The lock on " + keys + " cannot be taken", keys, ex.getCause());
		}
	}

	private static void keep(KeptLease kept) {
		TransactionSynchronizationManager.registerSynchronization(kept);
		List<KeptLease> all = onThread.get();
		if (all == null) {
			all = new ArrayList<>();
			onThread.set(all);
		}
		all.add(kept);
	}

	/**
	 * Return what is kept for the transactions of this thread, the current one and those
	 * that are suspended.
	 * @return the leases, the oldest first
	 */
	static List<Lease> leases() {
		List<KeptLease> all = onThread.get();
		if (all == null) {
			return List.of();
		}
		all.removeIf((kept) -> kept.completed);
		if (all.isEmpty()) {
			onThread.remove();
		}
		return all.stream().map((kept) -> kept.lease).toList();
	}

	@Override
	public void afterCompletion(int status) {
		this.completed = true;
		leases();
		this.lease.close();
		this.end.run();
	}

}
