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

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import io.github.redlock.Lease;
import io.github.redlock.LeaseLostException;
import io.github.redlock.LockBusyException;
import io.github.redlock.RedLockClient;
import io.github.redlock.RedLocked;
import io.github.redlock.test.EmbeddedRedLock;
import io.github.redlock.test.RedisMasters;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import reactor.core.publisher.Mono;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Locked methods that call each other, and that exclude each other.
 */
@EmbeddedRedLock
@TestInstance(Lifecycle.PER_CLASS)
class NestingTests {

	private static final Executor THREADS = (task) -> new Thread(task).start();

	private final LockedApplication application;

	private final LockedApplication other;

	private final Accounts accounts;

	private final RedLockClient redLock;

	NestingTests(RedisMasters masters) {
		this.application = new LockedApplication(masters, Accounts.class);
		this.other = new LockedApplication(masters, Accounts.class);
		this.accounts = this.application.bean(Accounts.class);
		this.redLock = this.application.redLock();
	}

	@AfterAll
	void close() {
		this.application.close();
		this.other.close();
	}

	@Test
	void asksNobodyForALockThatItsCallChainHolds() throws Exception {
		this.accounts.in("a", () -> {
			Lease outer = Lease.current();
			long scripts = this.application.scripts();
			assertThat(this.accounts.in("a", Lease::current)).isSameAs(outer);
			assertThat(this.accounts.stage("a", Lease::current).get(5, TimeUnit.SECONDS)).isSameAs(outer);
			this.redLock.lock("accounts:a").run(() -> assertThat(Lease.current()).isSameAs(outer));
			assertThat(this.application.scripts()).isEqualTo(scripts);
			assertThat(outer.isValid()).isTrue();
			assertThat(this.application.holders("accounts:a")).isEqualTo(3);
			return outer;
		});
		assertThat(this.application.holders("accounts:a")).isZero();
	}

	@Test
	void asksOnlyForTheKeysThatItsCallChainDoesNotHold() throws Exception {
		this.accounts.in("a", () -> {
			Lease outer = Lease.current();
			Lease inner = this.accounts.move("b", "a", Lease::current);
			assertThat(inner.keys()).containsExactly("accounts:b");
			assertThat(inner.isValid()).isFalse();
			assertThat(outer.isValid()).isTrue();
			assertThat(this.application.holders("accounts:b")).isZero();
			return outer;
		});
	}

	@Test
	void goesOnUnderTheLeaseOfTheWantedKeyWhateverIsBetween() throws Exception {
		this.accounts.in("a", () -> {
			Lease outer = Lease.current();
			return this.accounts.in("b", () -> {
				assertThat(this.accounts.in("a", Lease::current)).isSameAs(outer);
				assertThat(this.accounts.move("a", "b", Lease::current)).isSameAs(outer);
				return outer;
			});
		});
	}

	@Test
	void knowsItsCallChainInTheReactorContext() {
		Mono<Lease> nested = this.accounts.mono("a", (outer) -> this.accounts.mono("b", (between) -> {
			long scripts = this.application.scripts();
			return this.accounts.mono("a", (inner) -> {
				assertThat(inner).isSameAs(outer);
				assertThat(this.application.scripts()).isEqualTo(scripts);
				return Mono.just(inner).delayElement(Duration.ofMillis(10));
			});
		}));
		Lease lease = nested.block(Duration.ofSeconds(5));
		assertThat(lease).isNotNull();
		assertThat(lease.keys()).containsExactly("accounts:a");
		assertThat(this.application.locks()).isZero();
	}

	@Test
	void takesALockOfItsOwnWhenAcquired() throws Exception {
		this.accounts.in("a", () -> {
			assertThatExceptionOfType(LockBusyException.class)
				.isThrownBy(() -> this.redLock.lock("accounts:a").acquire());
			return Lease.current();
		});
	}

	@Test
	void asksAgainWhenTheLeaseOfItsCallChainIsOver() throws Exception {
		assertThatExceptionOfType(LeaseLostException.class).isThrownBy(() -> this.accounts.in("a", () -> {
			Lease outer = Lease.current();
			outer.close();
			Lease inner = this.accounts.in("a", Lease::current);
			assertThat(inner).isNotSameAs(outer);
			assertThat(inner.token()).isGreaterThan(outer.token());
			return inner;
		}));
	}

