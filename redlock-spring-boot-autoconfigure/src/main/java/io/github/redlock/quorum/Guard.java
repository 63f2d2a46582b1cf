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

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import io.github.redlock.Lease;
import io.github.redlock.LeaseLostException;
import io.github.redlock.LeaseScope;
import org.jspecify.annotations.Nullable;

/**
 * All leases under which a task runs: those of its call chain that cover wanted keys
 * already, and the one that is taken for the other keys. Used by one thread at a time.
 */
final class Guard {

	private final List<HeldLease> surrounding = new ArrayList<>(0);

	private final List<String> missing;

	private @Nullable HeldLease own;

	/**
	 * Find out which leases cover wanted keys already.
	 * @param locks where they must have been taken
	 * @param chain the scope in which the call is made, or {@code null}
	 * @param keys all that is wanted
	 */
	Guard(QuorumLocks locks, @Nullable LeaseScope chain, List<String> keys) {
		this.missing = (chain != null) ? keys.stream().filter((key) -> !isCovered(locks, chain, key)).toList() : keys;
	}

	private boolean isCovered(QuorumLocks locks, LeaseScope chain, String key) {
		Lease lease = chain.find((each) -> locks.holds(each) && each.keys().contains(key));
		if (lease instanceof HeldLease held && !this.surrounding.contains(held)) {
			this.surrounding.add(held);
		}
		return lease != null;
	}

	/**
	 * Return what is to be taken.
	 * @return the keys that no surrounding lease covers
	 */
	List<String> missing() {
		return this.missing;
	}

	/**
	 * Add the lease on the missing keys.
	 * @param lease the lease, guarding already
	 * @throws LeaseLostException if a surrounding one was lost meanwhile; the given one
	 * is closed then
	 */
	void take(HeldLease lease) {
		this.own = lease;
		LeaseLostException lost = lost();
		if (lost != null) {
			lease.discard();
			throw lost;
		}
	}

	/**
	 * Return the lease that the task sees.
	 * @return the one that was taken for it, or the surrounding one on the first key
	 */
	HeldLease lease() {
		return (this.own != null) ? this.own : this.surrounding.get(0);
	}

	/**
	 * Return whether a lease has ended too early.
	 * @return what to tell the caller, or {@code null} if all are valid
	 */
	@Nullable LeaseLostException lost() {
		if (this.own != null && !this.own.isValid()) {
			return this.own.lostException();
		}
		for (HeldLease each : this.surrounding) {
			if (!each.isValid()) {
				return each.lostException();
			}
		}
		return null;
	}

	/**
	 * Give back what was taken, and wait for that.
	 */
	void close() {
		if (this.own != null) {
			this.own.close();
		}
	}

	/**
	 * Give back what was taken.
	 * @return a future that completes when that is done, never exceptionally
	 */
	CompletableFuture<Void> beginClose() {
		return (this.own != null) ? this.own.beginClose() : CompletableFuture.allOf();
	}

	/**
	 * Wait until those who want to know of the loss have been told.
	 */
	void awaitTold() {
		if (this.own != null && !this.own.isValid()) {
			this.own.awaitTold();
		}
		this.surrounding.stream().filter((each) -> !each.isValid()).forEach(HeldLease::awaitTold);
	}

	/**
	 * Decide what the caller gets who lost a lease.
	 * @param failure what the task itself failed with, or {@code null}
	 * @param lost the loss
	 * @return the failure, with the loss as a suppressed exception, or the loss
	 */
	static Throwable combine(@Nullable Throwable failure, LeaseLostException lost) {
		if (failure == null) {
			return lost;
		}
		boolean known = failure instanceof LeaseLostException told && told.getKeys().equals(lost.getKeys());
		if (!known) {
			failure.addSuppressed(lost);
		}
		return failure;
	}

}
