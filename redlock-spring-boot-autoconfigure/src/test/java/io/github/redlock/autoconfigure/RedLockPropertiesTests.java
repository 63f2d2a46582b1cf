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

import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

import com.jayway.jsonpath.JsonPath;
import io.github.redlock.Lease;
import io.github.redlock.RedLockClient;
import io.github.redlock.interceptor.RedLockedAdvisor;
import io.github.redlock.interceptor.transaction.CommitGuardRegistrar;
import io.github.redlock.test.EmbeddedRedLock;
import io.github.redlock.test.RedisMasters;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.util.ClassUtils;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

/**
 * What a user sees of {@link RedLockProperties}.
 */
@EmbeddedRedLock
@ExtendWith(OutputCaptureExtension.class)
class RedLockPropertiesTests {

	private static final String NODES = "redlock.nodes=redis://127.0.0.1:1,redis://127.0.0.1:2,redis://127.0.0.1:3";

	static Stream<Arguments> mistakes() {
		return Stream.of(
				Arguments.of(new String[] {}, "The property 'redlock.nodes' is not set", "redlock.nodes=redis://"),
				Arguments.of(new String[] { "redlock.nodes=redis://a:1,redis://b:1,redis://a:1" },
						"'redlock.nodes[2]' has the value 'redis://a:1'", "List every master once"),
				Arguments.of(new String[] { "redlock.nodes=redis://a:1,localhost:6379" },
						"'redlock.nodes[1]' has the value 'localhost:6379'", "Write 'redis://host:port'"),
				Arguments.of(new String[] { "redlock.nodes[0].address=http://me:s3cr3t@a:1" },
						"'redlock.nodes[0]' has the value '******@a:1'", "Write 'redis://host:port'"),
				Arguments.of(new String[] { "redlock.nodes=redis://redis_1:6379,redis://[::1]:6379,redis://a:0" },
						"'redlock.nodes[2]' has the value 'redis://a:0'", "Write 'redis://host:port'"),
				Arguments.of(new String[] { "redlock.nodes=redis://[fe80::1]:6379,redis://::1:6379" },
						"'redlock.nodes[1]' has the value 'redis://::1:6379'", "an IPv6 address in brackets"),
				Arguments.of(new String[] { "redlock.nodes=redis://me:s3cr3t@[2001:db8::1]:6379,redis://[::1]" },
						"'redlock.nodes[1]' has the value 'redis://[::1]'", "an IPv6 address in brackets"),
				Arguments.of(new String[] { "redlock.nodes=redis://[::ffff:10.0.0.1]:6379,redis://[1::2::3]:6379" },
						"'redlock.nodes[1]' has the value 'redis://[1::2::3]:6379'", "an IPv6 address in brackets"),
				Arguments.of(new String[] { "redlock.nodes=redis://[10.0.0.1]:6379" },
						"'redlock.nodes[0]' has the value 'redis://[10.0.0.1]:6379'", "Write 'redis://host:port'"),
				Arguments.of(
						new String[] { "redlock.nodes[0].address=redis://a:1", "redlock.nodes[0].name=x",
								"redlock.nodes[1].address=redis://b:1", "redlock.nodes[1].name=x" },
						"'redlock.nodes[1].name' has the value 'x'", "a name of its own"),
				Arguments.of(
						new String[] { "redlock.nodes[0].address=redis://me:s3cr3t@a:1",
								"redlock.nodes[0].sentinel.master=g" },
						"'redlock.nodes[0].address' has the value '******@a:1'", "Leave out either the address"),
				Arguments.of(new String[] { "redlock.nodes[0].sentinel.nodes=a:1,b:1" },
						"'redlock.nodes[0].sentinel.master' is not set", "such as 'mymaster'"),
				Arguments.of(new String[] { "redlock.nodes[0].sentinel.master=g" },
						"'redlock.nodes[0].sentinel.nodes' is not set", "10.0.0.1:26379"),
				Arguments.of(
						new String[] { "redlock.nodes[0].sentinel.master=g",
								"redlock.nodes[0].sentinel.nodes=a:1,me:s3cr3t@b:1" },
						"'redlock.nodes[0].sentinel.nodes[1]' has the value '******@b:1'", "Write 'host:port'"),
				Arguments.of(
						new String[] { "redlock.nodes[0].sentinel.master=g",
								"redlock.nodes[0].sentinel.nodes=a:1,a:99999" },
						"'redlock.nodes[0].sentinel.nodes[1]' has the value 'a:99999'", "Write 'host:port'"),
				Arguments.of(
						new String[] { "redlock.nodes[0].sentinel.master=g",
								"redlock.nodes[0].sentinel.nodes=[::1]:1,[fe80::1]:1,rediss://[::1]:1" },
						"'redlock.nodes[0].sentinel.nodes[2]' has the value 'rediss://[::1]:1'", "the same scheme"),
				Arguments.of(
						new String[] { "redlock.nodes[0].sentinel.master=g",
								"redlock.nodes[0].sentinel.nodes=[::1]:1,::1:1" },
						"'redlock.nodes[0].sentinel.nodes[1]' has the value '::1:1'", "an IPv6 address in brackets"),
				Arguments.of(
						new String[] { "redlock.nodes[0].sentinel.master=g",
								"redlock.nodes[0].sentinel.nodes=[::1]:1,[:::1]:1" },
						"'redlock.nodes[0].sentinel.nodes[1]' has the value '[:::1]:1'", "an IPv6 address in brackets"),
				Arguments.of(
						new String[] { "redlock.nodes[0].sentinel.master=g",
								"redlock.nodes[0].sentinel.nodes=a:1,redis://a:1" },
						"'redlock.nodes[0].sentinel.nodes[1]' has the value 'redis://a:1'", "List every Sentinel once"),
				Arguments.of(
						new String[] { "redlock.nodes[0].sentinel.master=g",
								"redlock.nodes[0].sentinel.nodes=a:1,rediss://b:1" },
						"'redlock.nodes[0].sentinel.nodes[1]' has the value 'rediss://b:1'", "the same scheme"),
				Arguments.of(
						new String[] { "redlock.nodes[0].sentinel.master=g", "redlock.nodes[0].sentinel.nodes=a:1",
								"redlock.nodes[0].sentinel.username=me" },
						"'redlock.nodes[0].sentinel.username' has the value 'me'", "sentinel.password' too"),
				Arguments.of(
						new String[] { "redlock.nodes[0].sentinel.master=g", "redlock.nodes[0].sentinel.nodes=a:1,b:1",
								"redlock.nodes[1].sentinel.master=other", "redlock.nodes[1].sentinel.nodes=a:1,b:1",
								"redlock.nodes[2].sentinel.master=g", "redlock.nodes[2].sentinel.nodes=b:1,c:1" },
						"'redlock.nodes[2]' has the value 'g@redis://b:1'", "List every master once"),
				Arguments.of(new String[] { "redlock.mode=lokal" }, "'redlock.mode' has the value 'lokal'",
						"It is none of 'redis', 'local'"),
				Arguments.of(new String[] { "redlock.mode=local", "redlock.key-prefix=redlock:x" },
						"'redlock.key-prefix' has the value 'redlock:x'", "Write another prefix"),
				Arguments.of(new String[] { NODES, "redlock.recovery.quarantine=-1s" },
						"'redlock.recovery.quarantine' has the value", "Leave it out"),
				Arguments.of(new String[] { NODES, "redlock.connect-timeout=30d" },
						"'redlock.connect-timeout' has the value", "such as '1s'"),
				Arguments.of(new String[] { "redlock.nodes[0].name=x" }, "'redlock.nodes[0].address' is not set",
						"redis://10.0.0.1:6379"),
				Arguments.of(new String[] { NODES, "redlock.lease=10x" }, "'redlock.lease' has the value '10x'",
						"Write a number with a unit"),
				Arguments.of(new String[] { NODES, "redlock.retry.min-delay=soon" },
						"'redlock.retry.min-delay' has the value 'soon'", "Write a number with a unit"),
				Arguments.of(new String[] { NODES, "redlock.lease=0s" }, "'redlock.lease' has the value '0ms'",
						"Write a duration"),
				Arguments.of(new String[] { NODES, "redlock.lease=2m" }, "'redlock.max-lease' has the value",
						"Raise it"),
				Arguments.of(new String[] { NODES, "redlock.max-lease=0s" }, "'redlock.max-lease' has the value '0ms'",
						"Write a duration"),
				Arguments.of(new String[] { NODES, "redlock.max-lease=1ms" }, "'redlock.max-lease' has the value '1ms'",
						"some seconds"),
				Arguments.of(new String[] { "redlock.nodes[0].address=redis://a:1", "redlock.nodes[0].username=me" },
						"'redlock.nodes[0].username' has the value 'me'", "'redlock.nodes[0].password' too"),
				Arguments.of(new String[] { NODES, "redlock.enabled=nope" }, "'redlock.enabled' has the value 'nope'",
						"Write 'true' or 'false'"),
				Arguments.of(new String[] { NODES, "redlock.enabled=" }, "'redlock.enabled' has the value",
						"Write 'true' or 'false'"),
				Arguments.of(new String[] { NODES, "redlock.transaction.commit-guard=nope" },
						"'redlock.transaction.commit-guard' has the value 'nope'", "Write 'true' or 'false'"),
				Arguments.of(new String[] { NODES, "redlock.wait-for=-1s" }, "'redlock.wait-for' has the value",
						"Write '0s' to ask once"),
				Arguments.of(new String[] { NODES, "redlock.node-timeout=40s" },
						"'redlock.node-timeout' has the value '40000ms'", "such as '50ms'"),
				Arguments.of(new String[] { NODES, "redlock.retry.max-delay=1ms" },
						"'redlock.retry.max-delay' has the value", "Raise it"),
				Arguments.of(new String[] { NODES, "redlock.transaction.on-active=later" },
						"The property 'redlock.transaction.on-active' has the value 'later'", "'after-completion'"),
				Arguments.of(new String[] { NODES, "redlock.key-prefix=redlock" },
						"'redlock.key-prefix' has the value 'redlock'", "Write another prefix"),
				Arguments.of(new String[] { NODES, "redlock.key-prefix=redlock:x" },
						"'redlock.key-prefix' has the value 'redlock:x'", "Write another prefix"));
	}

