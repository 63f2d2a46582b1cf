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

package io.github.redlock.autoconfigure.testcontainers;

import java.time.Duration;
import java.util.stream.Stream;

import io.github.redlock.Lease;
import io.github.redlock.RedLockClient;
import io.github.redlock.autoconfigure.MasterProbe;
import io.github.redlock.autoconfigure.RedLockAutoConfiguration;
import io.github.redlock.autoconfigure.RedLockConnectionDetails;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.testcontainers.service.connection.ServiceConnection;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.test.annotation.DirtiesContext;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Masters that are containers in fields of a test.
 */
@SpringBootTest(classes = ContainerFieldsTests.Application.class, properties = "redlock.nodes=redis://ignored:1")
class ContainerFieldsTests {

	@ServiceConnection(name = "redlock")
	private static final MasterContainer FIRST = new MasterContainer();

	@ServiceConnection
	private static final MasterContainer OWN = new MasterContainer();

	@ServiceConnection(name = "redlock")
	private static final MasterContainer SECOND = new MasterContainer();

	@ServiceConnection(name = "redlock")
	private static final MasterContainer THIRD = new MasterContainer();

	@AfterAll
	static void stop() {
		Stream.of(FIRST, SECOND, THIRD, OWN).forEach(MasterContainer::stop);
	}

	@RepeatedTest(2)
	@DirtiesContext
	void allOfThemAreTheQuorum(@Autowired RedLockClient redLock, @Autowired RedLockConnectionDetails details) {
		assertThat(details.getNodes()).extracting((node) -> node.getAddress())
			.containsExactly(FIRST.server().nodes(), SECOND.server().nodes(), THIRD.server().nodes());
		try (Lease lease = redLock.lock("any").lease(Duration.ofSeconds(3)).acquire()) {
			await().untilAsserted(() -> assertThat(Stream.of(FIRST, SECOND, THIRD, OWN))
				.extracting((container) -> MasterProbe.holders(container.server(), "lock:any"))
				.containsExactly(1L, 1L, 1L, 0L));
		}
	}

	@Test
	void theOneWithoutThatNameIsTheApplicationsOwnRedis(@Autowired StringRedisTemplate redis) {
		redis.opsForValue().set("own", "any");
		assertThat(Stream.of(FIRST, SECOND, THIRD, OWN))
			.extracting((container) -> MasterProbe.holders(container.server(), "own"))
			.containsExactly(0L, 0L, 0L, 1L);
	}

	@ImportAutoConfiguration({ DataRedisAutoConfiguration.class, RedLockAutoConfiguration.class })
	static class Application {

	}

}
