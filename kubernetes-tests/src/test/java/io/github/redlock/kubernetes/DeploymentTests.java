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

import java.net.http.HttpRequest;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

import com.google.gson.JsonObject;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * The manifests run as processes: three masters with their commands, configurations,
 * users and certificates, and two instances of the sample with theirs.
 */
@EnabledOnOs(value = OS.LINUX, disabledReason = "others have one loopback address only")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class DeploymentTests {

	private static final String TOKEN = "redlock:token:lock:stock:lamp";

	private static final Duration PATIENCE = Duration.ofSeconds(10);

	private static final int HTTP = 8080;

	private static Cluster cluster;

	private static final List<Pod> masters = new ArrayList<>();

	private static final List<Pod> shops = new ArrayList<>();

	@BeforeAll
	static void start(@TempDir Path directory) throws Exception {
		Overlay overlay = Overlay.render(3, directory);
		cluster = new Cluster(overlay, directory);
		for (JsonObject master : overlay.masters()) {
			masters.add(cluster.addMaster(master));
		}
		masters.forEach((master) -> awaitProbe(master, "startupProbe"));
		awaitProbe(cluster.addDatabase(), "readinessProbe");
		shops.add(cluster.addShop(0));
		shops.add(cluster.addShop(1));
		shops.forEach((shop) -> awaitProbe(shop, "startupProbe"));
		assertThat(post(0, "/products/lamp/stock?quantity=100000")).isEqualTo(200);
	}

	@AfterAll
	static void stop() {
		cluster.close();
	}

	@Test
	void everyContainerPassesItsProbes() {
		assertThat(masters).allMatch((master) -> master.passes("readinessProbe") && master.passes("livenessProbe"));
		assertThat(shops).allMatch((shop) -> shop.passes("readinessProbe") && shop.passes("livenessProbe"));
	}

	@Test
	void aMasterThatHangsPassesNoProbeUntilItAnswersAgain() throws Exception {
		Pod master = masters.get(2);
		master.signal("STOP");
		try {
			assertThat(Stream.of("readinessProbe", "livenessProbe").parallel().map(master::passes).toList())
				.containsExactly(false, false);
		}
		finally {
			master.signal("CONT");
		}
		assertThat(master.passes("livenessProbe")).isTrue();
	}

	@Test
	void forLivenessAnErrorIsAnAnswer() {
		List<String> command = new ArrayList<>(as("probe", "any"));
		command.addAll(List.of("get", "lock:any"));
		assertThat(masters.get(0).redisCli(PATIENCE, command)).satisfies((result) -> {
			assertThat(result.exitCode()).isZero();
			assertThat(result.text()).contains("NOPERM");
		});
		command.add(0, "-e");
		assertThat(masters.get(0).redisCli(PATIENCE, command).exitCode()).isOne();
	}

	@Test
	void bothInstancesLockOnAllMasters() {
		sellUntilAllMastersHaveTheToken(0);
		sellUntilAllMastersHaveTheToken(1);
		assertThat(get(0, "/actuator/health/redlock-masters")).isEqualTo(200);
	}

	@Test
	void mastersAreConfiguredAsThePromisesNeedIt() {
		assertThat(masters).allSatisfy((master) -> assertThat(asApplication(master, "info")).contains("aof_enabled:1",
				"maxmemory:201326592", "maxmemory_policy:noeviction", "role:master", "connected_slaves:0"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "config get dir", "config set appendonly no", "keys *", "scan 0", "flushall", "flushdb",
			"shutdown nosave", "acl list", "acl setuser redlock +@all", "debug sleep 0", "replicaof no one",
			"replicaof 127.0.0.1 6379", "monitor", "save", "bgrewriteaof", "client list", "client kill type normal",
			"script flush", "module list", "slowlog get", "swapdb 0 1", "set other 1", "get other", "del other",
			"subscribe other", "publish other 1", "rename lock:a lock:b", "eval return(redis.call('get','other')) 0",
			"eval return(redis.call('config','get','dir')) 0" })
	void theApplicationMayDoNoMoreThanItMust(String command) {
		assertThat(asApplication(masters.get(0), command.split(" ")))
			.containsPattern("NOPERM|No permissions|can't access|not allowed");
	}

	@Test
	void nobodyElseMayDoAnything() {
		Pod master = masters.get(0);
		List<String> tls = as("probe", "any").subList(0, 8);
		assertThat(call(master, tls, "ping")).contains("NOAUTH");
		assertThat(call(master, as("default", "any"), "ping")).contains("NOAUTH");
		assertThat(call(master, as("redlock", "wrong"), "ping")).contains("NOAUTH");
		assertThat(call(master, as("probe", "any"), "ping")).contains("PONG");
		assertThat(call(master, as("probe", "any"), "info")).contains("NOPERM");
		assertThat(call(master, as("probe", "any"), "exists", "lock:any")).contains("NOPERM");
		assertThat(master.redisCli(PATIENCE, List.of("--tls", "--cacert", "/etc/redis/tls/ca.crt", "ping")))
			.satisfies((result) -> assertThat(result.exitCode()).as(result.text()).isOne());
		assertThat(master.redisCli(Duration.ofSeconds(1), List.of("ping")))
			.satisfies((result) -> assertThat(result.exitCode()).as(result.text()).isOne());
	}

	@Test
	@Order(Order.DEFAULT + 1)
	void anInstanceThatIsEndedGivesItsLocksBack() throws Exception {
		AtomicBoolean over = new AtomicBoolean();
		AtomicInteger sold = new AtomicInteger();
		ExecutorService buyers = Executors.newFixedThreadPool(8);
		List<Future<?>> buying = new ArrayList<>();
		for (int i = 0; i < 8; i++) {
			buying.add(buyers.submit(() -> {
				while (!over.get()) {
					if (post(1, "/products/lamp/sell") == 200) {
						sold.incrementAndGet();
					}
				}
			}));
		}
		await().until(() -> sold.get() > 20);
		await().until(() -> masters.stream().anyMatch((master) -> has(master, "lock:stock:lamp")));
		boolean inTime = shops.get(1).terminate();
		over.set(true);
		for (Future<?> each : buying) {
			each.get();
		}
		buyers.shutdown();
		assertThat(inTime).isTrue();
		assertThat(masters).noneMatch((master) -> has(master, "lock:stock:lamp"));
		assertThat(post(0, "/products/lamp/sell")).isEqualTo(200);
	}

	@Test
	@Order(Order.DEFAULT + 2)
	void aMinorityMayBeGoneAndAMajorityTakesTheInstancesOutOfTheService() throws Exception {
		sellUntilAllMastersHaveTheToken(0);
		assertThat(masters.get(0).terminate()).isTrue();
		assertThat(post(0, "/products/lamp/sell")).isEqualTo(200);
		await().until(() -> get(0, "/actuator/health/redlock-masters") == 503);
		await().until(() -> shops.get(0).passes("readinessProbe"));
		masters.get(1).kill();
		await().until(() -> !shops.get(0).passes("readinessProbe"));
		assertThat(shops.get(0).passes("livenessProbe")).isTrue();
		cluster.startMaster(masters.get(0));
		awaitProbe(masters.get(0), "startupProbe");
		assertThat(has(masters.get(0), TOKEN)).as("kept on its disk").isTrue();
	}

	private static void sellUntilAllMastersHaveTheToken(int shop) {
		masters.forEach((master) -> asApplication(master, "del", TOKEN));
		await().atMost(Duration.ofSeconds(30)).until(() -> {
			post(shop, "/products/lamp/sell");
			return masters.stream().allMatch((master) -> has(master, TOKEN));
		});
	}

	private static boolean has(Pod master, String key) {
		return asApplication(master, "exists", key).endsWith("1");
	}

	private static void awaitProbe(Pod pod, String probe) {
		await().atMost(Duration.ofSeconds(60)).until(() -> pod.passes(probe));
	}

	private static String asApplication(Pod master, String... command) {
		return call(master, as("redlock", cluster.secret("redlock", "password")), command);
	}

	private static String call(Pod master, List<String> options, String... command) {
		List<String> words = new ArrayList<>(options);
		words.addAll(List.of(command));
		return master.redisCli(PATIENCE, words).text();
	}

	private static List<String> as(String user, String password) {
		return List.of("--tls", "--cacert", "/etc/redis/tls/ca.crt", "--cert", "/etc/redis/tls/tls.crt", "--key",
				"/etc/redis/tls/tls.key", "--no-auth-warning", "--user", user, "--pass", password);
	}

	private static int post(int shop, String path) {
		return Pod.status(shops.get(shop).get(HTTP, path).POST(HttpRequest.BodyPublishers.noBody()),
				Duration.ofSeconds(20));
	}

	private static int get(int shop, String path) {
		return Pod.status(shops.get(shop).get(HTTP, path), Duration.ofSeconds(5));
	}

}