	@ParameterizedTest
	@MethodSource("mistakes")
	void mistakeIsNamedWithItsValueAndItsMend(String[] properties, String description, String action,
			CapturedOutput output) {
		assertThatException().isThrownBy(() -> run(properties));
		assertThat(output).contains("APPLICATION FAILED TO START").contains(description).contains(action);
		assertThat(output).doesNotContain("s3cr3t");
	}

	@Test
	void startsWithAListOfAddresses(RedisMasters masters, CapturedOutput output) {
		try (ConfigurableApplicationContext context = run("redlock.nodes[0]=" + masters.get(0).address(),
				"redlock.nodes[1].address=" + masters.get(1).address(), "redlock.nodes[1].name=second",
				"redlock.nodes[2].address=" + masters.get(2).address())) {
			context.getBean(RedLockClient.class).lock("a").run(() -> {
			});
		}
		assertThat(output).doesNotContain("Use an odd number");
	}

	@Test
	void evenOrSmallNumberStartsWithOneWarning(RedisMasters masters, CapturedOutput output) {
		try (ConfigurableApplicationContext context = run(
				"redlock.nodes=" + masters.get(0).address() + "," + masters.get(1).address())) {
			context.getBean(RedLockClient.class).lock("a").run(() -> {
			});
		}
		assertThat(output.toString().split("Use an odd number", -1)).hasSize(2);
	}

