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

import io.github.redlock.Lease;
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

	/** The completion may be told on another thread, by JTA. */
	private volatile boolean completed;

	private KeptLease(Lease lease) {
		this.lease = lease;
	}

	/**
	 * Keep a lease until the current transaction has completed.
	 * @param lease the lease
	 */
	static void keep(Lease lease) {
		KeptLease kept = new KeptLease(lease);
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
	}

}
