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

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import io.github.redlock.test.RedisMaster;
import io.github.redlock.test.RedisMasters;
import org.h2.tools.Server;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.boot.convert.DurationStyle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * The promises on real masters, with clients in processes of their own, a real database,
 * and a {@link Nemesis}. The system property {@code nemesis.duration} sets for how long,
 * {@code nemesis.seed} which faults; they do not replay exactly.
 */
class NemesisTests {

	private static final Duration DURATION = DurationStyle
		.detectAndParse(System.getProperty("nemesis.duration", "20s"));

	private static final long SEED = Long.getLong("nemesis.seed", System.currentTimeMillis());

	private static final int CLIENTS = 3;

	private static final int MASTERS = 5;

	/** A short run may have a busy machine; ten minutes must give 50,000. */
	private static final int LEASES_A_SECOND = (DURATION.toMinutes() < 5) ? 20 : 84;

	/** What is printed of a violation: a lease and more around it. */
	private static final long AROUND = Duration.ofSeconds(4).toNanos();

	private final List<RedisMasters> started = new ArrayList<>();

	private final List<RedisMaster> masters = new ArrayList<>();

	private final List<List<CutProxy>> ways = new ArrayList<>();

	private final List<ClientProcess> clients = new ArrayList<>();

	private Server server;

	private String database;

	@BeforeEach
	void start() throws Exception {
		System.setProperty("h2.bindAddress", "127.0.0.1");
		this.server = Server.createTcpServer("-tcpPort", "0", "-ifNotExists").start();
		this.database = "jdbc:h2:tcp://127.0.0.1:" + this.server.getPort() + "/mem:nemesis;DB_CLOSE_DELAY=-1";
		Ledger.create(this.database, NemesisClient.keys());
		int port = freePorts(MASTERS * (CLIENTS + 1));
		// killed, three keep all they know, one may forget its last second, one
		// everything
		start(3, port, "appendonly yes", "appendfsync no");
		start(1, port + 3, "save 1 1");
		start(1, port + 4);
		port += MASTERS;
		Path logs = Files.createDirectories(Path.of("target", "nemesis"));
		for (int i = 0; i < CLIENTS; i++) {
			List<CutProxy> proxies = new ArrayList<>();
			for (RedisMaster master : this.masters) {
				proxies.add(new CutProxy(port++, master.port()));
			}
			this.ways.add(proxies);
			String nodes = proxies.stream().map(CutProxy::address).collect(Collectors.joining(","));
			File log = Files.createTempFile(logs, "client-" + i + "-", ".log").toFile();
			this.clients.add(new ClientProcess(i, this.database, log,
					Stream.of("nodes=" + nodes, "max-lease=2s", "lease=1s", "wait-for=2s")
						.map((property) -> "--redlock." + property)
						.toList()));
		}
		for (ClientProcess client : this.clients) {
			client.await(NemesisClient.READY, Duration.ofMinutes(2));
		}
	}

	private void start(int count, int firstPort, String... config) {
		RedisMasters more = RedisMasters.startAt(count, firstPort, config);
		this.started.add(more);
		more.forEach(this.masters::add);
	}

	/**
	 * Find ports that follow each other, and that no connection gets by chance.
	 */
	private static int freePorts(int count) {
		Random random = new Random();
		for (;;) {
			int first = 10_000 + random.nextInt(20_000);
			if (IntStream.range(first, first + count).allMatch(NemesisTests::isFree)) {
				return first;
			}
		}
	}

	private static boolean isFree(int port) {
		try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
			return socket.isBound();
		}
		catch (IOException ex) {
			return false;
		}
	}

	@AfterEach
	void stop() {
		this.clients.forEach(ClientProcess::close);
		this.ways.forEach((ofClient) -> ofClient.forEach(CutProxy::close));
		this.started.forEach(RedisMasters::close);
		this.server.stop();
	}

	@Test
	void keepsThePromises() throws Exception {
		Nemesis nemesis = new Nemesis(this.masters, this.ways, this.clients, SEED);
		this.clients.forEach((client) -> client.tell(NemesisClient.WORK));
		await().atMost(Duration.ofSeconds(60)).until(() -> nemesis.voting().size() == MASTERS);
		nemesis.rage(DURATION);
		long mended = System.nanoTime();
		await().atMost(Duration.ofSeconds(30)).until(() -> nemesis.voting().size() == MASTERS);
		Duration allVote = Duration.ofNanos(System.nanoTime() - mended);
		List<String> ends = answers(NemesisClient.STOP, NemesisClient.STOPPED);
		List<String> reached = answers(NemesisClient.REACH, NemesisClient.REACHED);
		History history = history();
		List<Violation> violations = history.check();
		System.out.printf("""
				nemesis: seed %d, %d s: %d leases, %d faults %s
				nemesis: clients %s
				nemesis: %d stale writes rejected; longest outage %d ms; %d ms after the end all masters voted, \
				and the clients got each key within %s ms
				nemesis: %d violations
				""", SEED, DURATION.toSeconds(), history.leases(), nemesis.faults().size(), nemesis.faultsByKind(),
				ends, history.rejectedStaleWrites(), history.longestOutage() / 1_000_000, allVote.toMillis(), reached,
				violations.size());
		violations.stream().limit(10).forEach((violation) -> print(violation, history, nemesis));
		assertThat(violations).isEmpty();
		assertThat(this.clients).allSatisfy((client) -> assertThat(client.failures()).isEmpty());
		assertThat(history.leases()).isGreaterThan(LEASES_A_SECOND * DURATION.toSeconds());
		assertThat(history.rejectedStaleWrites()).isPositive();
		assertThat(nemesis.faults()).hasSizeGreaterThanOrEqualTo((int) DURATION.toSeconds() / 3);
	}

	private List<String> answers(String order, String answer) throws InterruptedException {
		this.clients.forEach((client) -> client.tell(order));
		List<String> answers = new ArrayList<>();
		for (ClientProcess client : this.clients) {
			answers.add(client.await(answer, Duration.ofSeconds(60)));
		}
		return answers;
	}

	private History history() throws SQLException {
		try (Ledger ledger = new Ledger(this.database)) {
			return ledger.history();
		}
	}

	private static void print(Violation violation, History history, Nemesis nemesis) {
		System.out.printf("%n%s on %s: %s%n", violation.promise(), violation.key(), violation.text());
		history.around(violation.key(), violation.at(), AROUND).forEach((tenure) -> System.out.println("  " + tenure));
		nemesis.faults()
			.stream()
			.filter((fault) -> fault.from() <= violation.at() + AROUND && fault.until() >= violation.at() - AROUND)
			.forEach((fault) -> System.out.println("  " + fault));
	}

}
