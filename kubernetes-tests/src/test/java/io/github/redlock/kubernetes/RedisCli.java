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

package io.github.redlock.kubernetes;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;

import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.pem.PemSslStoreBundle;
import org.springframework.boot.ssl.pem.PemSslStoreDetails;

/**
 * {@code redis-cli}, as far as the manifests use it: few machines that build this have
 * it. Where {@value #EXECUTABLE_VARIABLE} names one, that is run.
 */
final class RedisCli {

	static final String EXECUTABLE_VARIABLE = "REDLOCK_TEST_REDIS_CLI";

	private static final int PORT = 6379;

	private RedisCli() {
	}

	static Result run(String host, Duration timeout, List<String> arguments) {
		String executable = System.getenv(EXECUTABLE_VARIABLE);
		try {
			return (executable != null) ? run(executable, host, timeout, arguments)
					: new Call(host, timeout, arguments).run();
		}
		catch (Exception ex) {
			return new Result(1, ex.toString());
		}
	}

	private static Result run(String executable, String host, Duration timeout, List<String> arguments)
			throws IOException, InterruptedException {
		List<String> command = new ArrayList<>(List.of(executable, "-h", host));
		command.addAll(arguments);
		Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
		if (!process.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
			process.destroyForcibly();
			return new Result(1, "timed out");
		}
		return new Result(process.exitValue(), new String(process.getInputStream().readAllBytes()).strip());
	}

	/**
	 * What came of a call.
	 *
	 * @param exitCode zero if it went well
	 * @param text the answer, or what is wrong
	 */
	record Result(int exitCode, String text) {

	}

	private static final class Call {

		private final String host;

		private final Duration timeout;

		private final List<String> words;

		private boolean errorsFail;

		private boolean tls;

		private String authority;

		private String certificate;

		private String key;

		private String user = "default";

		private String password;

		Call(String host, Duration timeout, List<String> arguments) {
			this.host = host;
			this.timeout = timeout;
			Deque<String> left = new ArrayDeque<>(arguments);
			while (left.element().startsWith("-")) {
				String option = left.remove();
				switch (option) {
					case "-e" -> this.errorsFail = true;
					case "--tls" -> this.tls = true;
					case "--no-auth-warning" -> {
					}
					case "--cacert" -> this.authority = left.remove();
					case "--cert" -> this.certificate = left.remove();
					case "--key" -> this.key = left.remove();
					case "--user" -> this.user = left.remove();
					case "--pass" -> this.password = left.remove();
					default -> throw new IllegalArgumentException(option);
				}
			}
			this.words = List.copyOf(left);
		}

		Result run() throws Exception {
			try (Socket socket = connect()) {
				BufferedReader answers = new BufferedReader(new InputStreamReader(socket.getInputStream()));
				if (this.password != null) {
					ask(socket, answers, List.of("AUTH", this.user, this.password));
				}
				String answer = ask(socket, answers, this.words);
				return new Result((answer.startsWith("-") && this.errorsFail) ? 1 : 0,
						answer.replaceFirst("^[-+:]", ""));
			}
		}

		private Socket connect() throws IOException {
			Socket socket = new Socket();
			socket.setSoTimeout((int) this.timeout.toMillis());
			socket.connect(new InetSocketAddress(this.host, PORT), socket.getSoTimeout());
			if (!this.tls) {
				return socket;
			}
			PemSslStoreDetails trusted = PemSslStoreDetails.forCertificate(file(this.authority));
			PemSslStoreDetails own = (this.certificate != null)
					? PemSslStoreDetails.forCertificate(file(this.certificate)).withPrivateKey(file(this.key)) : null;
			return SslBundle.of(new PemSslStoreBundle(own, trusted))
				.createSslContext()
				.getSocketFactory()
				.createSocket(socket, this.host, PORT, true);
		}

		private static String file(String path) {
			return Path.of(path).toUri().toString();
		}

		private static String ask(Socket socket, BufferedReader answers, List<String> words) throws IOException {
			StringBuilder request = new StringBuilder("*" + words.size() + "\r\n");
			words.forEach(
					(word) -> request.append('$').append(word.length()).append("\r\n").append(word).append("\r\n"));
			socket.getOutputStream().write(request.toString().getBytes());
			String line = answers.readLine();
			if (line == null) {
				throw new IOException("closed");
			}
			if (!line.startsWith("$")) {
				return line;
			}
			StringBuilder bulk = new StringBuilder();
			while (bulk.length() < Integer.parseInt(line.substring(1))) {
				bulk.append((char) answers.read());
			}
			answers.readLine();
			return bulk.toString();
		}

	}

}
