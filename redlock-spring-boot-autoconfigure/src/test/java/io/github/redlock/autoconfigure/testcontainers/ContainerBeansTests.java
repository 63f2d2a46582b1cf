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

package io.github.redlock.autoconfigure.testcontainers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import com.redis.testcontainers.RedisContainer;
import io.github.redlock.Lease;
import io.github.redlock.RedLockClient;
import io.github.redlock.autoconfigure.MasterProbe;
import io.github.redlock.autoconfigure.PemFiles;
import io.github.redlock.autoconfigure.RedLockAutoConfiguration;
import io.github.redlock.autoconfigure.RedLockConnectionDetails;
import io.github.redlock.test.RedisMasters;
import org.junit.jupiter.api.Test;
import org.testcontainers.containers.GenericContainer;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.boot.data.redis.autoconfigure.DataRedisConnectionDetails;
import org.springframework.boot.testcontainers.service.connection.PemKeyStore;
import org.springframework.boot.testcontainers.service.connection.PemTrustStore;
import org.springframework.boot.testcontainers.service.connection.ServiceConnection;
import org.springframework.boot.testcontainers.service.connection.ServiceConnectionAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.data.redis.core.StringRedisTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Masters that are containers among the beans.
 */
class ContainerBeansTests {

	private static final String CERTIFICATES = "target/container-beans/";

	@Test
	void allOfThemAreTheQuorum() {
		List<MasterContainer> masters;
		try (ConfigurableApplicationContext application = run(Masters.class)) {
			masters = masters(application);
			lock(application, masters);
		}
		assertThat(masters).noneMatch(MasterContainer::isRunning);
	}

	@Test
	void theOneWithAnotherNameIsTheApplicationsOwnRedis() {
		try (ConfigurableApplicationContext application = run(MastersAndOwn.class)) {
			MasterContainer own = application.getBean("own", MasterContainer.class);
			List<MasterContainer> masters = masters(application);
			masters.remove(own);
			lock(application, masters);
			assertThat(MasterProbe.holders(own.server(), "redlock:token:lock:any")).isZero();
			application.getBean(StringRedisTemplate.class).opsForValue().set("own", "any");
			assertThat(MasterProbe.holders(own.server(), "own")).isOne();
		}
	}

	@Test
	void theApplicationsOwnRedisIsNoMaster() {
		try (RedisMasters masters = RedisMasters.start(3);
				ConfigurableApplicationContext application = run(Own.class, "redlock.nodes=" + masters.nodes());
				Lease lease = application.getBean(RedLockClient.class)
					.lock("any")
					.lease(Duration.ofSeconds(3))
					.acquire()) {
			await().until(() -> MasterProbe.holders(masters, "lock:any") == 3);
		}
	}

	@Test
	void theTypeKeepsARedisContainerFromBeingTheApplicationsOwnRedis() {
		try (ConfigurableApplicationContext application = run(Restricted.class, "redlock.mode=local")) {
			assertThat(application.getBeanNamesForType(RedLockConnectionDetails.class)).hasSize(1)
				.allMatch((name) -> name.endsWith("ForFirst"));
			assertThat(application.getBeanNamesForType(DataRedisConnectionDetails.class)).hasSize(1)
				.noneMatch((name) -> name.endsWith("ForFirst"));
		}
	}

	@Test
	void theyAreReachedByTlsWithCertificatesOfTheirOwn() throws IOException {
		Path directory = Files.createDirectories(Path.of(CERTIFICATES));
		PemFiles.create(directory, "server", "ip:127.0.0.1");
		PemFiles.create(directory, "client", "dns:client");
		try (ConfigurableApplicationContext application = run(MastersByTls.class)) {
			lock(application, masters(application));
		}
	}

	private static ConfigurableApplicationContext run(Class<?> containers, String... properties) {
		return new SpringApplicationBuilder(Application.class, containers).web(WebApplicationType.NONE)
			.properties("redlock.nodes=redis://ignored:1", "redlock.connect-timeout=5s")
			.properties(properties)
			.run();
	}

	private static List<MasterContainer> masters(ConfigurableApplicationContext application) {
		return new ArrayList<>(application.getBeansOfType(MasterContainer.class).values());
	}

	private static void lock(ConfigurableApplicationContext application, List<MasterContainer> masters) {
		assertThat(masters).hasSize(3);
		try (Lease lease = application.getBean(RedLockClient.class)
			.lock("any")
			.lease(Duration.ofSeconds(3))
			.acquire()) {
			await().untilAsserted(() -> assertThat(masters)
				.allMatch((container) -> MasterProbe.holders(container.server(), "lock:any") == 1));
		}
	}

	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration({ ServiceConnectionAutoConfiguration.class, SslAutoConfiguration.class,
			DataRedisAutoConfiguration.class, RedLockAutoConfiguration.class })
	static class Application {

	}

	@Configuration(proxyBeanMethods = false)
	static class Masters {

		@Bean
		@ServiceConnection(name = "redlock")
		GenericContainer<?> first() {
			return new MasterContainer();
		}

		@Bean
		@ServiceConnection(name = "redlock")
		GenericContainer<?> second() {
			return new MasterContainer();
		}

		@Bean
		@ServiceConnection(name = "redlock")
		GenericContainer<?> third() {
			return new MasterContainer();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Own {

		@Bean
		@ServiceConnection(name = "redis")
		GenericContainer<?> own() {
			return new MasterContainer();
		}

	}

	@Configuration(proxyBeanMethods = false)
	@Import({ Own.class, Masters.class })
	static class MastersAndOwn {

	}

	@Configuration(proxyBeanMethods = false)
	static class Restricted {

		@Bean
		@ServiceConnection(name = "redlock", type = RedLockConnectionDetails.class)
		RedisContainer first() {
			return new RedisContainer("redis:8") {

				@Override
				public void start() {
				}

			};
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class MastersByTls {

		@Bean
		@MasterByTls
		GenericContainer<?> first() {
			return byTls();
		}

		@Bean
		@MasterByTls
		GenericContainer<?> second() {
			return byTls();
		}

		@Bean
		@MasterByTls
		GenericContainer<?> third() {
			return byTls();
		}

		private static MasterContainer byTls() {
			int port = freePort();
			Path directory = Path.of(CERTIFICATES).toAbsolutePath();
			return new MasterContainer(port, "tls-port " + port, "tls-cert-file " + directory.resolve("server.crt"),
					"tls-key-file " + directory.resolve("server.key"),
					"tls-ca-cert-file " + directory.resolve("client.crt"), "tls-auth-clients yes");
		}

		private static int freePort() {
			try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
				return socket.getLocalPort();
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
		}

	}

	@Retention(RetentionPolicy.RUNTIME)
	@ServiceConnection(name = "redlock")
	@PemKeyStore(certificate = "file:" + CERTIFICATES + "client.crt",
			privateKey = "file:" + CERTIFICATES + "client.key")
	@PemTrustStore(certificate = "file:" + CERTIFICATES + "server.crt")
	@interface MasterByTls {

	}

}
