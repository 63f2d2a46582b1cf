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
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

import io.github.redlock.Lease;
import io.github.redlock.RedLockClient;
import io.github.redlock.quorum.MasterStatus.Condition;
import io.github.redlock.quorum.QuorumLocks;
import io.github.redlock.test.RedisMaster;
import io.github.redlock.test.RedisMasters;
import org.junit.jupiter.api.Test;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * The rule for access control that {@code docs/operations.md} gives.
 */
class AccessControlTests {

	private static final Path DOCUMENT = Path.of("..", "docs", "operations.md");

	private static final String PASSWORD = "s3cr3t";

	@Test
	void theDocumentedRuleIsEnoughAndNoMoreThanThat() throws Exception {
		String rule = rule();
		try (RedisMasters masters = RedisMasters.start(3, rule);
				ConfigurableApplicationContext one = run(masters);
				ConfigurableApplicationContext other = run(masters)) {
			RedLockClient redLock = one.getBean(RedLockClient.class);
			// Redisson tries whether it may write a key 'test1', and can do without
			masters.forEach((master) -> MasterProbe.of(master).command("ACL", "LOG", "RESET"));
			Lease lease = redLock.lock("a", "b").lease(Duration.ofMillis(900)).acquire();
			CompletableFuture<Lease> waiting = other.getBean(RedLockClient.class)
				.lock("a", "b")
				.lease(Duration.ofSeconds(3))
				.waitFor(Duration.ofSeconds(10))
				.acquireAsync();
			MasterProbe.of(masters.get(0)).command("DEL", "lock:a");
			await().untilAsserted(() -> assertThat(MasterProbe.holders(masters, "lock:a")).isEqualTo(3));
			lease.close();
			waiting.get(5, TimeUnit.SECONDS);
			List<CompletableFuture<Void>> run = IntStream.range(0, 30)
				.mapToObj((i) -> redLock.lock("c").acquireAsync().thenAccept(Lease::close))
				.toList();
			CompletableFuture.allOf(run.toArray(CompletableFuture[]::new)).get(10, TimeUnit.SECONDS);
			await().untilAsserted(() -> assertThat(MasterProbe.holders(masters, "lock:a")).isEqualTo(3));
			assertThat(one.getBean(QuorumLocks.class).breakLock("a").join()).isEqualTo(3);
			masters.get(1).wipe();
			await().atMost(Duration.ofSeconds(20))
				.until(() -> one.getBean(QuorumLocks.class)
					.checkMasters()
					.join()
					.stream()
					.allMatch((master) -> master.condition() == Condition.UP));
			for (RedisMaster master : masters) {
				assertThat(MasterProbe.of(master).command("ACL", "LOG")).as("what was denied").isEqualTo("*0");
			}
			await().untilAsserted(() -> assertThat(
					Arrays.stream(rule.split(" ")).filter((word) -> word.startsWith("+")))
				.allSatisfy(
						(command) -> assertThat(calls(masters.get(0), command.substring(1))).as(command).isPositive()));
		}
	}

	private static String rule() throws IOException {
		List<String> rules = Files.readAllLines(DOCUMENT)
			.stream()
			.filter((line) -> line.startsWith("user redlock on "))
			.toList();
		assertThat(rules).hasSize(1);
		return rules.get(0).replace(">PASSWORD", ">" + PASSWORD);
	}

	// up to Redis 6.2 subcommands are counted with their command
	private static long calls(RedisMaster master, String command) {
		MasterProbe probe = MasterProbe.of(master);
		return Math.max(probe.calls(command), probe.calls(command.replaceFirst("\\|.*", "")));
	}

	private static ConfigurableApplicationContext run(RedisMasters masters) {
		return new SpringApplicationBuilder(RedLockAutoConfiguration.class).web(WebApplicationType.NONE)
			.properties("redlock.nodes=" + masters.nodes().replace("redis://", "redis://redlock:" + PASSWORD + "@"),
					"redlock.recovery.quarantine=300ms")
			.run();
	}

}
