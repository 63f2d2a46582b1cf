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
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

import io.github.redlock.Lease;
import io.github.redlock.LeaseLostException;
import io.github.redlock.LockBusyException;
import io.github.redlock.QuorumUnavailableException;
import io.github.redlock.RedLockClient;
import io.github.redlock.RedLockException;
import io.github.redlock.RedLocked;
import io.github.redlock.RedLocked.WhenBusy;
import io.github.redlock.test.EmbeddedRedLock;
import io.github.redlock.test.RedisMasters;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * {@link RedLocked#whenBusy()}, {@link RedLocked#fallback()}, {@link RedLocked#renew()},
 * {@link RedLocked#atLeast()} and {@link RedLocked#maxHold()}.
 */
@EmbeddedRedLock
@TestInstance(Lifecycle.PER_CLASS)
class BusyTests {

	private final RedisMasters masters;

	private final LockedApplication application;

	private final Orders orders;

	BusyTests(RedisMasters masters) {
		this.masters = masters;
		this.application = new LockedApplication(masters, Orders.class);
		this.orders = this.application.bean(Orders.class);
	}

	@AfterAll
	void close() {
		this.application.close();
	}

	@Test
	void throwsWhenBusy() {
		try (Lease lease = hold("7")) {
			assertThatExceptionOfType(LockBusyException.class).isThrownBy(() -> this.orders.thrown("7"))
				.withMessageContaining("orders:7");
			assertThat(this.orders.thrown("8")).isEqualTo("ran");
		}
	}

	@Test
	void letsTheExceptionOfTheMethodThroughAndGivesTheLockBack() {
		assertThatExceptionOfType(IOException.class).isThrownBy(() -> this.orders.outOfPaper("7"))
			.withMessage("printer");
		try (Lease lease = hold("7")) {
			assertThat(lease.isValid()).isTrue();
		}
	}

	@Test
	void skipsWhenBusyIfWanted() {
		try (Lease lease = hold("7")) {
			assertThat(this.orders.skipped("7")).isNull();
			assertThat(this.orders.skippedOptional("7")).isEmpty();
			assertThat(this.orders.skippedInt("7")).isEmpty();
			assertThat(this.orders.skippedLong("7")).isEmpty();
			assertThat(this.orders.skippedDouble("7")).isEmpty();
			assertThat(this.orders.skippedFuture("7")).succeedsWithin(Duration.ofSeconds(5)).isNull();
			StepVerifier.create(this.orders.skippedMono("7")).expectComplete().verify(Duration.ofSeconds(5));
			StepVerifier.create(this.orders.skippedFlux("7")).expectComplete().verify(Duration.ofSeconds(5));
			assertThat(this.orders.skippedOptional("8")).contains("ran");
		}
	}

	@Test
	void doesNotTakeABusyLockInsideTheBodyForItsOwn() {
		assertThatExceptionOfType(LockBusyException.class).isThrownBy(() -> this.orders.busyInside("7"));
		assertThatExceptionOfType(ExecutionException.class)
			.isThrownBy(() -> this.orders.busyInsideStage("7").toCompletableFuture().get(5, TimeUnit.SECONDS))
			.withCauseInstanceOf(LockBusyException.class);
		StepVerifier.create(this.orders.busyInsideMono("7"))
			.expectError(LockBusyException.class)
			.verify(Duration.ofSeconds(5));
	}

	@Test
	void callsTheFallbackWhenBusy() throws Exception {
		try (Lease lease = hold("7")) {
			assertThat(this.orders.plainFallback("7")).isEqualTo("instead of 7");
			assertThat(this.orders.toldFallback("7")).isEqualTo("instead of 7: LockBusyException");
			assertThat(this.orders.fallbackFuture("7").get(5, TimeUnit.SECONDS)).isEqualTo("later 7");
			StepVerifier.create(this.orders.fallbackMono("7"))
				.expectNext("mono 7")
				.expectComplete()
				.verify(Duration.ofSeconds(5));
			StepVerifier.create(this.orders.fallbackFlux("7"), 1)
				.expectNext("flux")
				.thenRequest(1)
				.expectNext("7")
				.expectComplete()
				.verify(Duration.ofSeconds(5));
			assertThat(this.orders.plainFallback("8")).isEqualTo("ran");
			assertThat(this.orders.fallbackFuture("8").get(5, TimeUnit.SECONDS)).isEqualTo("ran");
		}
	}

	@Test
	void callsTheFallbackWithoutAQuorumUnlessItIsOnlyForBusyLocks() {
		this.masters.get(0).kill();
		this.masters.get(1).kill();
		try {
			assertThat(this.orders.toldFallback("7")).isEqualTo("instead of 7: QuorumUnavailableException");
			assertThatExceptionOfType(QuorumUnavailableException.class).isThrownBy(() -> this.orders.onlyWhenBusy("7"));
			assertThatExceptionOfType(QuorumUnavailableException.class).isThrownBy(() -> this.orders.skipped("7"));
		}
		finally {
			this.application.heal();
		}
	}

	@Test
	void letsTheExceptionOfTheFallbackThrough() {
		try (Lease lease = hold("7")) {
			assertThatExceptionOfType(IOException.class).isThrownBy(() -> this.orders.failingFallback("7"))
				.withMessage("disk");
		}
	}

	@Test
	void doesNotCallTheFallbackOnceTheMethodHasBegun() {
		assertThatExceptionOfType(LockBusyException.class).isThrownBy(() -> this.orders.fallbackInside("7"));
	}

	@Test
	void keepsTheLockAtLeastSoLong() {
		long begin = System.nanoTime();
		assertThat(this.orders.atLeast()).isEqualTo("ran");
		assertThatExceptionOfType(LockBusyException.class).isThrownBy(this.orders::atLeast);
		await().ignoreException(LockBusyException.class).until(this.orders::atLeast, "ran"::equals);
		assertThat(Duration.ofNanos(System.nanoTime() - begin)).isBetween(Duration.ofMillis(500),
				Duration.ofSeconds(3));
	}

	@Test
	void losesTheLockAfterTheLongestTime() {
		assertThatExceptionOfType(LeaseLostException.class).isThrownBy(this.orders::maxHold);
	}

	@Test
	void keepsTheLockAliveUnlessThatIsNotWanted() {
		assertThat(this.orders.renewed()).isEqualTo("ran");
		assertThatExceptionOfType(LeaseLostException.class).isThrownBy(this.orders::notRenewed);
	}

	private Lease hold(String id) {
		return this.application.redLock().lock("orders:" + id).waitFor(Duration.ofSeconds(5)).acquire();
	}

	static class Orders {

		private final RedLockClient redLock;

		Orders(RedLockClient redLock) {
			this.redLock = redLock;
		}

		@RedLocked(lease = "300ms")
		String renewed() {
			return outlastTheLease();
		}

		@RedLocked(lease = "300ms", renew = false)
		String notRenewed() {
			return outlastTheLease();
		}

		private static String outlastTheLease() {
			await().pollDelay(Duration.ofMillis(700)).until(() -> true);
			return "ran";
		}

		@RedLocked(name = "orders", key = "#id")
		String outOfPaper(String id) throws IOException {
			throw new IOException("printer");
		}

		@RedLocked(name = "orders", key = "#id")
		String thrown(String id) {
			return "ran";
		}

		@RedLocked(name = "orders", key = "#id", whenBusy = WhenBusy.SKIP)
		@Nullable String skipped(String id) {
			return "ran";
		}

		@RedLocked(name = "orders", key = "#id", whenBusy = WhenBusy.SKIP)
		Optional<String> skippedOptional(String id) {
			return Optional.of("ran");
		}

		@RedLocked(name = "orders", key = "#id", whenBusy = WhenBusy.SKIP)
		OptionalInt skippedInt(String id) {
			return OptionalInt.of(1);
		}

		@RedLocked(name = "orders", key = "#id", whenBusy = WhenBusy.SKIP)
		OptionalLong skippedLong(String id) {
			return OptionalLong.of(1);
		}

		@RedLocked(name = "orders", key = "#id", whenBusy = WhenBusy.SKIP)
		OptionalDouble skippedDouble(String id) {
			return OptionalDouble.of(1);
		}

		@RedLocked(name = "orders", key = "#id", whenBusy = WhenBusy.SKIP)
		CompletableFuture<String> skippedFuture(String id) {
			return CompletableFuture.completedFuture("ran");
		}

		@RedLocked(name = "orders", key = "#id", whenBusy = WhenBusy.SKIP)
		Mono<String> skippedMono(String id) {
			return Mono.just("ran");
		}

		@RedLocked(name = "orders", key = "#id", whenBusy = WhenBusy.SKIP)
		Flux<String> skippedFlux(String id) {
			return Flux.just("ran");
		}

		@RedLocked(name = "inside", key = "#id", whenBusy = WhenBusy.SKIP)
		@Nullable String busyInside(String id) {
			return takeTwice();
		}

		@RedLocked(name = "inside", key = "#id", whenBusy = WhenBusy.SKIP)
		CompletionStage<String> busyInsideStage(String id) {
			return CompletableFuture.completedStage(takeTwice());
		}

		@RedLocked(name = "inside", key = "#id", whenBusy = WhenBusy.SKIP)
		Mono<String> busyInsideMono(String id) {
			return Mono.fromCallable(this::takeTwice);
		}

		private String takeTwice() {
			try (Lease lease = this.redLock.lock("inner").waitFor(Duration.ofSeconds(5)).acquire()) {
				return this.redLock.lock("inner").acquire().toString();
			}
		}

		@RedLocked(name = "orders", key = "#id", fallback = "instead")
		String plainFallback(String id) {
			return "ran";
		}

		private String instead(String id) {
			return "instead of " + id;
		}

		@RedLocked(name = "orders", key = "#id", fallback = "told")
		String toldFallback(String id) {
			return "ran";
		}

		String told(String id, RedLockException ex) {
			return "instead of " + id + ": " + ex.getClass().getSimpleName();
		}

		@RedLocked(name = "orders", key = "#id", fallback = "busy")
		String onlyWhenBusy(String id) {
			return "ran";
		}

		static String busy(String id, LockBusyException ex) {
			return "busy";
		}

		@RedLocked(name = "orders", key = "#id", fallback = "later")
		CompletableFuture<String> fallbackFuture(String id) {
			return CompletableFuture.completedFuture("ran");
		}

		CompletableFuture<String> later(String id, RedLockException ex) {
			return CompletableFuture.supplyAsync(() -> "later " + id);
		}

		@RedLocked(name = "orders", key = "#id", fallback = "mono")
		Mono<String> fallbackMono(String id) {
			return Mono.just("ran");
		}

		Mono<String> mono(String id) {
			return Mono.just("mono " + id);
		}

		@RedLocked(name = "orders", key = "#id", fallback = "flux")
		Flux<String> fallbackFlux(String id) {
			return Flux.just("ran");
		}

		Flux<String> flux(String id) {
			return Flux.just("flux", id);
		}

		@RedLocked(name = "orders", key = "#id", fallback = "failing")
		void failingFallback(String id) throws IOException {
		}

		void failing(String id) throws IOException {
			throw new IOException("disk");
		}

		@RedLocked(name = "inside", key = "#id", fallback = "instead")
		String fallbackInside(String id) {
			return takeTwice();
		}

		@RedLocked(lease = "3s", atLeast = "600ms")
		String atLeast() {
			return "ran";
		}

		@RedLocked(lease = "3s", maxHold = "300ms")
		void maxHold() {
			Lease lease = Lease.current();
			await().pollInSameThread().until(() -> !lease.isValid());
		}

	}

}
