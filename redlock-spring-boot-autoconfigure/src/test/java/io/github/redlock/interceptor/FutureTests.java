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

import java.io.IOException;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiConsumer;
import java.util.function.Function;

import io.github.redlock.Lease;
import io.github.redlock.LeaseLostException;
import io.github.redlock.LockBusyException;
import io.github.redlock.RedLockClient;
import io.github.redlock.RedLocked;
import io.github.redlock.RedLocked.WhenLost;
import io.github.redlock.test.EmbeddedRedLock;
import io.github.redlock.test.RedisMasters;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

import org.springframework.scheduling.annotation.Async;
import org.springframework.scheduling.annotation.EnableAsync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.awaitility.Awaitility.await;

/**
 * Locked methods and tasks that return futures.
 */
@EmbeddedRedLock
@TestInstance(Lifecycle.PER_CLASS)
class FutureTests {

	private static final Duration SOON = Duration.ofSeconds(5);

	private final LockedApplication application;

	private final Jobs jobs;

	private final RedLockClient redLock;

	FutureTests(RedisMasters masters) {
		this.application = new LockedApplication(masters, Jobs.class, AsyncConfiguration.class);
		this.jobs = this.application.bean(Jobs.class);
		this.redLock = this.application.redLock();
	}

	@AfterEach
	void leavesNoLockBehind() {
		await().untilAsserted(() -> assertThat(this.application.locks()).isZero());
	}

	@AfterAll
	void close() {
		this.application.close();
	}

	@Test
	void holdsTheLockUntilAFutureOfAGenericTypeIsThere() {
		CompletableFuture<String> work = new CompletableFuture<>();
		CompletableFuture<String> result = this.jobs.generic(work);
		await().until(() -> this.application.locks() > 0);
		assertThat(this.redLock.lock("jobs").waitFor(Duration.ZERO).tryAcquire()).isEmpty();
		work.complete("done");
		assertThat(result.join()).isEqualTo("done");
	}

	@Test
	void holdsTheLockUntilTheFutureIsComplete() {
		CompletableFuture<String> work = new CompletableFuture<>();
		CompletableFuture<String> result = this.jobs.future(work);
		await().until(() -> this.application.holders("jobs") == 3);
		assertThat(this.jobs.future(work)).failsWithin(SOON)
			.withThrowableOfType(ExecutionException.class)
			.withCauseInstanceOf(LockBusyException.class);
		assertThat(result).isNotDone();
		work.complete("done");
		assertThat(result).succeedsWithin(SOON).isEqualTo("done");
		assertThat(this.application.holders("jobs")).isZero();
	}

	@Test
	void returnsBeforeTheLockIsThereAndHoldsNoThread() {
		try (Lease lease = this.redLock.lock("jobs").acquire()) {
			CompletableFuture<String> result = this.jobs.patient();
			assertThat(result).isNotDone();
			lease.close();
			assertThat(result).succeedsWithin(SOON).isEqualTo("patient");
		}
	}

	@Test
	void givesTheLockBackWhenTheStageFails() {
		IOException failure = new IOException("disk");
		assertThat(this.jobs.stage(() -> CompletableFuture.failedFuture(failure)).toCompletableFuture())
			.failsWithin(SOON)
			.withThrowableOfType(ExecutionException.class)
			.withCause(failure);
		assertThat(this.application.holders("jobs")).isZero();
	}

	@Test
	void givesTheLockBackWhenTheMethodThrows() {
		assertThat(this.jobs.stage(() -> {
			throw new IllegalArgumentException("wrong");
		}).toCompletableFuture()).failsWithin(SOON)
			.withThrowableOfType(ExecutionException.class)
			.withCauseInstanceOf(IllegalArgumentException.class);
		assertThat(this.application.holders("jobs")).isZero();
	}

	@Test
	void givesTheLockBackWhenThereIsNoStage() {
		assertThat(this.jobs.stage(() -> null).toCompletableFuture()).failsWithin(SOON)
			.withThrowableOfType(ExecutionException.class)
			.withMessageContaining("Jobs.stage returned null");
		assertThat(this.application.holders("jobs")).isZero();
	}

	@Test
	void failsTheFutureWhenTheKeyIsNone() {
		assertThat(this.jobs.keyed("")).failsWithin(SOON)
			.withThrowableOfType(ExecutionException.class)
			.withCauseInstanceOf(IllegalArgumentException.class);
	}

