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

package io.github.redlock.autoconfigure.metrics;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

import io.github.redlock.Lease;
import io.github.redlock.LockBusyException;
import io.github.redlock.QuorumUnavailableException;
import io.github.redlock.RedLockClient;
import io.github.redlock.autoconfigure.RedLockAutoConfiguration;
import io.github.redlock.test.EmbeddedRedLock;
import io.github.redlock.test.RedisMaster;
import io.github.redlock.test.RedisMasters;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.observation.DefaultMeterObservationHandler;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * What is measured and traced.
 */
@EmbeddedRedLock
class RedLockObservationTests {

	private static final String SECRET = "customer-4711";

	private final RedisMasters masters;

	private final ApplicationContextRunner runner;

	RedLockObservationTests(RedisMasters masters) {
		this.masters = masters;
		this.runner = new ApplicationContextRunner()
			.withConfiguration(
					AutoConfigurations.of(RedLockAutoConfiguration.class, RedLockObservationAutoConfiguration.class))
			.withUserConfiguration(Registries.class)
			.withPropertyValues("redlock.nodes=" + masters.nodes(), "redlock.recovery.quarantine=300ms");
	}

	@AfterEach
	void heal() {
		this.masters.heal();
	}

	@Test
	void measuresHowLocksAreAskedForAndHeld() {
		this.runner.run((context) -> {
			RedLockClient redLock = context.getBean(RedLockClient.class);
			MeterRegistry meters = context.getBean(MeterRegistry.class);
			try (Lease lease = redLock.lock(SECRET).name("orders").lease(Duration.ofMillis(600)).acquire()) {
				assertThatExceptionOfType(LockBusyException.class)
					.isThrownBy(() -> redLock.lock(SECRET).name("orders").waitFor(Duration.ZERO).acquire());
				await().ignoreExceptions()
					.untilAsserted(() -> assertThat(
							meters.get("redlock.hold.renewed").tag("redlock.name", "orders").counter().count())
						.isPositive());
			}
			await().ignoreExceptions().untilAsserted(() -> {
				assertThat(count(meters, "redlock.acquire", "orders", "acquired")).isEqualTo(1);
				assertThat(count(meters, "redlock.acquire", "orders", "busy")).isEqualTo(1);
				assertThat(count(meters, "redlock.hold", "orders", "released")).isEqualTo(1);
			});
			for (RedisMaster master : this.masters) {
				assertThat(meters.get("redlock.master.requests")
					.tags("redlock.master", master.address(), "redlock.outcome", "answered")
					.timer()
					.count()).isGreaterThanOrEqualTo(3);
			}
			assertThat(meters.getMeters()).allSatisfy(
					(meter) -> assertThat(meter.getId().getTags()).extracting(Tag::getValue).doesNotContain(SECRET));
		});
	}

	@Test
	void measuresLossesAndAMissingQuorum() {
		this.runner.run((context) -> {
			RedLockClient redLock = context.getBean(RedLockClient.class);
			MeterRegistry meters = context.getBean(MeterRegistry.class);
			Lease lease = redLock.lock("short").lease(Duration.ofMillis(300)).acquire();
			this.masters.get(0).hang();
			this.masters.get(1).hang();
			await().ignoreExceptions()
				.untilAsserted(() -> assertThat(count(meters, "redlock.hold", "none", "lost")).isEqualTo(1));
			assertThat(lease.isValid()).isFalse();
			assertThat(meters.get("redlock.hold.renewal.failed").counter().count()).isPositive();
			assertThatExceptionOfType(QuorumUnavailableException.class)
				.isThrownBy(() -> redLock.lock("other").waitFor(Duration.ZERO).acquire());
			await().ignoreExceptions()
				.untilAsserted(() -> assertThat(count(meters, "redlock.acquire", "none", "no_quorum")).isEqualTo(1));
		});
	}

