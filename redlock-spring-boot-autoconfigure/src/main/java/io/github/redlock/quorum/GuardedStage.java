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

import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Function;

import io.github.redlock.Lease;
import io.github.redlock.LeaseLostException;
import io.github.redlock.LeaseScope;
import org.jspecify.annotations.Nullable;

/**
 * A task whose work goes on after it has returned, from its beginning under a
 * {@link Guard} until the lock is given back. It is the future that its caller gets.
 *
 * @param <T> the type of the result
 */
final class GuardedStage<T extends @Nullable Object> extends CompletableFuture<T> {

	private final Function<Lease, ? extends CompletionStage<T>> task;

	private final Guard guard;

	private final @Nullable LeaseScope chain;

	private final Executor callbacks;

	private volatile @Nullable CompletionStage<T> stage;

	GuardedStage(Function<Lease, ? extends CompletionStage<T>> task, Guard guard, @Nullable LeaseScope chain,
			Executor callbacks) {
		this.task = task;
		this.guard = guard;
		this.chain = chain;
		this.callbacks = callbacks;
	}

	/**
	 * Begin when the lease is there that is missing, on another thread than this one.
	 * @param acquisition the future lease
	 */
	void beginAfter(CompletableFuture<HeldLease> acquisition) {
		whenComplete((result, failure) -> acquisition.cancel(false));
		Thread caller = Thread.currentThread();
		acquisition.whenComplete((lease, failure) -> {
			// it may have been so quick that this is still the caller, whom the task may
			// block
			if (Thread.currentThread() == caller) {
				acquiredElsewhere(lease, failure);
			}
			else {
				acquired(lease, failure);
			}
		});
	}

	private void acquiredElsewhere(@Nullable HeldLease lease, @Nullable Throwable failure) {
		try {
			this.callbacks.execute(() -> acquired(lease, failure));
		}
		catch (RuntimeException | Error ex) {
			completeExceptionally((failure != null) ? failure : ex);
			if (lease != null) {
				lease.discard();
			}
		}
	}

	private void acquired(@Nullable HeldLease lease, @Nullable Throwable failure) {
		if (lease == null) {
			completeExceptionally(Objects.requireNonNull(failure));
		}
		else if (isDone()) {
			lease.discard();
		}
		else {
			beginWith(lease);
		}
	}

	private void beginWith(HeldLease lease) {
		try {
			this.guard.take(lease);
		}
		catch (LeaseLostException ex) {
			completeExceptionally(ex);
			return;
		}
		begin();
	}

	/**
	 * Call the task.
	 */
	void begin() {
		HeldLease lease = this.guard.lease();
		try (LeaseScope scope = LeaseScope.open(lease, this.chain)) {
			CompletionStage<T> begun = this.task.apply(lease);
			if (begun == null) {
				throw new NullPointerException("The task under the lock on " + lease.keys()
						+ " must not return null instead of a CompletionStage");
			}
			this.stage = begun;
		}
		catch (Throwable ex) {
			end(null, ex);
			return;
		}
		whenComplete((result, failure) -> cancelStage());
		try {
			this.stage.whenComplete(this::end);
		}
		catch (Throwable ex) {
			end(null, ex);
		}
	}

	private void cancelStage() {
		if (isCancelled() && this.stage != null) {
			this.stage.toCompletableFuture().cancel(true);
		}
	}

	private void end(@Nullable T result, @Nullable Throwable failure) {
		LeaseLostException lost = this.guard.lost();
		CompletableFuture<Void> givenBack = this.guard.beginClose();
		if (givenBack.isDone()) {
			complete(result, failure, lost);
		}
		else {
			givenBack.whenCompleteAsync((done, impossible) -> complete(result, failure, lost), this.callbacks)
				.exceptionally((noThread) -> {
					complete(result, failure, lost);
					return null;
				});
		}
	}

	@SuppressWarnings("NullAway") // T says whether the result is null
	private void complete(@Nullable T result, @Nullable Throwable failure, @Nullable LeaseLostException lost) {
		if (lost != null) {
			Guard.combine(unwrap(failure), lost);
		}
		if (failure == null && lost == null) {
			complete(result);
		}
		else {
			completeExceptionally((failure != null) ? failure : lost);
		}
	}

	private static @Nullable Throwable unwrap(@Nullable Throwable failure) {
		return (failure instanceof CompletionException && failure.getCause() != null) ? failure.getCause() : failure;
	}

}
