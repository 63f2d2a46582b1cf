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
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.time.Duration;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

import io.github.redlock.Lease;
import io.github.redlock.RedLockClient;
import io.github.redlock.test.RedisMasters;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Masters at addresses of IPv6, where this machine has any.
 */
@EnabledIf("isAvailable")
class Ipv6Tests {

	private static final String LOOPBACK = "::1";

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(RedLockAutoConfiguration.class))
		.withPropertyValues("redlock.recovery.quarantine=300ms");

	static boolean isAvailable() throws IOException {
		return NetworkInterface.getByInetAddress(InetAddress.getByName(LOOPBACK)) != null;
	}

	@Test
	void locksOnMasters() {
		try (RedisMasters masters = RedisMasters.start(3, "bind 127.0.0.1 " + LOOPBACK)) {
			this.runner.withPropertyValues("redlock.nodes=" + nodes(masters)).run((context) -> {
				try (Lease lease = context.getBean(RedLockClient.class)
					.lock("any")
					.lease(Duration.ofSeconds(3))
					.acquire()) {
					await().until(() -> MasterProbe.holders(masters, "lock:any") == 3);
					assertThat(masters)
						.allSatisfy((master) -> assertThat(MasterProbe.of(master).command("CLIENT", "LIST"))
							.contains(" laddr=[" + LOOPBACK + "]:" + master.port()));
				}
			});
		}
	}

	@Test
	void locksOnAGroup() throws IOException {
		try (RedisGroup group = new RedisGroup(2, LOOPBACK)) {
			this.runner
				.withPropertyValues("redlock.nodes[0].sentinel.master=" + RedisGroup.NAME,
						"redlock.nodes[0].sentinel.nodes=" + group.sentinelNodes())
				.run((context) -> {
					try (Lease lease = context.getBean(RedLockClient.class).lock("any").acquire()) {
						assertThat(lease.isValid()).isTrue();
						assertThat(MasterProbe.of(group.server(0)).command("CLIENT", "LIST").lines())
							.filteredOn((client) -> client.contains("name=redlock"))
							.isNotEmpty()
							.allMatch((client) -> client.contains(" laddr=[" + LOOPBACK + "]:"));
					}
				});
		}
	}

	private static String nodes(RedisMasters masters) {
		return StreamSupport.stream(masters.spliterator(), false)
			.map((master) -> "redis://[" + LOOPBACK + "]:" + master.port())
			.collect(Collectors.joining(","));
	}

}
