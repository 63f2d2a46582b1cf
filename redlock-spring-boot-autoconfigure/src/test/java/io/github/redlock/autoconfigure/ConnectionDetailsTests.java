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

import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;

import io.github.redlock.Lease;
import io.github.redlock.RedLockClient;
import io.github.redlock.redisson.RedissonConfigCustomizer;
import io.github.redlock.test.RedisMaster;
import io.github.redlock.test.RedisMasters;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import org.junit.jupiter.api.Test;
import org.redisson.client.DefaultNettyHook;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * {@link RedLockConnectionDetails} in the place of properties.
 */
class ConnectionDetailsTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(RedLockAutoConfiguration.class))
		.withPropertyValues("redlock.recovery.quarantine=300ms");

	@Test
	void mastersOfAllDetailsCount() {
		try (RedisMasters masters = RedisMasters.start(3)) {
			this.runner.withPropertyValues("redlock.nodes=redis://ignored:1")
				.withBean("first", RedLockConnectionDetails.class, () -> details(masters.get(0)))
				.withBean("others", RedLockConnectionDetails.class, () -> details(masters.get(1), masters.get(2)))
				.run((context) -> {
					try (Lease lease = context.getBean(RedLockClient.class)
						.lock("any")
						.lease(Duration.ofSeconds(3))
						.acquire()) {
						await().until(() -> MasterProbe.holders(masters, "lock:any") == 3);
					}
				});
		}
	}

	@Test
	void credentialsMayChangeWhileTheApplicationRuns() {
		AtomicReference<String> password = new AtomicReference<>("first");
		try (RedisMasters masters = RedisMasters.start(3, "user redlock on >first ~* &* +@all")) {
			this.runner.withBean(RedLockConnectionDetails.class, () -> details(password, masters)).run((context) -> {
				RedLockClient redLock = context.getBean(RedLockClient.class);
				redLock.lock("any").acquire().close();
				for (RedisMaster master : masters) {
					MasterProbe.of(master).command("ACL", "SETUSER", "redlock", "resetpass", ">second");
				}
				password.set("second");
				for (RedisMaster master : masters) {
					MasterProbe.of(master).command("CLIENT", "KILL", "USER", "redlock");
				}
				await().atMost(Duration.ofSeconds(20)).ignoreExceptions().untilAsserted(() -> {
					try (Lease lease = redLock.lock("any").acquire()) {
						await().atMost(Duration.ofMillis(200))
							.until(() -> MasterProbe.holders(masters, "lock:any") == 3);
					}
				});
			});
		}
	}

	@Test
	void redissonsSettingsCanBeChanged() {
		try (RedisMasters masters = RedisMasters.start(1)) {
			AtomicReference<String> customized = new AtomicReference<>();
			AtomicReference<ByteBuf> buffer = new AtomicReference<>();
			this.runner.withPropertyValues("redlock.nodes=" + masters.nodes())
				.withBean(RedissonConfigCustomizer.class, () -> (master, config) -> {
					customized.set(master);
					config.setUseScriptCache(true);
					config.setNettyHook(new DefaultNettyHook() {

						@Override
						public void afterChannelInitialization(Channel channel) {
							buffer.set(channel.alloc().ioBuffer());
						}

					});
				})
				.run((context) -> {
					context.getBean(RedLockClient.class).lock("any").acquire().close();
					assertThat(customized).hasValue(masters.nodes());
					assertThat(buffer.get().hasArray()).as("on the heap").isTrue();
				});
		}
	}

	private static RedLockConnectionDetails details(RedisMaster... masters) {
		List<RedLockConnectionDetails.Node> nodes = List.of(masters)
			.stream().<RedLockConnectionDetails.Node>map((master) -> master::address).toList();
		return () -> nodes;
	}

	private static RedLockConnectionDetails details(AtomicReference<String> password, RedisMasters masters) {
		List<RedLockConnectionDetails.Node> nodes = List.of(masters.get(0), masters.get(1), masters.get(2))
			.stream().<RedLockConnectionDetails.Node>map((master) -> new RedLockConnectionDetails.Node() {

				@Override
				public String getAddress() {
					return master.address();
				}

				@Override
				public String getUsername() {
					return "redlock";
				}

				@Override
				public String getPassword() {
					return password.get();
				}

			})
			.toList();
		return () -> nodes;
	}

}