	@Test
	void tracesBelongToTheCallerAndTellKeysOnlyIfWanted() {
		this.runner.run((context) -> assertThat(traced(context.getBean(RedLockClient.class),
				context.getBean(ObservationRegistry.class), context.getBean(Contexts.class)))
			.doesNotContainValue(SECRET));
		this.runner.withPropertyValues("redlock.observations.include-keys=true")
			.run((context) -> assertThat(traced(context.getBean(RedLockClient.class),
					context.getBean(ObservationRegistry.class), context.getBean(Contexts.class)))
				.containsEntry("redlock.acquire", SECRET)
				.containsEntry("redlock.hold", SECRET));
	}

	private static Map<String, String> traced(RedLockClient redLock, ObservationRegistry registry, Contexts contexts) {
		Observation caller = Observation.start("caller", registry);
		try (Observation.Scope scope = caller.openScope()) {
			redLock.lock(SECRET).acquireAsync().join().close();
		}
		caller.stop();
		assertThat(contexts.stopped).extracting(Observation.Context::getName)
			.containsExactlyInAnyOrder("redlock.acquire", "redlock.hold", "caller");
		assertThat(contexts.stopped).filteredOn((context) -> !context.getName().equals("caller"))
			.allSatisfy((context) -> assertThat(context.getParentObservation()).isSameAs(caller));
		Map<String, String> keys = new HashMap<>();
		contexts.stopped.forEach(
				(context) -> keys.put(context.getName(), (context.getHighCardinalityKeyValue("redlock.key") != null)
						? context.getHighCardinalityKeyValue("redlock.key").getValue() : ""));
		return keys;
	}

	@Test
	void aHandlerThatFailsBreaksNoLock() {
		this.runner.withBean("failing", ObservationHandler.class, Failing::new).run((context) -> {
			context.getBean(ObservationRegistry.class)
				.observationConfig()
				.observationHandler(context.getBean("failing", ObservationHandler.class));
			RedLockClient redLock = context.getBean(RedLockClient.class);
			assertThat(redLock.lock("a").<Boolean>call(() -> Lease.current().isValid())).isTrue();
			try (Lease lease = redLock.lock("a").acquire()) {
				assertThatExceptionOfType(LockBusyException.class)
					.isThrownBy(() -> redLock.lock("a").waitFor(Duration.ZERO).acquire());
			}
		});
	}

	@Test
	void isNotThereWithoutLocksOrARegistry() {
		this.runner.withPropertyValues("redlock.enabled=false")
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(ObservedLocks.class));
		new ApplicationContextRunner()
			.withConfiguration(
					AutoConfigurations.of(RedLockAutoConfiguration.class, RedLockObservationAutoConfiguration.class))
			.withPropertyValues("redlock.mode=local")
			.run((context) -> assertThat(context).hasSingleBean(RedLockClient.class)
				.doesNotHaveBean(ObservedLocks.class));
	}

	private static long count(MeterRegistry meters, String timer, String name, String outcome) {
		return meters.get(timer).tags("redlock.name", name, "redlock.outcome", outcome).timer().count();
	}

	@Configuration(proxyBeanMethods = false)
	static class Registries {

		@Bean
		MeterRegistry meterRegistry() {
			return new SimpleMeterRegistry();
		}

		@Bean
		Contexts contexts() {
			return new Contexts();
		}

		@Bean
		ObservationRegistry observationRegistry(MeterRegistry meters, Contexts contexts) {
			ObservationRegistry registry = ObservationRegistry.create();
			registry.observationConfig()
				.observationHandler(new DefaultMeterObservationHandler(meters))
				.observationHandler(contexts);
			return registry;
		}

	}

	/**
	 * Keeps what has been observed.
	 */
	static class Contexts implements ObservationHandler<Observation.Context> {

		private final Queue<Observation.Context> stopped = new ConcurrentLinkedQueue<>();

		@Override
		public void onStop(Observation.Context context) {
			this.stopped.add(context);
		}

		@Override
		public boolean supportsContext(Observation.Context context) {
			return true;
		}

	}

	/**
	 * Fails whatever it is told.
	 */
	static class Failing implements ObservationHandler<Observation.Context> {

		@Override
		public void onStart(Observation.Context context) {
			throw new IllegalStateException("start");
		}

		@Override
		public void onStop(Observation.Context context) {
			throw new IllegalStateException("stop");
		}

		@Override
		public boolean supportsContext(Observation.Context context) {
			return true;
		}

	}

}