	@Test
	void tokensThatAreForgottenTooEarlyStartWithAWarning(RedisMasters masters, CapturedOutput output) {
		String nodes = "redlock.nodes=" + masters.nodes();
		run(nodes, "redlock.max-lease=30s", "redlock.fencing.retention=1m").close();
		assertThat(output).doesNotContain("redlock.fencing.retention");
		run(nodes, "redlock.max-lease=30s", "redlock.fencing.retention=30s").close();
		assertThat(output).contains("redlock.fencing.retention is 30000 ms").contains("Use at least 40302 ms");
	}

	@Test
	void leasesAreNoLongerThanTheLongestByDefault(RedisMasters masters) {
		try (ConfigurableApplicationContext context = run("redlock.nodes=" + masters.nodes(), "redlock.max-lease=10s");
				Lease lease = context.getBean(RedLockClient.class).lock("a").acquire()) {
			assertThat(lease.remaining()).isBetween(Duration.ofSeconds(5), Duration.ofSeconds(10));
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "false", "FALSE", "off", "no", "0" })
	void backsOffWhenDisabled(String disabled) {
		try (ConfigurableApplicationContext context = run("redlock.enabled=" + disabled)) {
			assertThat(context.getBeanProvider(RedLockClient.class).getIfAvailable()).isNull();
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "true", "TRUE", "on", "yes", "1" })
	void doesNotBackOffWhenEnabled(String enabled) {
		try (ConfigurableApplicationContext context = run("redlock.enabled=" + enabled, "redlock.mode=Local",
				"redlock.transaction.commit-guard=" + enabled, "redlock.aspect.mode=Proxy")) {
			assertThat(context.getBeanProvider(RedLockClient.class).getIfAvailable()).isNotNull();
			assertThat(context.getBeanProvider(RedLockedAdvisor.class).getIfAvailable()).isNotNull();
			assertThat(context.getBeanProvider(CommitGuardRegistrar.class).getIfAvailable()).isNotNull();
		}
	}

