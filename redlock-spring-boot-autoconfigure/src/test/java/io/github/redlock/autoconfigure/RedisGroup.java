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
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import io.github.redlock.test.RedisMaster;
import io.github.redlock.test.RedisMasters;

import org.springframework.util.FileSystemUtils;

import static org.awaitility.Awaitility.await;

/**
 * A primary, its replicas, and the {@code redis-server --sentinel} processes that watch
 * them.
 */
final class RedisGroup implements AutoCloseable {

	static final String NAME = "group";

	private static final int SENTINELS = 3;

	private static final Pattern STATUS = Pattern
		.compile("name=" + NAME + ",status=(\\w+),address=[^,]*:(\\d+),slaves=(\\d+),sentinels=(\\d+)");

	private static final String LOOPBACK = "127.0.0.1";

	private final String host;

	private final RedisMasters servers;

	private final Path directory;

	private List<Integer> ports = freePorts();

	private final List<Process> sentinels = new ArrayList<>();

	RedisGroup(int replicas) throws IOException {
		this(replicas, LOOPBACK);
	}

	/**
	 * Start a group.
	 * @param replicas how many follow the primary
	 * @param host the loopback address by which its servers and Sentinels know each other
	 * @throws IOException if there is no directory for the Sentinels
	 */
	RedisGroup(int replicas, String host) throws IOException {
		this.host = host;
		this.servers = RedisMasters.start(1 + replicas, bind(), "repl-diskless-sync yes", "repl-diskless-sync-delay 0");
		this.directory = Files.createTempDirectory("sentinels-");
		follow(server(0));
		watch(server(0));
		awaitAcquaintance(replicas);
	}

	// connections are made from the first of them
	private String bind() {
		return Stream.of(this.host, LOOPBACK).distinct().collect(Collectors.joining(" ", "bind ", ""));
	}

	private static List<Integer> freePorts() {
		return IntStream.range(0, SENTINELS).map((i) -> freePort()).boxed().toList();
	}

	private static int freePort() {
		try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			return socket.getLocalPort();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	RedisMaster server(int index) {
		return this.servers.get(index);
	}

	/**
	 * Return the addresses of the Sentinels as {@code sentinel.nodes} takes them.
	 * @return the addresses, separated by commas
	 */
	String sentinelNodes() {
		String host = (this.host.contains(":")) ? "[" + this.host + "]" : this.host;
		return this.ports.stream().map((port) -> host + ":" + port).collect(Collectors.joining(","));
	}

	/**
	 * Return the server that the Sentinels take for the primary.
	 * @return the primary
	 */
	RedisMaster primary() {
		int port = Integer.parseInt(status(this.ports.get(0)).group(2));
		for (RedisMaster server : this.servers) {
			if (server.port() == port) {
				return server;
			}
		}
		throw new IllegalStateException("No server has the port " + port);
	}

	/**
	 * Make a server the primary and all others its replicas, as the Sentinels do. A
	 * former primary can be left alone, as if they could not reach it.
	 * @param primary the new primary
	 * @param unreachable which servers are not told
	 */
	void promote(RedisMaster primary, RedisMaster... unreachable) {
		stopSentinels();
		MasterProbe.of(primary).command("REPLICAOF", "NO", "ONE");
		follow(primary, unreachable);
		watch(primary);
	}

	private void follow(RedisMaster primary, RedisMaster... unreachable) {
		List<RedisMaster> others = new ArrayList<>();
		this.servers.forEach(others::add);
		others.removeAll(List.of(unreachable));
		others.remove(primary);
		others.forEach(
				(server) -> MasterProbe.of(server).command("REPLICAOF", this.host, Integer.toString(primary.port())));
		await().until(() -> MasterProbe.of(primary).command("INFO", "replication").split("state=online", -1).length
				- 1 == others.size());
		others.forEach((server) -> await()
			.until(() -> MasterProbe.of(server).command("INFO", "replication").contains("master_link_status:up")));
	}

	/**
	 * Let a key be one that no replica has got before its primary fails.
	 * @param key the key
	 */
	void forgetOnReplicas(String key) {
		for (RedisMaster server : this.servers) {
			MasterProbe probe = MasterProbe.of(server);
			if (probe.command("INFO", "replication").contains("role:slave")) {
				probe.command("CONFIG", "SET", "replica-read-only", "no");
				probe.command("DEL", key);
				probe.command("CONFIG", "SET", "replica-read-only", "yes");
			}
		}
	}

	/**
	 * Start Sentinels that know nothing but the primary.
	 * @param primary the primary
	 */
	void watch(RedisMaster primary) {
		String executable = executable(primary);
		for (int port : this.ports) {
			this.sentinels.add(startSentinel(executable, port, primary.port()));
		}
		this.ports.forEach((port) -> await().ignoreExceptions().until(() -> status(port).group(1).equals("ok")));
	}

	private void awaitAcquaintance(int replicas) {
		for (int port : this.ports) {
			await().ignoreExceptions().atMost(Duration.ofSeconds(30)).until(() -> {
				Matcher status = status(port);
				return Integer.parseInt(status.group(3)) == replicas && Integer.parseInt(status.group(4)) == SENTINELS;
			});
		}
	}

	private static String executable(RedisMaster running) {
		String named = System.getProperty(RedisMasters.EXECUTABLE_PROPERTY,
				System.getenv(RedisMasters.EXECUTABLE_VARIABLE));
		return (named != null) ? named
				: ProcessHandle.of(running.pid()).flatMap((p) -> p.info().command()).orElseThrow();
	}

	private Process startSentinel(String executable, int port, int primary) {
		Path config = this.directory.resolve("sentinel-" + port + ".conf");
		try {
			Files.write(config,
					List.of("port " + port, bind(), "dir " + this.directory,
							"sentinel monitor " + NAME + " " + this.host + " " + primary + " 2",
							"sentinel down-after-milliseconds " + NAME + " 1000",
							"sentinel failover-timeout " + NAME + " 5000", "sentinel parallel-syncs " + NAME + " 2"));
			return new ProcessBuilder(executable, config.toString(), "--sentinel").redirectErrorStream(true)
				.redirectOutput(this.directory.resolve("sentinel-" + port + ".log").toFile())
				.start();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static Matcher status(int port) {
		Matcher status = STATUS.matcher(MasterProbe.at(port).command("INFO", "sentinel"));
		if (!status.find()) {
			throw new IllegalStateException("The Sentinel on port " + port + " does not know the group");
		}
		return status;
	}

	/**
	 * Let the Sentinels ask new connections for a password.
	 * @param password the password
	 */
	void protectSentinels(String password) {
		this.ports.forEach((port) -> MasterProbe.at(port).command("ACL", "SETUSER", "default", ">" + password));
	}

	/**
	 * Stop the Sentinels; those that are started later are found elsewhere.
	 */
	void moveSentinels() {
		stopSentinels();
		this.ports = freePorts();
	}

	void stopSentinels() {
		this.sentinels.forEach((sentinel) -> sentinel.destroyForcibly().onExit().join());
		this.sentinels.clear();
	}

	@Override
	public void close() {
		stopSentinels();
		this.servers.close();
		FileSystemUtils.deleteRecursively(this.directory.toFile());
	}

}
