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

package io.github.redlock.autoconfigure;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

import io.github.redlock.Lease;
import io.github.redlock.LeaseLostException;
import io.github.redlock.LockBusyException;
import io.github.redlock.RedLockClient;
import io.github.redlock.RedLockClient.LockSpec;
import io.github.redlock.RedLocked;
import io.github.redlock.quorum.QuorumLocks;
import io.github.redlock.redisson.RedissonMasters;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.autoconfigure.aop.AopAutoConfiguration;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * The property {@code redlock.mode=local}: one JVM, no Redis.
 */
@ExtendWith(OutputCaptureExtension.class)
class LocalModeTests {

	private static final Duration LONG = Duration.ofSeconds(30);

	private final ApplicationContextRunner application = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(RedLockAutoConfiguration.class, AopAutoConfiguration.class))
		.withPropertyValues("redlock.mode=local");

	@Test
	void ofManyThreadsNeverTwoHoldAKey() {
		this.application
			.run((context) -> neverTwoInside(64, 640, (turn) -> redLock(context).lock("busy").waitFor(LONG)));
	}

	@Test
	void twoApplicationsOfAJvmExcludeEachOther() {
		this.application.run((one) -> this.application.run((other) -> neverTwoInside(16, 200,
				(turn) -> redLock((turn % 2 == 0) ? one : other).lock("shared").waitFor(LONG))));
	}

	private static void neverTwoInside(int threads, int turns, IntFunction<LockSpec> lock) throws Exception {
		AtomicInteger inside = new AtomicInteger();
		AtomicInteger most = new AtomicInteger();
		AtomicInteger done = new AtomicInteger();
		ExecutorService executor = Executors.newFixedThreadPool(threads);
		List<? extends Future<?>> all = IntStream.range(0, turns)
			.mapToObj((turn) -> executor.submit(() -> lock.apply(turn).run(() -> {
				most.accumulateAndGet(inside.incrementAndGet(), Math::max);
				done.incrementAndGet();
				Thread.yield();
				inside.decrementAndGet();
			})))
			.toList();
		for (Future<?> each : all) {
			each.get(60, TimeUnit.SECONDS);
		}
		executor.shutdown();
		assertThat(most).hasValue(1);
		assertThat(done).hasValue(turns);
	}

	@Test
	void aLockThatIsKeptAfterItsLeaseCanBeBrokenForItsOwnProcessToo() {
		this.application.run((context) -> {
			redLock(context).lock("kept").atLeast(LONG).acquire().close();
			assertThat(tryOnce(context, "kept")).isEmpty();
			context.getBean(QuorumLocks.class).breakLock("kept").join();
			assertThat(tryOnce(context, "kept")).hasValueSatisfying(Lease::close);
		});
	}

	@Test
	void applicationsWithAnotherPrefixDoNotMeet() {
		this.application.run((one) -> this.application.withPropertyValues("redlock.key-prefix=other:").run((other) -> {
			try (Lease lease = redLock(one).lock("prefixed").acquire()) {
				assertThat(tryOnce(other, "prefixed")).hasValueSatisfying(Lease::close);
				assertThat(lease.isValid()).isTrue();
			}
		}));
	}

	@Test
	void theReleaseWakesWhoWaitsInAnotherApplication() {
		this.application.run((one) -> this.application.run((other) -> {
			// without a word it would be asked for again after a second
			long fastest = LongStream.generate(() -> {
				Lease held = redLock(one).lock("woken").acquire();
				CompletableFuture<Lease> waiting = redLock(other).lock("woken").waitFor(LONG).acquireAsync();
				await().during(Duration.ofMillis(100)).until(() -> !waiting.isDone());
				long begin = System.nanoTime();
				held.close();
				waiting.join().close();
				return System.nanoTime() - begin;
			}).limit(5).min().getAsLong();
			assertThat(Duration.ofNanos(fastest)).isLessThan(Duration.ofMillis(300));
		}));
	}

	@Test
	void leaseEndsByTimeAndItsHolderIsTold() {
		this.application.run((one) -> this.application.run((other) -> {
			CountDownLatch told = new CountDownLatch(1);
			long begin = System.nanoTime();
			Lease forgotten = redLock(one).lock("forgotten").lease(Duration.ofSeconds(1)).renew(false).acquire();
			forgotten.onLost(told::countDown);
			assertThat(tryOnce(other, "forgotten")).isEmpty();
			try (Lease next = redLock(other).lock("forgotten").waitFor(LONG).acquire()) {
				assertThat(System.nanoTime() - begin).isGreaterThanOrEqualTo(TimeUnit.SECONDS.toNanos(1));
				assertThat(forgotten.isValid()).isFalse();
				assertThat(told.await(5, TimeUnit.SECONDS)).isTrue();
				assertThatExceptionOfType(LeaseLostException.class).isThrownBy(forgotten::renew);
				forgotten.close();
				assertThat(next.isValid()).isTrue();
			}
		}));
	}

	@Test
	void renewalKeepsTheLockBeyondItsLease() {
		this.application.run((one) -> this.application.run((other) -> {
			try (Lease lease = redLock(one).lock("renewed").lease(Duration.ofMillis(1500)).acquire()) {
				await().during(Duration.ofMillis(3500))
					.atMost(Duration.ofSeconds(10))
					.until(() -> lease.isValid() && tryOnce(other, "renewed").isEmpty());
			}
			assertThat(tryOnce(other, "renewed")).hasValueSatisfying(Lease::close);
		}));
	}

	@Test
	void tokensGrow() {
		this.application.run((one) -> this.application.run((other) -> {
			long last = 0;
			for (int i = 0; i < 100; i++) {
				try (Lease lease = redLock((i % 3 == 0) ? one : other).lock("counted").acquire()) {
					assertThat(lease.token()).isGreaterThan(last);
					last = lease.token();
				}
			}
		}));
	}

	@Test
	void severalKeysAreTakenAllOrNone() {
		this.application.run((one) -> this.application.run((other) -> {
			try (Lease lease = redLock(one).lock("second", "third").acquire()) {
				assertThat(tryOnce(other, "first", "second")).isEmpty();
				assertThat(tryOnce(one, "first")).hasValueSatisfying(Lease::close);
				assertThatExceptionOfType(LockBusyException.class)
					.isThrownBy(() -> redLock(other).lock("third").waitFor(Duration.ZERO).acquire())
					.withMessageContaining("this JVM: held elsewhere for another");
			}
			assertThat(tryOnce(other, "first", "second")).hasValueSatisfying(Lease::close);
		}));
	}

	@Test
	void guardsAnnotatedMethods() {
		this.application.withUserConfiguration(Shop.class).run((one) -> this.application.run((other) -> {
			Till till = one.getBean(Till.class);
			try (Lease lease = redLock(other).lock("till:7").acquire()) {
				assertThatExceptionOfType(LockBusyException.class).isThrownBy(() -> till.pay(7));
				assertThat(till.pay(8)).containsExactly("till:8");
			}
			assertThat(till.pay(7)).containsExactly("till:7");
		}));
	}

	@Test
	void closedApplicationLeavesNeitherLockNorThread() {
		Set<Thread> before = TestApplication.threads();
		this.application.run((other) -> {
			CompletableFuture<Lease> waiting = new CompletableFuture<>();
			this.application.run((one) -> {
				redLock(one).lock("left").acquire();
				redLock(one).lock("left")
					.waitFor(LONG)
					.acquireAsync()
					.whenComplete((lease, failure) -> waiting.completeExceptionally(failure));
			});
			assertThat(waiting).isCompletedExceptionally();
			assertThat(tryOnce(other, "left")).hasValueSatisfying(Lease::close);
		});
		await().untilAsserted(() -> assertThat(TestApplication.threads()).isSubsetOf(before));
	}

	@Test
	void neitherClientNorConnectionNorThreadOfRedissonExists() {
		Set<Thread> before = TestApplication.threads();
		this.application.run((context) -> {
			redLock(context).lock("alone").run(() -> {
			});
			Set<Thread> started = TestApplication.threads();
			started.removeAll(before);
			assertThat(started).isNotEmpty().allMatch(Thread::isDaemon);
			assertThat(started).extracting(Thread::getName).isSubsetOf("redlock-timer", "redlock-callback");
			assertThat(context).doesNotHaveBean(RedissonMasters.class);
		});
	}

	@Test
	void startsWithoutNodesAndSaysOnceThatNothingElseIsGuarded(CapturedOutput output) {
		SpringApplication application = new SpringApplication(Application.class);
		application.setWebApplicationType(WebApplicationType.NONE);
		application.run("--redlock.mode=LOCAL").close();
		assertThat(output.toString().lines().filter((line) -> line.contains("WARN"))).singleElement()
			.asString()
			.contains("in the memory of this JVM (redlock.mode=local): nothing is guarded beyond it");
	}

	@Test
	void ignoresWhatConcernsMastersOnly() {
		this.application
			.withPropertyValues("redlock.nodes=redis://127.0.0.1:1,nonsense", "redlock.connect-timeout=30d",
					"redlock.fencing.retention=1ms", "redlock.recovery.quarantine=-1s")
			.run((context) -> assertThat(tryOnce(context, "ignored")).hasValueSatisfying(Lease::close));
	}

	private static RedLockClient redLock(AssertableApplicationContext context) {
		return context.getBean(RedLockClient.class);
	}

	private static Optional<Lease> tryOnce(AssertableApplicationContext context, String... keys) {
		return redLock(context).lock(keys).waitFor(Duration.ZERO).tryAcquire();
	}

	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration(RedLockAutoConfiguration.class)
	static class Application {

	}

	@Configuration(proxyBeanMethods = false)
	static class Shop {

		@Bean
		Till till() {
			return new Till();
		}

	}

	static class Till {

		@RedLocked(name = "till", key = "#number", waitFor = "0s")
		List<String> pay(int number) {
			return Lease.current().keys();
		}

	}

}