	@Test
	void isNotFooledByALeaseOfAnotherClient() throws Exception {
		this.accounts.in("a", () -> {
			assertThatExceptionOfType(LockBusyException.class)
				.isThrownBy(() -> this.other.bean(Accounts.class).in("a", Lease::current));
			return Lease.current();
		});
	}

	@Test
	void tellsTheInnerCallerOfALossToo() {
		assertThatExceptionOfType(LeaseLostException.class).isThrownBy(() -> this.accounts.in("a", () -> {
			Lease outer = Lease.current();
			assertThatExceptionOfType(LeaseLostException.class).isThrownBy(() -> this.accounts.in("a", () -> {
				this.application.forget("accounts:a");
				await().pollInSameThread().until(() -> !outer.isValid());
				return outer;
			})).satisfies((ex) -> assertThat(ex.getSuppressed()).isEmpty());
			return outer;
		}));
	}

	@Test
	void excludesAnotherMethodOfTheSameName() throws Exception {
		CompletableFuture<Void> entered = new CompletableFuture<>();
		CompletableFuture<Void> go = new CompletableFuture<>();
		CompletableFuture<Lease> holder = CompletableFuture.supplyAsync(() -> {
			try {
				return this.accounts.in("a", () -> {
					entered.complete(null);
					go.get(10, TimeUnit.SECONDS);
					return Lease.current();
				});
			}
			catch (Exception ex) {
				throw new IllegalStateException(ex);
			}
		}, THREADS);
		entered.get(10, TimeUnit.SECONDS);
		assertThatExceptionOfType(LockBusyException.class).isThrownBy(() -> this.accounts.close("a"));
		assertThat(this.accounts.close("b")).isEqualTo("closed");
		go.complete(null);
		holder.get(10, TimeUnit.SECONDS);
		assertThat(this.accounts.close("a")).isEqualTo("closed");
	}

	@Test
	void movesBetweenAccountsInWhateverOrderWithoutADeadlock() throws Exception {
		AtomicInteger inside = new AtomicInteger();
		List<CompletableFuture<Void>> moves = new ArrayList<>();
		for (int thread = 0; thread < 6; thread++) {
			boolean forth = thread % 2 == 0;
			Accounts here = (thread % 3 == 0) ? this.other.bean(Accounts.class) : this.accounts;
			moves.add(CompletableFuture.runAsync(() -> {
				for (int i = 0; i < 15; i++) {
					here.transfer(forth ? "x" : "y", forth ? "y" : "x", () -> {
						assertThat(inside.incrementAndGet()).isOne();
						inside.decrementAndGet();
					});
				}
			}, THREADS));
		}
		CompletableFuture.allOf(moves.toArray(CompletableFuture[]::new)).get(30, TimeUnit.SECONDS);
	}

	interface Work {

		Mono<Lease> under(Lease lease);

	}

	static class Accounts {

		@RedLocked(name = "accounts", key = "#id", lease = "2s")
		Lease in(String id, Callable<Lease> work) throws Exception {
			return work.call();
		}

		@RedLocked(name = "accounts", key = "#id", lease = "2s")
		CompletableFuture<Lease> stage(String id, Callable<Lease> work) throws Exception {
			return CompletableFuture.completedFuture(work.call());
		}

		@RedLocked(name = "accounts", key = { "#from", "#to" })
		@Nullable Lease move(String from, String to, Callable<Lease> work) throws Exception {
			return work.call();
		}

		@RedLocked(name = "accounts", key = { "#from", "#to" }, waitFor = "20s")
		void transfer(String from, String to, Runnable work) {
			work.run();
		}

		@RedLocked(name = "accounts", key = "#id")
		Mono<Lease> mono(String id, Work work) {
			return Mono.deferContextual((context) -> work.under(context.get(Lease.class)));
		}

		@RedLocked(name = "accounts", key = "#id")
		String close(String id) {
			return "closed";
		}

	}

}
