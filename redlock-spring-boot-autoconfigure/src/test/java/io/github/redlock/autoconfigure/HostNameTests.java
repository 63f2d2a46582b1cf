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
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

import io.github.redlock.Lease;
import io.github.redlock.RedLockClient;
import io.github.redlock.test.RedisMasters;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Masters that are listed by their host names.
 */
class HostNameTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(RedLockAutoConfiguration.class))
		.withPropertyValues("redlock.connect-timeout=10s");

	@Test
	void locksOnMasters() {
		try (RedisMasters masters = RedisMasters.start(3)) {
			this.runner.withPropertyValues("redlock.nodes=" + nodes(masters)).run((context) -> {
				try (Lease lease = lock(context.getBean(RedLockClient.class))) {
					assertThat(lease.isValid()).isTrue();
					await().until(() -> MasterProbe.holders(masters, "lock:any") == 3);
				}
			});
		}
	}

	@Test
	void locksOnTheOthersWhereOneNameIsUnknown() {
		try (RedisMasters masters = RedisMasters.start(2)) {
			this.runner.withPropertyValues("redlock.nodes=" + nodes(masters) + ",redis://unknown.invalid:6379")
				.run((context) -> {
					try (Lease lease = lock(context.getBean(RedLockClient.class))) {
						assertThat(lease.isValid()).isTrue();
					}
				});
		}
	}

	private static Lease lock(RedLockClient client) {
		return client.lock("any").lease(Duration.ofSeconds(3)).waitFor(Duration.ofSeconds(3)).acquire();
	}

	private static String nodes(RedisMasters masters) {
		return StreamSupport.stream(masters.spliterator(), false)
			.map((master) -> "redis://localhost:" + master.port())
			.collect(Collectors.joining(","));
	}

}
