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

package io.github.redlock.test;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * {@link RedisMasters} given to a plain JUnit test.
 */
@EmbeddedRedLock(masters = 2, config = { "appendonly yes", "appendfsync always" })
class RedisMastersTests {

	private final RedisMasters masters;

	RedisMastersTests(RedisMasters masters) {
		this.masters = masters;
	}

	@Test
	void areAsManyAsWantedAndIndependent(RedisMasters injected) throws IOException {
		assertThat(injected).isSameAs(this.masters).hasSize(2);
		assertThat(injected.nodes()).isEqualTo(injected.get(0).address() + "," + injected.get(1).address());
		ask(injected.get(0), "SET independent 1");
		assertThat(ask(injected.get(1), "EXISTS independent")).isEqualTo(":0");
	}

	@Test
	void killedMasterAnswersNobodyUntilItIsStarted() throws IOException {
		RedisMaster master = this.masters.get(0);
		master.kill();
		assertThat(master.isRunning()).isFalse();
		assertThatIOException().isThrownBy(() -> ask(master, "PING"));
		assertThatIllegalStateException().isThrownBy(master::hang).withMessageContaining("start() it first");
		master.start();
		assertThat(ask(master, "PING")).isEqualTo("+PONG");
	}

	@Test
	void hungMasterAnswersWhatItWasAskedOnceItResumes() throws IOException {
		RedisMaster master = this.masters.get(0);
		master.hang();
		assertThatExceptionOfType(SocketTimeoutException.class).isThrownBy(() -> ask(master, "SET hung 1"));
		master.resume();
		assertThat(ask(master, "GET hung")).isEqualTo("$1");
	}

	@Test
	void restartedMasterKeepsWhatItsConfigurationSaysAndAWipedOneNothing() throws IOException {
		RedisMaster master = this.masters.get(1);
		ask(master, "SET kept 1");
		master.restart();
		assertThat(ask(master, "EXISTS kept")).isEqualTo(":1");
		master.wipe();
		assertThat(ask(master, "EXISTS kept")).isEqualTo(":0");
	}

	@Test
	void refusesImpossibleNumbers() {
		assertThatIllegalArgumentException().isThrownBy(() -> RedisMasters.start(0)).withMessageContaining("'count'");
		assertThatIllegalArgumentException().isThrownBy(() -> RedisMasters.startAt(2, 65535))
			.withMessageContaining("'firstPort'");
	}

	@Test
	void namesTheBinaryThatCannotBeStarted() {
		System.setProperty(RedisMasters.EXECUTABLE_PROPERTY, "/no/such/redis-server");
		try {
			assertThatExceptionOfType(UncheckedIOException.class).isThrownBy(() -> RedisMasters.start(1))
				.withMessageContaining("/no/such/redis-server");
		}
		finally {
			System.clearProperty(RedisMasters.EXECUTABLE_PROPERTY);
		}
	}

	private static String ask(RedisMaster master, String command) throws IOException {
		try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), master.port())) {
			socket.setSoTimeout(300);
			socket.getOutputStream().write((command + "\r\n").getBytes(StandardCharsets.UTF_8));
			StringBuilder line = new StringBuilder();
			for (int c = socket.getInputStream().read(); c != '\r'; c = socket.getInputStream().read()) {
				line.append((char) c);
			}
			return line.toString();
		}
	}

}
