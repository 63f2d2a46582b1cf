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

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import com.jayway.jsonpath.JsonPath;
import io.github.redlock.Lease;
import io.github.redlock.RedLockClient;
import io.github.redlock.autoconfigure.RedLockAutoConfiguration;
import io.github.redlock.test.EmbeddedRedLock;
import io.github.redlock.test.RedisMasters;
import io.micrometer.core.instrument.observation.DefaultMeterObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * The Grafana dashboard, whose queries must be about metrics that there are.
 */
@EmbeddedRedLock
class DashboardTests {

	private static final Path DASHBOARD = Path.of("..", "deploy", "grafana", "redlock.json");

	private static final Pattern METRIC = Pattern.compile("(redlock_\\w+)(?:\\{([^}]*)}|, redlock_name\\)|, job\\))");

	private static final Pattern LABEL = Pattern.compile("(\\w+)=~?\"([^\"]*)\"");

	@Test
	void queriesOnlyMetricsAndLabelsThatThereAre(RedisMasters masters) throws IOException {
		String exposed = exposed(masters);
		List<MatchResult> metrics = expressions().flatMap((expression) -> METRIC.matcher(expression).results())
			.toList();
		assertThat(metrics).hasSizeGreaterThan(15).allSatisfy((metric) -> {
			List<String> samples = exposed.lines().filter((line) -> line.startsWith(metric.group(1) + "{")).toList();
			assertThat(samples).as(metric.group(1)).isNotEmpty();
			LABEL.matcher((metric.group(2) != null) ? metric.group(2) : "")
				.results()
				.filter((label) -> !label.group(1).equals("job"))
				.map((label) -> label.group(1) + "=\"" + (label.group(2).startsWith("$") ? "" : label.group(2)))
				.forEach((label) -> assertThat(samples).as(metric.group()).anyMatch((line) -> line.contains(label)));
		});
	}

	private static Stream<String> expressions() throws IOException {
		String dashboard = Files.readString(DASHBOARD);
		List<String> panels = JsonPath.read(dashboard, "$.panels[*].targets[*].expr");
		List<String> variables = JsonPath.read(dashboard, "$.templating.list[*].query.query");
		assertThat(panels).isNotEmpty();
		assertThat(variables).isNotEmpty();
		return Stream.concat(panels.stream(), variables.stream());
	}

	private static String exposed(RedisMasters masters) {
		PrometheusMeterRegistry meters = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
		ObservationRegistry observations = ObservationRegistry.create();
		observations.observationConfig().observationHandler(new DefaultMeterObservationHandler(meters));
		new ApplicationContextRunner()
			.withConfiguration(
					AutoConfigurations.of(RedLockAutoConfiguration.class, RedLockObservationAutoConfiguration.class))
			.withBean(PrometheusMeterRegistry.class, () -> meters)
			.withBean(ObservationRegistry.class, () -> observations)
			.withPropertyValues("redlock.nodes=" + masters.nodes())
			.run((context) -> {
				RedLockClient redLock = context.getBean(RedLockClient.class);
				Lease lease = redLock.lock("a").lease(Duration.ofMillis(600)).acquire();
				await().untilAsserted(() -> assertThat(meters.scrape()).contains("redlock_hold_renewed_total"));
				masters.get(0).kill();
				masters.get(1).kill();
				await().until(() -> !lease.isValid());
				redLock.lock("b").waitFor(Duration.ZERO).acquireAsync().exceptionally((failure) -> lease).join();
				await().untilAsserted(() -> assertThat(meters.scrape()).contains("outcome=\"lost\"")
					.contains("outcome=\"no_quorum\"")
					.contains("outcome=\"failed\""));
			});
		masters.heal();
		return meters.scrape();
	}

}
