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
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

import io.github.redlock.Lease;
import io.github.redlock.LeaseLostException;
import io.github.redlock.LockBusyException;
import io.github.redlock.RedLockClient;
import io.github.redlock.RedLocked;
import io.github.redlock.RedLocked.WhenLost;
import io.github.redlock.test.EmbeddedRedLock;
import io.github.redlock.test.RedisMasters;
import io.reactivex.rxjava3.core.Completable;
import io.reactivex.rxjava3.core.Flowable;
import io.reactivex.rxjava3.core.Maybe;
import io.reactivex.rxjava3.core.Observable;
import io.reactivex.rxjava3.core.Single;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.reactivestreams.Publisher;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.test.StepVerifier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Locked methods that return reactive types.
 */
@EmbeddedRedLock
@TestInstance(Lifecycle.PER_CLASS)
class ReactiveTests {

	private static final Duration SOON = Duration.ofSeconds(5);

	private final LockedApplication application;

	private final Jobs jobs;

	private final RedLockClient redLock;

	ReactiveTests(RedisMasters masters) {
		this.application = new LockedApplication(masters, Jobs.class);
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
	void locksOnceForEachSubscription() {
		AtomicInteger calls = new AtomicInteger();
		Mono<Long> mono = this.jobs.mono(() -> {
			calls.incrementAndGet();
			return Mono.deferContextual((context) -> Mono.just(context.get(Lease.class).token()));
		});
		assertThat(calls).hasValue(0);
		Long first = mono.block(SOON);
		Long second = mono.block(SOON);
		assertThat(second).isGreaterThan(first);
		assertThat(calls).hasValue(2);
	}

	@Test
	void givesAnElementOnOnlyOnceTheLockIsGivenBack() {
		assertThat(this.jobs.mono(() -> Mono.just("a")).map((value) -> this.application.holders("jobs")).block(SOON))
			.isZero();
	}

	@Test
	void holdsTheLockWhileElementsFlow() {
		StepVerifier.create(this.jobs.flux(() -> Flux.just("a", "b")).map((value) -> this.application.holders("jobs")))
			.expectNext(3L, 3L)
			.expectComplete()
			.verify(SOON);
	}

	@Test
	void passesDemandOn() {
		List<Long> requests = new CopyOnWriteArrayList<>();
		StepVerifier.create(this.jobs.flux(() -> Flux.range(1, 5).map(String::valueOf).doOnRequest(requests::add)), 2)
			.expectNext("1", "2")
			.then(() -> assertThat(requests).containsExactly(2L))
			.thenRequest(3)
			.expectNext("3", "4", "5")
			.expectComplete()
			.verify(SOON);
	}

	@Test
	void givesTheLockBackWhenItFails() {
		StepVerifier.create(this.jobs.flux(() -> Flux.concat(Flux.just("a"), Flux.error(new IOException("disk")))))
			.expectNext("a")
			.expectErrorMessage("disk")
			.verify(SOON);
		assertThat(this.application.holders("jobs")).isZero();
	}

	@Test
	void givesTheLockBackWhenTheMethodThrowsOrReturnsNull() {
		StepVerifier.create(this.jobs.mono(() -> {
			throw new IllegalArgumentException("wrong");
		})).expectErrorMessage("wrong").verify(SOON);
		StepVerifier.create(this.jobs.mono(() -> null))
			.expectErrorSatisfies((ex) -> assertThat(ex).hasMessageContaining("Jobs.mono returned null"))
			.verify(SOON);
		assertThat(this.application.holders("jobs")).isZero();
	}

	@Test
	void givesTheLockBackWhenCancelled() {
		AtomicBoolean cancelled = new AtomicBoolean();
		Disposable subscription = this.jobs.flux(() -> Flux.<String>never().doOnCancel(() -> cancelled.set(true)))
			.subscribe();
		await().until(() -> this.application.holders("jobs") == 3);
		subscription.dispose();
		assertThat(cancelled).isTrue();
		await().until(() -> this.application.holders("jobs") == 0);
	}

	@Test
	void givesTheLockBackWhenEnoughElementsWereTaken() {
		StepVerifier.create(this.jobs.flux(() -> Flux.interval(Duration.ofMillis(5)).map(String::valueOf)).take(2))
			.expectNext("0", "1")
			.expectComplete()
			.verify(SOON);
	}

	@Test
	void endsTheAcquisitionWhenCancelledBeforeItHasTheLock() {
		AtomicBoolean called = new AtomicBoolean();
		try (Lease lease = this.redLock.lock("jobs").acquire()) {
			Disposable subscription = this.jobs.patient(() -> {
				called.set(true);
				return Mono.empty();
			}).subscribe();
			assertThat(subscription.isDisposed()).isFalse();
			subscription.dispose();
			lease.close();
			this.redLock.lock("jobs").waitFor(SOON).acquire().close();
		}
		assertThat(called).isFalse();
	}

	@Test
	void failsWhenBusy() {
		try (Lease lease = this.redLock.lock("jobs").acquire()) {
			StepVerifier.create(this.jobs.mono(() -> Mono.just("a"))).expectError(LockBusyException.class).verify(SOON);
		}
	}

	@Test
	void failsWhenTheKeyIsNone() {
		StepVerifier.create(this.jobs.keyed("")).expectError(IllegalArgumentException.class).verify(SOON);
	}

	@Test
	void failsAtItsEndWhenTheLockWasLost() {
		Sinks.One<String> work = Sinks.one();
		StepVerifier.create(this.jobs.brief(work::asMono)).then(() -> {
			loseLock("brief");
			work.tryEmitValue("done");
		}).expectError(LeaseLostException.class).verify(SOON);
	}

	@Test
	void addsTheLossToItsOwnFailure() {
		Sinks.One<String> work = Sinks.one();
		StepVerifier.create(this.jobs.brief(work::asMono)).then(() -> {
			loseLock("brief");
			work.tryEmitError(new IOException("disk"));
		})
			.expectErrorSatisfies((ex) -> assertThat(ex).isInstanceOf(IOException.class)
				.satisfies(
						(own) -> assertThat(own.getSuppressed()).hasAtLeastOneElementOfType(LeaseLostException.class)))
			.verify(SOON);
	}

	@Test
	void cancelsTheSubscriptionAtOnceWhenTheLockIsLostIfWanted() {
		AtomicBoolean cancelled = new AtomicBoolean();
		StepVerifier
			.create(this.jobs.interrupted(
					() -> Flux.concat(Flux.just("a"), Flux.<String>never()).doOnCancel(() -> cancelled.set(true))))
			.expectNext("a")
			.then(() -> loseLock("interrupted"))
			.expectErrorSatisfies((ex) -> assertThat(ex).isInstanceOf(LeaseLostException.class)
				.hasMessageContaining("Jobs.interrupted"))
			.verify(SOON);
		assertThat(cancelled).isTrue();
	}

	@Test
	void tellsOfALossAfterTheElementThatIsUnderWay() {
		List<String> signals = new CopyOnWriteArrayList<>();
		this.jobs.interrupted(() -> Flux.concat(Flux.just("a"), Flux.never())).subscribe((element) -> {
			loseLock("interrupted");
			await().during(Duration.ofMillis(200)).until(signals::isEmpty);
			signals.add(element);
		}, (failure) -> signals.add("lost"));
		await().untilAsserted(() -> assertThat(signals).containsExactly("a", "lost"));
	}

	@Test
	void hasItsLeaseInTheReactorContextAndOnTheThreadThatSubscribes() {
		AtomicReference<Lease> called = new AtomicReference<>();
		AtomicReference<Lease> subscribed = new AtomicReference<>();
		Lease lease = this.jobs.mono(() -> {
			called.set(Lease.current());
			return Mono.defer(() -> {
				subscribed.set(Lease.current());
				return Mono.delay(Duration.ofMillis(5))
					.then(Mono.deferContextual((context) -> Mono.just(context.get(Lease.class))));
			});
		}).block(SOON);
		assertThat(lease).isNotNull().isSameAs(called.get()).isSameAs(subscribed.get());
	}

	@Test
	void locksEveryTypeOfTheRegistry() {
		StepVerifier.create(this.jobs.publisher()).expectNext("jobs").expectComplete().verify(SOON);
		this.jobs.flowable().test().awaitDone(5, TimeUnit.SECONDS).assertResult("jobs");
		this.jobs.observable().test().awaitDone(5, TimeUnit.SECONDS).assertResult("jobs");
		assertThat(this.jobs.single().blockingGet()).isEqualTo("jobs");
		assertThat(this.jobs.maybe().blockingGet()).isEqualTo("jobs");
		this.jobs.completable().blockingAwait();
	}

	private void loseLock(String key) {
		await().until(() -> this.application.holders(key) == 3);
		AtomicBoolean lost = new AtomicBoolean();
		this.jobs.held().onLost(() -> lost.set(true));
		this.application.forget(key);
		await().untilTrue(lost);
	}

	static class Jobs {

		private volatile @Nullable Lease lease;

		Lease held() {
			return Objects.requireNonNull(this.lease);
		}

		@RedLocked(name = "jobs")
		<T> Mono<T> mono(Supplier<Mono<T>> work) {
			return work.get();
		}

		@RedLocked(name = "jobs")
		Flux<String> flux(Supplier<Flux<String>> work) {
			return work.get();
		}

		@RedLocked(name = "jobs", waitFor = "10s")
		Mono<String> patient(Supplier<Mono<String>> work) {
			return work.get();
		}

		@RedLocked(name = "brief", lease = "600ms")
		Mono<String> brief(Supplier<Mono<String>> work) {
			this.lease = Lease.current();
			return work.get();
		}

		@RedLocked(name = "interrupted", lease = "600ms", whenLost = WhenLost.INTERRUPT)
		Flux<String> interrupted(Supplier<Flux<String>> work) {
			this.lease = Lease.current();
			return work.get();
		}

		@RedLocked("#key")
		Mono<String> keyed(String key) {
			return Mono.just(key);
		}

		@RedLocked(name = "jobs")
		Publisher<String> publisher() {
			return Mono.fromSupplier(Jobs::key);
		}

		@RedLocked(name = "jobs")
		Flowable<String> flowable() {
			return Flowable.fromSupplier(Jobs::key);
		}

		@RedLocked(name = "jobs")
		Observable<String> observable() {
			return Observable.fromSupplier(Jobs::key);
		}

		@RedLocked(name = "jobs")
		Single<String> single() {
			return Single.fromSupplier(Jobs::key);
		}

		@RedLocked(name = "jobs")
		Maybe<String> maybe() {
			return Maybe.fromSupplier(Jobs::key);
		}

		@RedLocked(name = "jobs")
		Completable completable() {
			return Completable.fromRunnable(Jobs::key);
		}

		private static String key() {
			return Lease.current().keys().get(0);
		}

	}

}
