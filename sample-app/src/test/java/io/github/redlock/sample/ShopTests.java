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

package io.github.redlock.sample;

import java.io.File;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;

import com.jayway.jsonpath.JsonPath;
import io.github.redlock.test.EmbeddedRedLock;
import io.github.redlock.test.RedisMasters;
import org.h2.tools.Server;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Two instances of the shop, each a process, on the same masters and database; one of
 * them was prepared ahead of time.
 */
@EmbeddedRedLock(masters = 5)
class ShopTests {

	private static final int BUYERS = 200;

	private static final int STOCK = 50;

	private static final int AHEAD_OF_TIME = 1;

	private static final HttpClient http = HttpClient.newHttpClient();

	private static final List<Process> instances = new ArrayList<>();

	private static final List<Integer> ports = new ArrayList<>();

	private static Server database;

	private final RedisMasters masters;

	ShopTests(RedisMasters masters) {
		this.masters = masters;
	}

	@BeforeAll
	static void open(RedisMasters masters) throws Exception {
		System.setProperty("h2.bindAddress", "127.0.0.1");
		database = Server.createTcpServer("-tcpPort", "0", "-ifNotExists").start();
		for (int i = 0; i < 2; i++) {
			int port = freePort();
			ports.add(port);
			instances.add(new ProcessBuilder(System.getProperty("java.home") + "/bin/java",
					"-Dspring.aot.enabled=" + (i == AHEAD_OF_TIME), "-cp",
					System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
					SampleApplication.class.getName(), "--server.port=" + port, "--redlock.nodes=" + masters.nodes(),
					"--spring.datasource.url=jdbc:h2:tcp://127.0.0.1:" + database.getPort()
							+ "/mem:shop;DB_CLOSE_DELAY=-1")
				.redirectErrorStream(true)
				.redirectOutput(new File("target/shop-" + i + ".log"))
				.start());
		}
		for (int i = 0; i < 2; i++) {
			int instance = i;
			await().atMost(Duration.ofSeconds(60))
				.ignoreExceptions()
				.until(() -> get(instance, "/products/lamp").statusCode() == 200);
		}
	}

	@AfterAll
	static void close() {
		instances.forEach(Process::destroy);
		instances.forEach((instance) -> instance.onExit().join());
		database.stop();
	}

	@AfterEach
	void heal() {
		this.masters.heal();
	}

	@Test
	void oneInstanceWasPreparedAheadOfTime() {
		assertThat(new File("target/shop-" + AHEAD_OF_TIME + ".log")).content()
			.contains("Starting AOT-processed SampleApplication");
	}

	@Test
	void sellsExactlyTheStockWithTheLock() {
		post(0, "/products/lamp/stock?quantity=" + STOCK);
		long sold = buyAtOnce("/products/lamp/sell");
		int recorded = sold("lamp");
		System.out.printf("with the lock: %d of %d buyers got one of %d (recorded: %d)%n", sold, BUYERS, STOCK,
				recorded);
		assertThat(sold).isEqualTo(STOCK);
		assertThat(recorded).isEqualTo(STOCK);
	}

	@Test
	void oversellsWithoutTheLock() {
		post(0, "/products/mug/stock?quantity=" + STOCK);
		long sold = buyAtOnce("/products/mug/sell-without-lock");
		int recorded = sold("mug");
		System.out.printf("without the lock: %d of %d buyers got one of %d (recorded: %d)%n", sold, BUYERS, STOCK,
				recorded);
		assertThat(sold).isGreaterThan(STOCK);
		assertThat(recorded).isGreaterThan(STOCK);
	}

	@Test
	void sellsWithTwoOfFiveMastersKilledRefusesWithThreeAndSellsAgain() {
		post(0, "/products/pen/stock?quantity=" + STOCK);
		this.masters.get(0).kill();
		this.masters.get(1).kill();
		assertThat(post(0, "/products/pen/sell").statusCode()).isEqualTo(200);
		assertThat(post(1, "/products/pen/sell").statusCode()).isEqualTo(200);
		this.masters.get(2).kill();
		HttpResponse<String> refused = post(1, "/products/pen/sell");
		assertThat(refused.statusCode()).isEqualTo(503);
		this.masters.forEach((master) -> assertThat(refused.body()).contains(master.address()));
		assertThat(sold("pen")).isEqualTo(2);
		this.masters.heal();
		await().atMost(Duration.ofSeconds(60)).until(() -> post(0, "/products/pen/sell").statusCode() == 200);
		assertThat(post(1, "/products/pen/sell").statusCode()).isEqualTo(200);
		assertThat(sold("pen")).isEqualTo(4);
	}

	@Test
	void showsMastersAndLocks() {
		post(0, "/products/cup/stock?quantity=1");
		post(0, "/products/cup/sell");
		for (int i = 0; i < 2; i++) {
			int instance = i;
			await().untilAsserted(() -> {
				String health = get(instance, "/actuator/health/redlock").body();
				assertThat(JsonPath.<String>read(health, "$.status")).isEqualTo("UP");
				assertThat(JsonPath.<Integer>read(health, "$.components.quorum.details.voting")).isEqualTo(5);
			});
			await().untilAsserted(() -> {
				String shown = get(instance, "/actuator/redlock").body();
				assertThat(JsonPath.<Integer>read(shown, "$.quorum.needed")).isEqualTo(3);
				assertThat(JsonPath.<List<String>>read(shown, "$.masters[*].condition")).hasSize(5).containsOnly("UP");
				assertThat(JsonPath.<List<Object>>read(shown, "$.held")).isEmpty();
			});
			HttpRequest breaking = request(instance, "/actuator/redlock/cup").DELETE().build();
			assertThat(http.sendAsync(breaking, BodyHandlers.discarding()).join().statusCode())
				.isGreaterThanOrEqualTo(404);
		}
	}

	@Test
	void showsOfWhatItIsMade() {
		for (int i = 0; i < 2; i++) {
			String shown = get(i, "/actuator/sbom/application").body();
			assertThat(JsonPath.<String>read(shown, "$.metadata.component.name")).isEqualTo("sample-app");
			assertThat(JsonPath.<List<String>>read(shown, "$.components[*].name"))
				.contains("redlock-spring-boot-starter", "redisson")
				.doesNotContain("spring-boot-test");
		}
	}

	private static long buyAtOnce(String path) {
		List<CompletableFuture<HttpResponse<String>>> buyers = IntStream.range(0, BUYERS)
			.mapToObj((i) -> http.sendAsync(request(i % 2, path).POST(BodyPublishers.noBody()).build(),
					BodyHandlers.ofString()))
			.toList();
		return buyers.stream().map(CompletableFuture::join).filter((response) -> response.statusCode() == 200).count();
	}

	private static int sold(String product) {
		return JsonPath.read(get(0, "/products/" + product).body(), "$.sold");
	}

	private static HttpResponse<String> get(int instance, String path) {
		return http.sendAsync(request(instance, path).GET().build(), BodyHandlers.ofString()).join();
	}

	private static HttpResponse<String> post(int instance, String path) {
		return http.sendAsync(request(instance, path).POST(BodyPublishers.noBody()).build(), BodyHandlers.ofString())
			.join();
	}

	private static HttpRequest.Builder request(int instance, String path) {
		return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + ports.get(instance) + path));
	}

	private static int freePort() throws IOException {
		try (ServerSocket socket = new ServerSocket(0)) {
			return socket.getLocalPort();
		}
	}

}