	@Test
	void cancellingEndsTheAcquisition() {
		try (Lease lease = this.redLock.lock("jobs").acquire()) {
			CompletableFuture<String> result = this.jobs.patient();
			assertThat(result.cancel(true)).isTrue();
			lease.close();
			try (Lease next = this.redLock.lock("jobs").waitFor(SOON).acquire()) {
				assertThat(next.isValid()).isTrue();
			}
			assertThat(this.jobs.hasRun()).isFalse();
		}
	}

	@Test
	void cancellingReachesTheFutureOfTheMethod() {
		CompletableFuture<String> work = new CompletableFuture<>();
		CompletableFuture<String> result = this.jobs.future(work);
		await().until(() -> this.application.holders("jobs") == 3);
		result.cancel(true);
		await().until(work::isCancelled);
	}

	@Test
	void keepsTheLockWhenOnlyTheCallerRunsOutOfTime() {
		CompletableFuture<String> work = new CompletableFuture<>();
		CompletableFuture<String> result = this.jobs.future(work);
		await().until(() -> this.application.holders("jobs") == 3);
		assertThat(result.orTimeout(10, TimeUnit.MILLISECONDS)).failsWithin(SOON);
		assertThat(work).isNotDone();
		assertThat(this.application.holders("jobs")).isEqualTo(3);
		work.complete("done");
	}

	@Test
	void failsAtItsEndWhenTheLockWasLost() {
		CompletableFuture<String> work = new CompletableFuture<>();
		CompletableFuture<String> result = this.jobs.brief(work);
		loseLock("brief");
		assertThat(result).isNotDone();
		work.complete("done");
		assertThat(result).failsWithin(SOON)
			.withThrowableOfType(ExecutionException.class)
			.withCauseInstanceOf(LeaseLostException.class);
	}

	@Test
	void addsTheLossToTheFailureOfTheStage() {
		CompletableFuture<String> work = new CompletableFuture<>();
		CompletableFuture<String> result = this.jobs.brief(work.thenApply(Function.identity()));
		loseLock("brief");
		IOException failure = new IOException("disk");
		work.completeExceptionally(failure);
		assertThat(result).failsWithin(SOON).withThrowableOfType(ExecutionException.class).withCause(failure);
		assertThat(failure.getSuppressed()).hasSize(1).hasOnlyElementsOfType(LeaseLostException.class);
	}

	@Test
	void cancelsTheFutureOfTheMethodAtOnceWhenTheLockIsLostIfWanted() throws Exception {
		CompletableFuture<String> work = new CompletableFuture<>();
		CompletableFuture<String> result = this.jobs.interrupted(() -> work).toCompletableFuture();
		loseLock("interrupted");
		assertThat(result).failsWithin(SOON)
			.withThrowableOfType(ExecutionException.class)
			.withCauseInstanceOf(LeaseLostException.class)
			.withMessageContaining("Jobs.interrupted");
		await().until(work::isCancelled);
	}

	@Test
	void interruptsTheMethodThatHasNotReturnedWhenTheLockIsLostIfWanted() throws Exception {
		CompletableFuture<String> result = this.jobs.interrupted(() -> {
			new CountDownLatch(1).await();
			return null;
		}).toCompletableFuture();
		loseLock("interrupted");
		assertThat(result).failsWithin(SOON)
			.withThrowableOfType(ExecutionException.class)
			.satisfies((ex) -> assertThat(ex.getCause()).isInstanceOf(LeaseLostException.class)
				.extracting(Throwable::getSuppressed, InstanceOfAssertFactories.array(Throwable[].class))
				.hasSize(1)
				.hasOnlyElementsOfType(InterruptedException.class));
	}

	@Test
	void knowsItsLeaseUntilTheMethodReturns() throws Exception {
		assertThat(this.jobs.lease().get(5, TimeUnit.SECONDS).keys()).containsExactly("Jobs.lease");
		assertThatExceptionOfType(IllegalStateException.class).isThrownBy(Lease::current);
	}

	@Test
	void locksInsideAsync() throws Exception {
		CompletableFuture<String> result = this.jobs.async();
		assertThat(result.get(5, TimeUnit.SECONDS)).isEqualTo("Jobs.async");
		this.jobs.asyncVoid().get(5, TimeUnit.SECONDS);
	}

