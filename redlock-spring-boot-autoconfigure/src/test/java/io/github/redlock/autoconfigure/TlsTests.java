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
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import io.github.redlock.Lease;
import io.github.redlock.RedLockClient;
import io.github.redlock.test.RedisMaster;
import io.github.redlock.test.RedisMasters;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;
import static org.awaitility.Awaitility.await;

/**
 * Masters that are reached by TLS, with a certificate of the application's own.
 */
@ExtendWith(OutputCaptureExtension.class)
class TlsTests {

	@TempDir
	private Path directory;

	private final List<RedisMasters> masters = new ArrayList<>();

	private final List<Integer> ports = new ArrayList<>();

	private PemFiles server;

	private PemFiles client;

	@BeforeEach
	void start() throws IOException {
		this.server = PemFiles.create(this.directory, "server", "ip:127.0.0.1");
		this.client = PemFiles.create(this.directory, "client", "dns:client");
		Path trusted = Files.copy(this.client.certificate(), this.directory.resolve("trusted.crt"));
		for (int i = 0; i < 3; i++) {
			int port = freePort();
			this.ports.add(port);
			this.masters.add(RedisMasters.start(1, "tls-port " + port, "tls-cert-file " + this.server.certificate(),
					"tls-key-file " + this.server.key(), "tls-ca-cert-file " + trusted, "tls-auth-clients yes"));
		}
	}

	@AfterEach
	void stop() {
		this.masters.forEach(RedisMasters::close);
	}

	@Test
	void locksByTlsWithItsOwnCertificate() {
		try (ConfigurableApplicationContext application = run(nodes("rediss", "127.0.0.1", "redis"))) {
			lock(application);
		}
		try (ConfigurableApplicationContext application = run(nodes("valkeys", "127.0.0.1", "redis"))) {
			lock(application);
		}
	}

	@Test
	void certificatesCanChangeWhileTheApplicationRuns() throws IOException {
		try (ConfigurableApplicationContext application = run(nodes("rediss", "127.0.0.1", "redis"),
				"spring.ssl.bundle.pem.redis.reload-on-update=true")) {
			lock(application);
			PemFiles next = PemFiles.create(Files.createDirectory(this.directory.resolve("next")), "server",
					"ip:127.0.0.1");
			Files.move(next.key(), this.server.key(), StandardCopyOption.REPLACE_EXISTING);
			Files.move(next.certificate(), this.server.certificate(), StandardCopyOption.REPLACE_EXISTING);
			for (RedisMasters each : this.masters) {
				RedisMaster master = each.get(0);
				assertThat(MasterProbe.of(master)
					.command("CONFIG", "SET", "tls-cert-file", this.server.certificate().toString())).contains("OK");
				MasterProbe.of(master).command("CLIENT", "KILL", "TYPE", "normal");
			}
			await().atMost(Duration.ofSeconds(40)).ignoreExceptions().untilAsserted(() -> lock(application));
		}
	}

	@Test
	void aCertificateThatIsNotTrustedIsNamed(CapturedOutput output) {
		assertThatException().isThrownBy(() -> run(nodes("rediss", "127.0.0.1", "")));
		assertThat(output).contains("127.0.0.1:" + this.ports.get(0) + " cannot be trusted (", "'ssl-bundle'");
	}

	@Test
	void aCertificateForAnotherHostIsNamed(CapturedOutput output) {
		assertThatException().isThrownBy(() -> run(nodes("rediss", "localhost", "redis")));
		assertThat(output).contains("localhost:" + this.ports.get(0) + " cannot be trusted (No",
				"issued for that very host");
	}

	@Test
	void aBundleThatDoesNotExistOrIsNotUsedIsNamed(CapturedOutput output) {
		assertThatException().isThrownBy(() -> run(nodes("rediss", "127.0.0.1", "rediz")));
		assertThat(output).contains("'redlock.nodes[0].ssl-bundle' has the value 'rediz'",
				"There is no SSL bundle of that name");
		assertThatException().isThrownBy(() -> run(nodes("redis", "127.0.0.1", "redis")));
		assertThat(output).contains("is one without TLS", "Write 'rediss://' before the address");
	}

	private String[] nodes(String scheme, String host, String bundle) {
		List<String> properties = new ArrayList<>();
		for (int i = 0; i < this.ports.size(); i++) {
			properties.add("redlock.nodes[%d].address=%s://%s:%d".formatted(i, scheme, host, this.ports.get(i)));
			properties.add("redlock.nodes[%d].ssl-bundle=%s".formatted(i, bundle));
		}
		return properties.toArray(String[]::new);
	}

	private ConfigurableApplicationContext run(String[] nodes, String... more) {
		return new SpringApplicationBuilder(Application.class).web(WebApplicationType.NONE)
			.properties("spring.ssl.bundle.pem.redis.truststore.certificate=" + this.server.certificate(),
					"spring.ssl.bundle.pem.redis.keystore.certificate=" + this.client.certificate(),
					"spring.ssl.bundle.pem.redis.keystore.private-key=" + this.client.key(),
					"redlock.recovery.quarantine=300ms", "redlock.connect-timeout=5s")
			.properties(nodes)
			.properties(more)
			.run();
	}

	private static void lock(ConfigurableApplicationContext application) {
		try (Lease lease = application.getBean(RedLockClient.class).lock("any").acquire()) {
			assertThat(lease.isValid()).isTrue();
		}
	}

	private static int freePort() throws IOException {
		try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			return socket.getLocalPort();
		}
	}

	@ImportAutoConfiguration({ SslAutoConfiguration.class, RedLockAutoConfiguration.class })
	static class Application {

	}

}
