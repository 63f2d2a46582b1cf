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

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;
import redis.embedded.RedisServer;
import redis.embedded.core.RedisServerBuilder;

import org.springframework.util.Assert;
import org.springframework.util.FileSystemUtils;

/**
 * One {@code redis-server} process of {@link RedisMasters}, and what can befall it. It
 * keeps its port and its data directory from one start to the next.
 *
 * @since 0.1.0
 */
public final class RedisMaster {

	private static final int READY_ATTEMPTS = 200;

	private final File executable;

	private final List<String> config;

	private final int port;

	private final Path directory;

	private @Nullable RedisServer server;

	private @Nullable ProcessHandle process;

	private boolean hung;

	RedisMaster(File executable, List<String> config, int port) {
		this.executable = executable;
		this.config = config;
		this.port = (port != 0) ? port : freePort();
		try {
			this.directory = Files.createTempDirectory("redis-master-" + this.port + "-");
		}
		catch (IOException ex) {
			throw new UncheckedIOException("No directory for the data of a Redis master", ex);
		}
		start();
	}

	/**
	 * Return the address of this master as {@code redlock.nodes} takes it.
	 * @return the address, such as {@code redis://127.0.0.1:6379}
	 */
	public String address() {
		return "redis://127.0.0.1:" + this.port;
	}

	/**
	 * Return the port of this master, the same for its whole life.
	 * @return the port
	 */
	public int port() {
		return this.port;
	}

	/**
	 * Return the process id of the running process.
	 * @return the process id
	 * @throws IllegalStateException if it was killed
	 */
	public synchronized long pid() {
		return runningProcess().pid();
	}

	/**
	 * Return whether the process runs; a hung one does.
	 * @return {@code true} unless it was killed
	 */
	public synchronized boolean isRunning() {
		return this.process != null && this.process.isAlive();
	}

	/**
	 * Start the process if it does not run, and return when it answers.
	 * @throws UncheckedIOException if {@code redis-server} cannot be started
	 */
	public synchronized void start() {
		if (isRunning()) {
			return;
		}
		Path pidFile = this.directory.resolve("redis.pid");
		try {
			Files.deleteIfExists(pidFile);
			RedisServerBuilder builder = RedisServer.newRedisServer()
				.executableProvider(() -> this.executable)
				.port(this.port)
				.onShutdownForceStop(true)
				.setting("dir " + this.directory)
				.setting("pidfile " + pidFile)
				.setting("save \"\"");
			this.config.forEach((line) -> configure(builder, line));
			this.server = builder.build();
			this.server.start();
			this.process = ProcessHandle.of(readPid(pidFile))
				.orElseThrow(() -> new IOException("redis-server on port " + this.port + " ended at once"));
			awaitAnswer();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(
					"redis-server (%s) cannot be started on port %d".formatted(this.executable, this.port), ex);
		}
	}

	// the builder ends with a 'bind' of its own, which would prevail
	private static void configure(RedisServerBuilder builder, String line) {
		if (line.startsWith("bind ")) {
			builder.bind(line.substring("bind ".length()));
		}
		else {
			builder.setting(line);
		}
	}

	/**
	 * Kill the process with {@code SIGKILL} and return when it is gone. What it had not
	 * written to disk is lost.
	 */
	public synchronized void kill() {
		if (this.server == null || this.process == null) {
			return;
		}
		try {
			this.server.stop();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		this.process.onExit().join();
		this.hung = false;
	}

	/**
	 * Stop the process with {@code SIGSTOP}: connections stay open, nothing is answered.
	 */
	public synchronized void hang() {
		signal("STOP");
		this.hung = true;
	}

	/**
	 * Let a hung process go on with {@code SIGCONT}.
	 */
	public synchronized void resume() {
		signal("CONT");
		this.hung = false;
	}

	/**
	 * Kill the process, forget all its data, and start it again, empty.
	 */
	public synchronized void wipe() {
		kill();
		FileSystemUtils.deleteRecursively(this.directory.toFile());
		try {
			Files.createDirectories(this.directory);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		start();
	}

	/**
	 * Kill the process and start it again, with what its configuration kept on disk.
	 */
	public synchronized void restart() {
		kill();
		start();
	}

	synchronized void close() {
		kill();
		FileSystemUtils.deleteRecursively(this.directory.toFile());
	}

	private void signal(String signal) {
		String pid = Long.toString(runningProcess().pid());
		try {
			Process kill = new ProcessBuilder("kill", "-" + signal, pid).inheritIO().start();
			Assert.state(kill.waitFor() == 0,
					() -> "kill -%s of the master on port %d failed".formatted(signal, this.port));
		}
		catch (IOException ex) {
			throw new UncheckedIOException("Signals need a POSIX 'kill' on the path", ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException("Interrupted while signalling a master", ex);
		}
	}

	private ProcessHandle runningProcess() {
		Assert.state(this.process != null && this.process.isAlive(),
				() -> "The master on port " + this.port + " does not run; start() it first");
		return this.process;
	}

	private void awaitAnswer() throws IOException {
		for (int attempt = 1;; attempt++) {
			try (Socket socket = new Socket()) {
				socket.setSoTimeout((int) TimeUnit.SECONDS.toMillis(5));
				socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), this.port), 1000);
				socket.getOutputStream().write("PING\r\n".getBytes());
				String answer = new BufferedReader(new InputStreamReader(socket.getInputStream())).readLine();
				if (answer != null && (answer.startsWith("+") || answer.startsWith("-NOAUTH"))) {
					return;
				}
			}
			catch (IOException ex) {
				if (attempt == READY_ATTEMPTS) {
					throw ex;
				}
			}
			pause();
		}
	}

	private static long readPid(Path pidFile) throws IOException {
		for (int attempt = 1;; attempt++) {
			String pid = Files.exists(pidFile) ? Files.readString(pidFile).trim() : "";
			if (!pid.isEmpty()) {
				return Long.parseLong(pid);
			}
			if (attempt == READY_ATTEMPTS) {
				throw new IOException("redis-server wrote no " + pidFile);
			}
			pause();
		}
	}

	private static void pause() throws IOException {
		try {
			TimeUnit.MILLISECONDS.sleep(10);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IOException("Interrupted while a master started", ex);
		}
	}

	private static int freePort() {
		try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			return socket.getLocalPort();
		}
		catch (IOException ex) {
			throw new UncheckedIOException("No free port for a Redis master", ex);
		}
	}

	@Override
	public synchronized String toString() {
		return address() + (isRunning() ? (this.hung ? " (hung)" : "") : " (killed)");
	}

}
