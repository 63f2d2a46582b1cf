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
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.WeakHashMap;

import io.github.redlock.Lease;
import io.github.redlock.LeaseLostException;
import io.github.redlock.LeaseScope;
import org.jspecify.annotations.Nullable;

import org.springframework.transaction.TransactionExecution;
import org.springframework.transaction.TransactionExecutionListener;

/**
 * Lets no transaction commit that was begun under a lease which has been lost: it is
 * rolled back, and its caller gets {@link LeaseLostException}.
 * <p>
 * A lease is looked at just before the commit. A process that stands still between the
 * two, or a commit that takes longer than what remains of the lease, is not noticed.
 *
 * @since 0.1.0
 */
public final class CommitGuard implements TransactionExecutionListener {

	private final Map<TransactionExecution, List<Lease>> begunUnder = Collections.synchronizedMap(new WeakHashMap<>());

	// a reactive transaction may have begun on another thread than the one that asked
	@Override
	public void beforeBegin(TransactionExecution transaction) {
		List<Lease> leases = new ArrayList<>(KeptLease.leases());
		leases.addAll(LeaseScope.openLeases());
		if (!leases.isEmpty()) {
			this.begunUnder.put(transaction, leases);
		}
	}

	@Override
	public void beforeCommit(TransactionExecution transaction) {
		check(transaction, this.begunUnder.getOrDefault(transaction, List.of()));
		check(transaction, KeptLease.leases());
	}

	@Override
	public void afterBegin(TransactionExecution transaction, @Nullable Throwable beginFailure) {
		if (beginFailure != null) {
			this.begunUnder.remove(transaction);
		}
	}

	@Override
	public void afterCommit(TransactionExecution transaction, @Nullable Throwable commitFailure) {
		this.begunUnder.remove(transaction);
	}

	@Override
	public void afterRollback(TransactionExecution transaction, @Nullable Throwable rollbackFailure) {
		this.begunUnder.remove(transaction);
	}

	private static void check(TransactionExecution transaction, List<Lease> leases) {
		for (Lease lease : leases) {
			if (!lease.isValid()) {
				String name = transaction.getTransactionName();
				throw new LeaseLostException(
						("The transaction%s is rolled back: the lock on %s, under which it ran, is not held any more, "
								+ "and others may have held it meanwhile")
							.formatted(name.isEmpty() ? "" : " '" + name + "'", lease.keys()),
						lease.keys());
			}
		}
	}

}