	@Test
	void callsATaskByTheClient() throws Exception {
		CompletableFuture<Long> token = this.redLock.lock("a", "b")
			.callAsync((lease) -> CompletableFuture.supplyAsync(lease::token));
		assertThat(token.get(5, TimeUnit.SECONDS)).isPositive();
		assertThatExceptionOfType(ExecutionException.class)
			.isThrownBy(() -> this.redLock.lock("a").callAsync((lease) -> null).get(5, TimeUnit.SECONDS))
			.satisfies((ex) -> assertThatNullPointerException().isThrownBy(() -> {
				throw ex.getCause();
			}).withMessageContaining("must not return null"));
	}

	@Test
	void aStageThatCannotBeObservedFailsAndGivesTheLockBack() {
		CompletableFuture<String> broken = new CompletableFuture<>() {

			@Override
			public CompletableFuture<String> whenComplete(BiConsumer<? super String, ? super Throwable> action) {
				throw new IllegalStateException("broken");
			}

		};
		CompletableFuture<String> called = this.redLock.lock("a").callAsync((lease) -> broken);
		assertThatExceptionOfType(ExecutionException.class).isThrownBy(() -> called.get(5, TimeUnit.SECONDS))
			.withMessageContaining("broken");
		this.redLock.lock("a").waitFor(Duration.ZERO).run(() -> {
		});
	}

	@Test
	void aLeaseIsClosedWithoutWaiting() {
		Lease lease = this.redLock.lock("a").acquire();
		CompletableFuture<Void> closed = lease.closeAsync();
		assertThat(lease.isValid()).isFalse();
		assertThat(closed).succeedsWithin(SOON);
		assertThat(lease.closeAsync()).isDone();
	}

	private void loseLock(String key) {
		await().until(() -> this.application.holders(key) == 3);
		AtomicBoolean lost = new AtomicBoolean();
		this.jobs.held().onLost(() -> lost.set(true));
		this.application.forget(key);
		await().untilTrue(lost);
	}

	interface Work {

		CompletionStage<String> begin() throws Exception;

	}

	@EnableAsync
	static class AsyncConfiguration {

	}

	static class GenericJobs<T> {

		@RedLocked(name = "jobs")
		T generic(T work) {
			return work;
		}

	}

	static class Jobs extends GenericJobs<CompletableFuture<String>> {

		private volatile boolean patientRuns;

		private volatile @Nullable Lease lease;

		boolean hasRun() {
			return this.patientRuns;
		}

		Lease held() {
			return Objects.requireNonNull(this.lease);
		}

		@RedLocked(name = "jobs")
		CompletableFuture<String> future(CompletableFuture<String> work) {
			return work;
		}

		@RedLocked(name = "jobs", waitFor = "10s")
		CompletableFuture<String> patient() {
			this.patientRuns = true;
			return CompletableFuture.completedFuture("patient");
		}

		@RedLocked(name = "jobs")
		CompletionStage<String> stage(Work work) {
			try {
				return work.begin();
			}
			catch (RuntimeException ex) {
				throw ex;
			}
			catch (Exception ex) {
				throw new AssertionError(ex);
			}
		}

		@RedLocked("#key")
		CompletableFuture<String> keyed(String key) {
			return CompletableFuture.completedFuture(key);
		}

		@RedLocked(name = "brief", lease = "600ms")
		CompletableFuture<String> brief(CompletableFuture<String> work) {
			this.lease = Lease.current();
			return work;
		}

		@RedLocked(name = "interrupted", lease = "600ms", whenLost = WhenLost.INTERRUPT)
		CompletionStage<String> interrupted(Work work) throws Exception {
			this.lease = Lease.current();
			return work.begin();
		}

		@RedLocked
		CompletableFuture<Lease> lease() {
			return CompletableFuture.completedFuture(Lease.current());
		}

		@Async
		@RedLocked
		CompletableFuture<String> async() {
			return CompletableFuture.completedFuture(Lease.current().keys().get(0));
		}

		@Async
		@RedLocked
		CompletableFuture<Void> asyncVoid() {
			Lease.current();
			return CompletableFuture.completedFuture(null);
		}

	}

}
