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

package io.github.redlock.woven;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Supplier;

import io.github.redlock.Lease;
import io.github.redlock.LockBusyException;
import io.github.redlock.RedLockClient;
import io.github.redlock.RedLockListener;
import io.github.redlock.interceptor.InvalidRedLockedException;
import io.github.redlock.test.RedisMasters;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

import org.springframework.aop.support.AopUtils;
import org.springframework.context.ApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * {@link io.github.redlock.RedLocked @RedLocked} methods of woven classes.
 */
class WeavingTests {

	private static RedisMasters masters;

	private static ApplicationContext current;

	@BeforeAll
	static void start() {
		masters = RedisMasters.start(3);
	}

	@AfterAll
	static void stop() {
		masters.close();
	}

	@Test
	void aMethodThatItsOwnObjectCallsIsGuarded() {
		withTill((till) -> till.payThroughItself("a", WeavingTests::keys));
	}

	@Test
	void aPrivateMethodIsGuarded() {
		withTill((till) -> till.payInPrivate("a", WeavingTests::keys));
	}

	@Test
	void aFinalMethodIsGuarded() {
		withTill((till) -> till.payOrElse("a", WeavingTests::keys));
	}

	@Test
	void aStaticMethodIsGuarded() {
		withTill((till) -> Till.payAnywhere("a", WeavingTests::keys));
	}

	@Test
	void anAnnotationThatIsAnnotatedGuards() {
		withTill((till) -> till.payAs("a", WeavingTests::keys));
	}

	@Test
	void anObjectThatIsNoBeanIsGuarded() {
		withTill((till) -> new Till().pay("a", WeavingTests::keys));
	}

	@Test
	void anotherAspectOfTheMethodSeesTheLease() {
		withTill((till) -> {
			Audit.SEEN.set(null);
			return till.pay("a", () -> {
				assertThat(Audit.SEEN.get()).isSameAs(Lease.current());
				return keys();
			});
		});
	}

	@Test
	void aCallThroughABridgeMethodTakesTheLockOnce() {
		AtomicInteger acquired = new AtomicInteger();
		RedLockListener listener = new RedLockListener() {

			@Override
			public void acquired(Lease lease) {
				acquired.incrementAndGet();
			}

		};
		Applications.of(masters, "aspectj", Till.class)
			.withBean(RedLockListener.class, () -> listener)
			.run((application) -> {
				Counter<String> counter = application.getBean(Till.class);
				counter.count("a", () -> assertThat(keys()).isEqualTo("till:a"));
				assertThat(acquired).hasValue(1);
			});
	}

	@Test
	void aMonoHoldsTheLockWhereverItRuns() {
		withTill((till) -> {
			Mono<String> body = Mono.fromCallable(() -> isFree() ? "free" : "till:a")
				.subscribeOn(Schedulers.boundedElastic());
			Mono<String> guarded = till.payReactively("a", body);
			assertThat(isFree()).isTrue();
			assertThat(guarded.block()).isEqualTo("till:a");
			assertThat(isFree()).isTrue();
			return guarded.block();
		});
	}

	@Test
	void aFutureHoldsTheLockUntilItIsComplete() {
		withTill((till) -> {
			CompletableFuture<String> body = new CompletableFuture<>();
			CompletableFuture<String> guarded = till.payLater("a", body);
			assertThat(isFree()).isFalse();
			body.complete("till:a");
			String result = guarded.orTimeout(5, TimeUnit.SECONDS).join();
			assertThat(isFree()).isTrue();
			return result;
		});
	}

	@Test
	void aHeldLockKeepsOthersOut() {
		Applications.of(masters, "aspectj", Till.class).run((application) -> {
			Till till = application.getBean(Till.class);
			try (Lease held = application.getBean(RedLockClient.class).lock("till:a").acquire()) {
				assertThatExceptionOfType(LockBusyException.class)
					.isThrownBy(() -> till.payThroughItself("a", WeavingTests::keys));
				assertThat(till.payOrElse("a", () -> "paid")).isNull();
				assertThat(held.isValid()).isTrue();
			}
		});
	}

	@Test
	void thePublicMethodsOfAnAnnotatedClassAreGuarded() {
		Applications.of(masters, "aspectj", Ledger.Journal.class).run((application) -> {
			Ledger.Journal journal = application.getBean(Ledger.Journal.class);
			assertThat(journal.writeThroughItself("a", WeavingTests::keys)).isEqualTo("ledger:a");
			assertThat(journal.append("a", WeavingTests::keys)).isEqualTo("ledger:a");
			assertThat(journal).hasToString("a ledger");
		});
	}

	@Test
	void aMethodThatIsNotWovenEndsTheStart() {
		Applications.of(masters, "aspectj", Unseen.class)
			.run((application) -> assertThat(application.getStartupFailure()).rootCause()
				.isInstanceOf(InvalidRedLockedException.class)
				.hasMessageContaining("Unseen.pay")
				.hasMessageContaining("it would run without its lock"));
	}

	@Test
	void theApplicationThatStartedLastTakesTheLocksUntilItEnds() {
		Till[] woven = new Till[1];
		withTill((outer) -> {
			withTill((inner) -> inner.pay("a", WeavingTests::keys));
			woven[0] = outer;
			return outer.pay("a", WeavingTests::keys);
		});
		assertThatIllegalStateException().isThrownBy(() -> woven[0].pay("a", WeavingTests::keys))
			.withMessageContaining("the application has ended");
	}

	private static void withTill(Function<Till, String> call) {
		Applications.of(masters, "aspectj", Till.class).run((application) -> {
			assertThat(application).hasNotFailed();
			Till till = application.getBean(Till.class);
			assertThat(AopUtils.isAopProxy(till)).isFalse();
			current = application;
			assertThat(call.apply(till)).isEqualTo("till:a");
		});
	}

	private static boolean isFree() {
		Supplier<Boolean> elsewhere = () -> {
			Optional<Lease> lease = current.getBean(RedLockClient.class)
				.lock("till:a")
				.waitFor(Duration.ZERO)
				.tryAcquire();
			lease.ifPresent(Lease::close);
			return lease.isPresent();
		};
		return CompletableFuture.supplyAsync(elsewhere).join();
	}

	private static String keys() {
		return String.join(",", Lease.current().keys());
	}

}
