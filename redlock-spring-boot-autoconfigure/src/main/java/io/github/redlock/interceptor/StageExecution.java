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

package io.github.redlock.interceptor;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

import io.github.redlock.Lease;
import io.github.redlock.LeaseLostException;
import io.github.redlock.RedLockException;
import org.jspecify.annotations.Nullable;

/**
 * For a method that returns a {@link CompletionStage} or a {@link CompletableFuture}.
 */
final class StageExecution implements Execution {

	@Override
	public CompletableFuture<@Nullable Object> run(LockedCall call) {
		Body body = new Body(call);
		CompletableFuture<@Nullable Object> locked;
		try {
			locked = call.lock().callAsync((lease) -> begin(call, body, lease));
		}
		catch (RuntimeException ex) {
			return CompletableFuture.failedFuture(ex);
		}
		return (call.method().instead() != Instead.NOTHING) ? orInstead(locked, call, body) : locked;
	}

	private static CompletionStage<@Nullable Object> begin(LockedCall call, Body body, Lease lease) {
		CompletionStage<@Nullable Object> stage;
		try {
			stage = stage(body.call());
		}
		catch (Exception ex) {
			return CompletableFuture.failedFuture(ex);
		}
		if (body.isInterrupted()) {
			return CompletableFuture.failedFuture(body.lost(lease));
		}
		if (stage == null) {
			return CompletableFuture.failedFuture(new IllegalStateException("The @RedLocked method " + call.method()
					+ " returned null: when its work is done is not known; return a future"));
		}
		return call.method().interruptWhenLost() ? untilLost(stage, body, lease) : stage;
	}

	@SuppressWarnings("unchecked")
	private static @Nullable CompletionStage<@Nullable Object> stage(@Nullable Object result) {
		return (CompletionStage<@Nullable Object>) result;
	}

	private static CompletableFuture<@Nullable Object> untilLost(CompletionStage<@Nullable Object> stage, Body body,
			Lease lease) {
		CompletableFuture<@Nullable Object> until = inPlaceOf(stage);
		stage.whenComplete((result, failure) -> complete(until, result, failure));
		lease.onLost(() -> {
			LeaseLostException lost = body.lost(lease);
			if (until.completeExceptionally(lost)) {
				stage.toCompletableFuture().cancel(true);
			}
		});
		return until;
	}

	private static CompletableFuture<@Nullable Object> orInstead(CompletableFuture<@Nullable Object> locked,
			LockedCall call, Body body) {
		CompletableFuture<@Nullable Object> either = inPlaceOf(locked);
		locked.whenComplete((result, failure) -> {
			if (failure instanceof RedLockException refusal && !body.isEntered() && call.hasInstead(refusal)) {
				instead(call, refusal, either);
			}
			else {
				complete(either, result, failure);
			}
		});
		return either;
	}

	private static void instead(LockedCall call, RedLockException refusal, CompletableFuture<@Nullable Object> either) {
		try {
			CompletionStage<@Nullable Object> stage = stage(call.instead(refusal));
			if (stage != null) {
				stage.whenComplete((result, failure) -> complete(either, result, failure));
			}
			else {
				either.complete(null);
			}
		}
		catch (Throwable ex) {
			either.completeExceptionally(ex);
		}
	}

	/**
	 * Create a future for which someone else is at work.
	 * @param work what is cancelled with the future
	 * @return the future
	 */
	private static CompletableFuture<@Nullable Object> inPlaceOf(CompletionStage<?> work) {
		CompletableFuture<@Nullable Object> future = new CompletableFuture<>();
		future.whenComplete((result, failure) -> {
			if (future.isCancelled()) {
				work.toCompletableFuture().cancel(true);
			}
		});
		return future;
	}

	private static void complete(CompletableFuture<@Nullable Object> future, @Nullable Object result,
			@Nullable Throwable failure) {
		if (failure != null) {
			future.completeExceptionally(failure);
		}
		else {
			future.complete(result);
		}
	}

}
