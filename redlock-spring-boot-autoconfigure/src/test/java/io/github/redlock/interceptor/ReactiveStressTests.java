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
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import io.github.redlock.Lease;
import io.github.redlock.RedLocked;
import io.github.redlock.test.EmbeddedRedLock;
import io.github.redlock.test.RedisMasters;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import reactor.blockhound.BlockHound;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.SignalType;
import reactor.core.scheduler.NonBlocking;
import reactor.core.scheduler.Schedulers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Very many locked {@link Mono Monos} at the same time, many of them cancelled at a
 * random moment.
 */
@EmbeddedRedLock
@Tag("blockhound")
class ReactiveStressTests {

	private static final int MONOS = 10_000;

	private static final int KEYS = 100;

	private static final long SEED = 4;

	private static final Set<String> BLOCKED = ConcurrentHashMap.newKeySet();

	static {
		BlockHound.builder()
			.loadIntegrations()
			.nonBlockingThreadPredicate((others) -> ReactiveStressTests::isEventLoop)
			.blockingMethodCallback((method) -> BLOCKED
				.add(Stream.concat(Stream.of(Thread.currentThread().getName(), method), frames().limit(40))
					.map(String::valueOf)
					.collect(Collectors.joining(" < "))))
			// Redisson guards its queues with locks, each for an instant
			.allowBlockingCallsInside("org.redisson.misc.WrappedLock", "execute")
			.install();
	}

	private final LockedApplication application;

	ReactiveStressTests(RedisMasters masters) {
		this.application = new LockedApplication(masters, Orders.class);
	}

	private static boolean isEventLoop(Thread thread) {
		return thread instanceof NonBlocking || thread.getName().startsWith("redlock-io")
				|| thread.getName().startsWith("redlock-timer");
	}

	private static Stream<StackTraceElement> frames() {
		return Arrays.stream(Thread.currentThread().getStackTrace())
			.dropWhile((frame) -> !frame.getMethodName().equals("checkBlocking"))
			.skip(2);
	}

	@Test
	void blocksNoEventLoopAndLeavesNoLockBehindWhateverIsCancelled() throws Exception {
		assertThat(detectsBlocking()).isTrue();
		Orders orders = this.application.bean(Orders.class);
		Random random = new Random(SEED);
		CountDownLatch ended = new CountDownLatch(MONOS);
		ConcurrentLinkedQueue<Throwable> failures = new ConcurrentLinkedQueue<>();
		Map<SignalType, AtomicInteger> ends = new ConcurrentHashMap<>();
		long begin = System.nanoTime();
		List<Disposable> subscriptions = IntStream.range(0, MONOS).mapToObj((i) -> {
			Duration work = Duration.ofMillis(random.nextInt(3));
			Mono<Long> mono = Mono.defer(() -> orders.pay(i % KEYS, work))
				.subscribeOn(Schedulers.parallel())
				.doOnError(failures::add)
				.doFinally((signal) -> {
					ends.computeIfAbsent(signal, (absent) -> new AtomicInteger()).incrementAndGet();
					ended.countDown();
				});
			Disposable subscription = mono.onErrorComplete().subscribe();
			if (random.nextInt(3) == 0) {
				Schedulers.parallel().schedule(subscription::dispose, random.nextInt(4000), TimeUnit.MILLISECONDS);
			}
			return subscription;
		}).toList();
		assertThat(ended.await(60, TimeUnit.SECONDS)).isTrue();
		Duration time = Duration.ofNanos(System.nanoTime() - begin);
		System.out.printf("%d monos over %d keys in %d ms: %s, ran %d%n", MONOS, KEYS, time.toMillis(), ends,
				orders.runs().get());
		assertThat(subscriptions).hasSize(MONOS);
		assertThat(failures).isEmpty();
		assertThat(orders.overlaps()).hasValue(0);
		assertThat(ends.get(SignalType.CANCEL)).hasPositiveValue();
		assertThat(BLOCKED).isEmpty();
		await().untilAsserted(() -> assertThat(this.application.locks()).isZero());
		this.application.close();
		assertThat(this.application.locks()).isZero();
	}

	private static boolean detectsBlocking() throws Exception {
		CountDownLatch done = new CountDownLatch(1);
		Schedulers.parallel().schedule(() -> {
			try {
				Thread.sleep(1);
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
			done.countDown();
		});
		return done.await(5, TimeUnit.SECONDS) && BLOCKED.removeIf((call) -> call.contains("detectsBlocking"));
	}

	static class Orders {

		private final Map<Integer, AtomicInteger> inside = new ConcurrentHashMap<>();

		private final AtomicInteger overlaps = new AtomicInteger();

		private final AtomicInteger runs = new AtomicInteger();

		AtomicInteger overlaps() {
			return this.overlaps;
		}

		AtomicInteger runs() {
			return this.runs;
		}

		@RedLocked(name = "orders", key = "#id", lease = "20s", waitFor = "60s")
		Mono<Long> pay(int id, Duration work) {
			return Mono.deferContextual((context) -> {
				AtomicInteger here = this.inside.computeIfAbsent(id, (absent) -> new AtomicInteger());
				if (here.incrementAndGet() != 1) {
					this.overlaps.incrementAndGet();
				}
				this.runs.incrementAndGet();
				AtomicBoolean left = new AtomicBoolean();
				Runnable leave = () -> {
					// a cancellation can follow the end
					if (left.compareAndSet(false, true)) {
						here.decrementAndGet();
					}
				};
				return Mono.delay(work)
					.thenReturn(context.get(Lease.class).token())
					// not doFinally, which comes after the end has been passed on
					.doOnTerminate(leave)
					.doOnCancel(leave);
			});
		}

	}

}
