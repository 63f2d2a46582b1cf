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
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

import com.jayway.jsonpath.JsonPath;
import io.github.redlock.Lease;
import io.github.redlock.RedLockClient;
import io.github.redlock.RedLockEvent;
import io.github.redlock.RedLockListener;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.logging.LoggingSystem;
import org.springframework.boot.logging.LoggingSystemProperty;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.event.EventListener;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * What is published and logged of locks.
 */
@ExtendWith(OutputCaptureExtension.class)
class EventsTests {

	@AfterEach
	void resetLogging() {
		LoggingSystem.get(getClass().getClassLoader()).cleanUp();
		System.clearProperty(LoggingSystemProperty.CONSOLE_STRUCTURED_FORMAT.getEnvironmentVariableName());
	}

	@Test
	void aListenerMayUseTheClient() {
		try (ConfigurableApplicationContext application = run()) {
			application.getBean(RedLockClient.class).lock("listened").acquire().close();
			assertThat(application.getBean(UsingListener.class).acquired).containsExactly(List.of("listened"));
		}
	}

	@Test
	void whatHappensToLocksIsPublished() {
		try (ConfigurableApplicationContext application = run()) {
			RedLockClient redLock = application.getBean(RedLockClient.class);
			Lease lease = redLock.lock("a").acquire();
			redLock.lock("a").waitFor(Duration.ZERO).tryAcquire();
			lease.close();
			Lease lost = redLock.lock("b").lease(Duration.ofMillis(100)).renew(false).acquire();
			await().until(() -> !lost.isValid());
			assertThat(application.getBean(Recorder.class).events).contains(new RedLockEvent.Acquired(lease),
					new RedLockEvent.Busy(List.of("a")), new RedLockEvent.Released(lease),
					new RedLockEvent.Acquired(lost));
			await().untilAsserted(
					() -> assertThat(application.getBean(Recorder.class).events).contains(new RedLockEvent.Lost(lost)));
		}
	}

	@ParameterizedTest
	@CsvSource({ "ecs, log.level", "logstash, level" })
	void aLossIsOneWarningWithFields(String format, String level, CapturedOutput output) {
		try (ConfigurableApplicationContext application = run("logging.structured.format.console=" + format)) {
			Lease lease = application.getBean(RedLockClient.class)
				.lock("orders:42")
				.name("orders")
				.lease(Duration.ofMillis(100))
				.renew(false)
				.acquire();
			await().until(() -> output.toString().contains("was lost"));
			List<String> lines = output.toString().lines().filter((line) -> line.contains("was lost")).toList();
			assertThat(lines).hasSize(1);
			assertThat(field(lines.get(0), "redlock.name")).isEqualTo("orders");
			assertThat(field(lines.get(0), "redlock.key")).isEqualTo("orders:42");
			assertThat(field(lines.get(0), "redlock.token")).isEqualTo(Long.toString(lease.token()));
			assertThat(field(lines.get(0), "redlock.outcome")).isEqualTo("lost");
			assertThat(field(lines.get(0), level)).isEqualTo("WARN");
			assertThat(output).doesNotContain("was taken");
		}
	}

	// a dotted name may be a path
	private static String field(String json, String name) {
		List<Object> values = JsonPath.read(json, "$[?(@['" + name + "'])]['" + name + "']");
		return (values.isEmpty() ? JsonPath.read(json, "$." + name) : values.get(0)).toString();
	}

	private static ConfigurableApplicationContext run(String... properties) {
		return new SpringApplicationBuilder(Application.class).web(WebApplicationType.NONE)
			.properties("redlock.mode=local")
			.properties(properties)
			.run();
	}

	@ImportAutoConfiguration(RedLockAutoConfiguration.class)
	static class Application {

		@Bean
		Recorder recorder() {
			return new Recorder();
		}

		@Bean
		UsingListener usingListener(RedLockClient redLock) {
			return new UsingListener(redLock);
		}

	}

	static class UsingListener implements RedLockListener {

		private final RedLockClient redLock;

		private final Queue<List<String>> acquired = new ConcurrentLinkedQueue<>();

		UsingListener(RedLockClient redLock) {
			this.redLock = redLock;
		}

		@Override
		public void acquired(Lease lease) {
			if (!lease.keys().contains("heard")) {
				this.acquired.add(lease.keys());
				this.redLock.lock("heard").run(() -> {
				});
			}
		}

	}

	static class Recorder {

		private final Queue<RedLockEvent> events = new ConcurrentLinkedQueue<>();

		@EventListener
		void on(RedLockEvent event) {
			this.events.add(event);
		}

	}

}
