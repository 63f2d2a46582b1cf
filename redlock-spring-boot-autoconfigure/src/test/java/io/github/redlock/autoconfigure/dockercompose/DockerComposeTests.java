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

package io.github.redlock.autoconfigure.dockercompose;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import io.github.redlock.ChildJvm;
import io.github.redlock.autoconfigure.MasterProbe;
import io.github.redlock.autoconfigure.PemFiles;
import io.github.redlock.test.RedisMasters;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Masters that are services of Docker Compose, in an application that finds another
 * {@code docker} on its path.
 */
class DockerComposeTests {

	private static final Map<String, String> MASTER = Map.of("org.springframework.boot.service-connection", "redlock");

	private static final String TOKEN = "redlock:token:lock:any";

	@TempDir
	private Path directory;

	@Test
	void allServicesWithTheLabelAreTheQuorum() throws Exception {
		try (RedisMasters masters = RedisMasters.start(3); RedisMasters own = RedisMasters.start(1)) {
			new FakeDocker(this.directory).service("a", masters.get(0).port(), MASTER)
				.service("b", masters.get(1).port(), MASTER)
				.service("c", masters.get(2).port(), MASTER)
				.service("own", own.get(0).port(), Map.of())
				.write();
			assertLocks("redis://ignored:1", masters);
			assertThat(MasterProbe.holders(masters, "own")).isZero();
			assertThat(MasterProbe.holders(own, TOKEN)).isZero();
			assertThat(MasterProbe.holders(own, "own")).isOne();
		}
	}

	@Test
	void aServiceWithoutTheLabelIsNoMaster() throws Exception {
		try (RedisMasters masters = RedisMasters.start(3); RedisMasters own = RedisMasters.start(1)) {
			new FakeDocker(this.directory).service("own", own.get(0).port(), Map.of()).write();
			assertLocks(masters.nodes(), masters);
			assertThat(MasterProbe.holders(own, TOKEN)).isZero();
			assertThat(MasterProbe.holders(own, "own")).isOne();
		}
	}

	@Test
	void theyAreReachedByTlsWithCertificatesThatLabelsName() throws Exception {
		PemFiles server = PemFiles.create(this.directory, "server", "ip:127.0.0.1");
		PemFiles client = PemFiles.create(this.directory, "client", "dns:client");
		String bundle = "org.springframework.boot.sslbundle.pem.";
		Map<String, String> labels = new HashMap<>(MASTER);
		labels.put(bundle + "truststore.certificate", "server.crt");
		labels.put(bundle + "keystore.certificate", "client.crt");
		labels.put(bundle + "keystore.private-key", "client.key");
		FakeDocker docker = new FakeDocker(this.directory);
		List<RedisMasters> masters = new ArrayList<>();
		try (RedisMasters own = RedisMasters.start(1)) {
			docker.service("own", own.get(0).port(), Map.of());
			for (String name : List.of("a", "b", "c")) {
				int port = freePort();
				masters.add(RedisMasters.start(1, "tls-port " + port, "tls-cert-file " + server.certificate(),
						"tls-key-file " + server.key(), "tls-ca-cert-file " + client.certificate(),
						"tls-auth-clients yes"));
				docker.service(name, port, labels);
			}
			docker.write();
			assertLocks("redis://ignored:1", masters.toArray(RedisMasters[]::new));
		}
		finally {
			masters.forEach(RedisMasters::close);
		}
	}

	private void assertLocks(String nodes, RedisMasters... masters) throws IOException, InterruptedException {
		Path output = this.directory.resolve("output.log");
		Process application = start(nodes, output);
		try {
			await().atMost(Duration.ofSeconds(60))
				.until(() -> !application.isAlive()
						|| Stream.of(masters).allMatch((some) -> MasterProbe.holders(some, "lock:any") == some.size()));
			application.getOutputStream().close();
			assertThat(application.waitFor()).as(Files.readString(output)).isZero();
		}
		finally {
			application.destroyForcibly().onExit().join();
		}
	}

	private Process start(String nodes, Path output) throws IOException {
		ProcessBuilder application = ChildJvm
			.of(ComposedApplication.class, "--spring.docker.compose.enabled=true", "--redlock.nodes=" + nodes,
					"--redlock.connect-timeout=5s")
			.directory(this.directory.toFile())
			.redirectErrorStream(true)
			.redirectOutput(output.toFile());
		Map<String, String> environment = application.environment();
		environment.keySet().removeAll(List.of("DOCKER_HOST", "SERVICES_HOST"));
		environment.merge("PATH", this.directory.toString(), (path, first) -> first + ":" + path);
		return application.start();
	}

	private static int freePort() throws IOException {
		try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			return socket.getLocalPort();
		}
	}

}
