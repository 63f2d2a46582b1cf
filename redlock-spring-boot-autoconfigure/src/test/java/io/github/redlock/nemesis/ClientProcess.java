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

package io.github.redlock.nemesis;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import io.github.redlock.ChildJvm;

/**
 * A {@link NemesisClient} in a JVM of its own, and how it is told what to do.
 */
final class ClientProcess implements AutoCloseable {

	private final Process process;

	private final Writer orders;

	private final BlockingQueue<String> answers = new LinkedBlockingQueue<>();

	private final Queue<String> failures = new ConcurrentLinkedQueue<>();

	ClientProcess(int number, String database, File log, List<String> properties) throws IOException {
		List<String> arguments = new ArrayList<>(List.of(Integer.toString(number), database,
				"--logging.file.name=" + log, "--logging.threshold.console=off", "--spring.main.banner-mode=off"));
		arguments.addAll(properties);
		this.process = ChildJvm.of(NemesisClient.class, arguments.toArray(String[]::new))
			.redirectError(ProcessBuilder.Redirect.appendTo(new File(log + ".err")))
			.start();
		this.orders = this.process.outputWriter(StandardCharsets.UTF_8);
		Thread reader = new Thread(this::readAnswers, "client-" + number);
		reader.setDaemon(true);
		reader.start();
	}

	private void readAnswers() {
		try (BufferedReader lines = this.process.inputReader(StandardCharsets.UTF_8)) {
			for (String line = lines.readLine(); line != null; line = lines.readLine()) {
				(line.startsWith(NemesisClient.FAILED) ? this.failures : this.answers).add(line);
			}
		}
		catch (IOException ex) {
			this.failures.add("no more answers: " + ex);
		}
	}

	void tell(String order) {
		try {
			this.orders.write(order + "\n");
			this.orders.flush();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Wait for an answer.
	 * @param beginning how the answer begins
	 * @param atMost how long to wait
	 * @return the rest of the answer
	 * @throws InterruptedException if the thread was interrupted
	 */
	String await(String beginning, Duration atMost) throws InterruptedException {
		String answer = this.answers.poll(atMost.toMillis(), TimeUnit.MILLISECONDS);
		if (answer == null || !answer.startsWith(beginning)) {
			throw new IllegalStateException("Client %d was to say '%s', but said '%s' (%s), %s"
				.formatted(this.process.pid(), beginning, answer, this.failures, this.process));
		}
		return answer.substring(beginning.length()).trim();
	}

	List<String> failures() {
		return List.copyOf(this.failures);
	}

	/**
	 * Stop the whole process with {@code SIGSTOP}.
	 */
	void pause() {
		signal("STOP");
	}

	/**
	 * Let a paused process go on with {@code SIGCONT}.
	 */
	void resume() {
		signal("CONT");
	}

	private void signal(String signal) {
		try {
			Process kill = new ProcessBuilder("kill", "-" + signal, Long.toString(this.process.pid())).start();
			if (kill.waitFor() != 0) {
				throw new IllegalStateException("kill -%s of %s failed".formatted(signal, this.process));
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException(ex);
		}
	}

	@Override
	public void close() {
		this.process.destroyForcibly();
	}

}