	@Test
	void everyPropertyHasADescriptionAndADefault() throws IOException {
		List<Map<String, Object>> properties = metadata("$.properties");
		assertThat(properties).hasSizeGreaterThan(10)
			.allSatisfy((property) -> assertThat(property).containsKeys("description", "defaultValue"));
	}

	@Test
	void everyPropertyOfAFewValuesHasAHintForEach() throws IOException {
		List<Map<String, Object>> properties = metadata("$.properties[?(@.name =~ /redlock\\..*/)]");
		Set<String> wanted = new TreeSet<>();
		for (Map<String, Object> property : properties) {
			String type = ((String) property.get("type")).replaceFirst("<.*", "");
			Object[] constants = ClassUtils.resolveClassName(type, null).getEnumConstants();
			for (Object value : (constants != null) ? constants : new Object[0]) {
				wanted.add(property.get("name") + "=" + value.toString().toLowerCase(Locale.ROOT).replace('_', '-'));
			}
		}
		assertThat(wanted).contains("redlock.mode=redis", "redlock.mode=local");
		Set<String> hinted = new TreeSet<>();
		List<Map<String, Object>> hints = metadata("$.hints[?(@.name =~ /redlock\\..*/)]");
		for (Map<String, Object> hint : hints) {
			List<Map<String, Object>> values = JsonPath.read(hint, "$.values");
			assertThat(values).allSatisfy((value) -> assertThat(value).containsKeys("value", "description"));
			values.forEach((value) -> hinted.add(hint.get("name") + "=" + value.get("value")));
		}
		assertThat(hinted).isEqualTo(wanted);
	}

	static List<Map<String, Object>> metadata(String path) throws IOException {
		URL library = RedLockProperties.class.getProtectionDomain().getCodeSource().getLocation();
		try (InputStream metadata = new URL(library, "META-INF/spring-configuration-metadata.json").openStream()) {
			return JsonPath.read(new String(metadata.readAllBytes(), StandardCharsets.UTF_8), path);
		}
	}

	private static ConfigurableApplicationContext run(String... properties) {
		SpringApplication application = new SpringApplication(Application.class);
		application.setWebApplicationType(WebApplicationType.NONE);
		String[] arguments = Stream.of(properties).map((property) -> "--" + property).toArray(String[]::new);
		return application.run(arguments);
	}

	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration(RedLockAutoConfiguration.class)
	static class Application {

	}

}
