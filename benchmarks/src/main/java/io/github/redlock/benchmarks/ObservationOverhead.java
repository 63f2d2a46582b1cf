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

package io.github.redlock.benchmarks;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;

import brave.Tracing;
import brave.handler.MutableSpan;
import brave.handler.SpanHandler;
import brave.propagation.TraceContext;
import io.github.redlock.RedLockClient;
import io.github.redlock.autoconfigure.RedLockAutoConfiguration;
import io.github.redlock.autoconfigure.metrics.RedLockObservationAutoConfiguration;
import io.github.redlock.test.RedisMasters;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.observation.DefaultMeterObservationHandler;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.tracing.brave.bridge.BraveCurrentTraceContext;
import io.micrometer.tracing.brave.bridge.BraveTracer;
import io.micrometer.tracing.handler.DefaultTracingObservationHandler;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * What metrics and traces add to a guarded call, at a thousand calls a second: slices of
 * some seconds with and without them, in turn, in one process.
 */
public final class ObservationOverhead {

	private static final int THREADS = 8;

	private static final int CALLS_PER_SECOND = 1000;

	private static final int SLICE_SECONDS = 5;

	private ObservationOverhead() {
	}

	/**
	 * Run the comparison and print it.
	 * @param args how many seconds for each, 60 by default
	 * @throws InterruptedException if it is interrupted
	 */
	public static void main(String[] args) throws InterruptedException {
		int seconds = (args.length > 0) ? Integer.parseInt(args[0]) : 60;
		List<Double> plain = new ArrayList<>();
		List<Double> observed = new ArrayList<>();
		try (RedisMasters masters = RedisMasters.start(5);
				ConfigurableApplicationContext without = run(masters, Plain.class);
				ConfigurableApplicationContext with = run(masters, Observed.class)) {
			slice(without.getBean(RedLockClient.class));
			slice(with.getBean(RedLockClient.class));
			for (int i = 0; i < seconds / SLICE_SECONDS; i++) {
				plain.add(slice(without.getBean(RedLockClient.class)));
				observed.add(slice(with.getBean(RedLockClient.class)));
			}
			System.out.printf("spans: %d, timed acquisitions: %d%n", with.getBean(Spans.class).count.sum(),
					with.getBean(MeterRegistry.class).get("redlock.acquire").timer().count());
		}
		System.out.printf(
				"%d calls a second, %d s each in slices of %d s: without %.1f us a call, with %.1f us; added: %.1f %%%n",
				CALLS_PER_SECOND, seconds, SLICE_SECONDS, median(plain), median(observed),
				100 * (median(observed) / median(plain) - 1));
	}

	private static ConfigurableApplicationContext run(RedisMasters masters, Class<?> application) {
		return new SpringApplicationBuilder(application).web(WebApplicationType.NONE)
			.properties("redlock.nodes=" + masters.nodes(), "logging.level.root=warn", "spring.main.banner-mode=off")
			.run();
	}

	/**
	 * Make calls for a while.
	 * @param redLock takes the locks
	 * @return how many microseconds a call took on average
	 */
	private static double slice(RedLockClient redLock) throws InterruptedException {
		LongAdder nanos = new LongAdder();
		LongAdder calls = new LongAdder();
		List<Thread> threads = new ArrayList<>();
		for (int i = 0; i < THREADS; i++) {
			String key = "thread:" + i + ":";
			threads.add(new Thread(() -> callAtTheRate(redLock, key, nanos, calls)));
		}
		threads.forEach(Thread::start);
		for (Thread thread : threads) {
			thread.join();
		}
		return nanos.sum() / 1000.0 / calls.sum();
	}

	private static void callAtTheRate(RedLockClient redLock, String key, LongAdder nanos, LongAdder calls) {
		long interval = TimeUnit.SECONDS.toNanos(1) * THREADS / CALLS_PER_SECOND;
		long begin = System.nanoTime();
		for (int i = 0; i < SLICE_SECONDS * CALLS_PER_SECOND / THREADS; i++) {
			long due = begin + i * interval;
			while (System.nanoTime() < due) {
				LockSupport.parkNanos(due - System.nanoTime());
			}
			long start = System.nanoTime();
			redLock.lock(key + i).name("measured").lease(Duration.ofSeconds(10)).run(() -> {
			});
			nanos.add(System.nanoTime() - start);
			calls.increment();
		}
	}

	private static double median(List<Double> values) {
		List<Double> sorted = new ArrayList<>(values);
		Collections.sort(sorted);
		int size = sorted.size();
		return (sorted.get((size - 1) / 2) + sorted.get(size / 2)) / 2;
	}

	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration(RedLockAutoConfiguration.class)
	static class Plain {

	}

	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration({ RedLockAutoConfiguration.class, RedLockObservationAutoConfiguration.class })
	static class Observed {

		@Bean
		MeterRegistry meterRegistry() {
			return new SimpleMeterRegistry();
		}

		@Bean
		Spans spans() {
			return new Spans();
		}

		@Bean(destroyMethod = "close")
		Tracing tracing(Spans spans) {
			return Tracing.newBuilder().addSpanHandler(spans).build();
		}

		@Bean
		ObservationRegistry observationRegistry(MeterRegistry meters, Tracing tracing) {
			ObservationRegistry registry = ObservationRegistry.create();
			BraveTracer tracer = new BraveTracer(tracing.tracer(),
					new BraveCurrentTraceContext(tracing.currentTraceContext()));
			registry.observationConfig()
				.observationHandler(new DefaultMeterObservationHandler(meters))
				.observationHandler(new DefaultTracingObservationHandler(tracer));
			return registry;
		}

	}

	/**
	 * Takes all spans, as an exporter would.
	 */
	static class Spans extends SpanHandler {

		private final LongAdder count = new LongAdder();

		@Override
		public boolean end(TraceContext context, MutableSpan span, Cause cause) {
			this.count.increment();
			return true;
		}

	}

}
