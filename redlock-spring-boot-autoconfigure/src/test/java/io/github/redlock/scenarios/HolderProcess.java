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

package io.github.redlock.scenarios;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import io.github.redlock.ChildJvm;
import io.github.redlock.Lease;
import io.github.redlock.LeaseLostException;

/**
 * A process of its own that holds a lock, renews it, and does what it is told: so that it
 * can be killed and paused.
 */
public final class HolderProcess implements AutoCloseable {

	private static final String MARK = "holder: ";

	private final Process process;

	private final BlockingQueue<String> said = new LinkedBlockingQueue<>();

	private HolderProcess(Process process) {
		this.process = process;
		Thread reader = new Thread(this::read, "holder");
		reader.setDaemon(true);
		reader.start();
	}

	/**
	 * Start a process; what it says first is the token of its lease.
	 * @param nodes the masters
	 * @param key what it locks
	 * @param lease for how long, from renewal to renewal
	 * @return the process
	 * @throws IOException if it cannot be started
	 */
	static HolderProcess start(String nodes, String key, Duration lease) throws IOException {
		return new HolderProcess(
				ChildJvm.of(HolderProcess.class, nodes, key, lease.toString()).redirectErrorStream(true).start());
	}

	/**
	 * The process: holds the lock until it is told {@code end}, and tells its token and
	 * what it believes about its lease each time it is told {@code write}.
	 * @param arguments the masters, the key and the lease
	 */
	public static void main(String... arguments) {
		BufferedReader orders = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
		try (Instance instance = Instance.start(arguments[0])) {
			instance.lock(arguments[1]).lease(Duration.parse(arguments[2])).run(() -> hold(Lease.current(), orders));
			say("given back");
		}
		catch (LeaseLostException ex) {
			say("lost");
		}
	}

	private static void hold(Lease lease, BufferedReader orders) {
		say(Long.toString(lease.token()));
		try {
			for (String order = orders.readLine(); "write".equals(order); order = orders.readLine()) {
				say(lease.token() + " " + lease.isValid());
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static void say(String text) {
		System.out.println(MARK + text);
	}

	private void read() {
		try (BufferedReader output = this.process.inputReader(StandardCharsets.UTF_8)) {
			for (String line = output.readLine(); line != null; line = output.readLine()) {
				if (line.startsWith(MARK)) {
					this.said.add(line.substring(MARK.length()));
				}
				else {
					System.out.println(line);
				}
			}
		}
		catch (IOException ex) {
			System.out.println("The output of the holder ended: " + ex);
		}
	}

	String hear() throws InterruptedException {
		String text = this.said.poll(30, TimeUnit.SECONDS);
		if (text == null) {
			throw new IllegalStateException("The holder says nothing");
		}
		return text;
	}

	String tell(String order) throws IOException, InterruptedException {
		this.process.outputWriter(StandardCharsets.UTF_8).append(order).append('\n').flush();
		return hear();
	}

	void pause() throws IOException, InterruptedException {
		signal("STOP");
	}

	void resume() throws IOException, InterruptedException {
		signal("CONT");
	}

	void kill() throws IOException, InterruptedException {
		signal("KILL");
	}

	private void signal(String signal) throws IOException, InterruptedException {
		Process kill = new ProcessBuilder("kill", "-" + signal, Long.toString(this.process.pid())).inheritIO().start();
		if (kill.waitFor() != 0) {
			throw new IllegalStateException("kill -" + signal + " failed");
		}
	}

	@Override
	public void close() {
		this.process.destroyForcibly();
		this.process.onExit().join();
	}

}
