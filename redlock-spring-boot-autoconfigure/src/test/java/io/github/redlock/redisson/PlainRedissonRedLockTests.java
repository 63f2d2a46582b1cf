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

package io.github.redlock.redisson;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.StreamSupport;

import io.github.redlock.Lease;
import io.github.redlock.RedLockClient;
import io.github.redlock.autoconfigure.RedLockAutoConfiguration;
import io.github.redlock.test.EmbeddedRedLock;
import io.github.redlock.test.RedisMaster;
import io.github.redlock.test.RedisMasters;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.redisson.Redisson;
import org.redisson.RedissonRedLock;
import org.redisson.api.RLock;
import org.redisson.api.RedissonClient;
import org.redisson.client.codec.StringCodec;
import org.redisson.config.Config;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Our locks beside plain {@code RedissonRedLock}s on the same masters, as while an
 * application is being upgraded.
 */
@EmbeddedRedLock
class PlainRedissonRedLockTests {

	private static List<RedissonClient> clients;

	private static ApplicationContextRunner contexts;

	@BeforeAll
	static void connect(RedisMasters masters) {
		clients = StreamSupport.stream(masters.spliterator(), false).map(PlainRedissonRedLockTests::client).toList();
		contexts = new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(RedLockAutoConfiguration.class))
			.withPropertyValues("redlock.nodes=" + masters.nodes());
	}

	@AfterAll
	static void disconnect() {
		clients.forEach(RedissonClient::shutdown);
	}

	@Test
	void excludesOurs() {
		contexts.run((context) -> {
			RedLockClient redLock = context.getBean(RedLockClient.class);
			RLock plain = plain("orders:1");
			assertThat(plain.tryLock(1, 10, TimeUnit.SECONDS)).isTrue();
			assertThat(redLock.lock("orders:1").waitFor(Duration.ofSeconds(1)).tryAcquire()).isEmpty();
			plain.unlock();
			try (Lease lease = redLock.lock("orders:1").acquire()) {
				assertThat(lease.isValid()).isTrue();
			}
		});
	}

	@Test
	void isExcludedByOurs() {
		contexts.run((context) -> {
			RedLockClient redLock = context.getBean(RedLockClient.class);
			RLock plain = plain("orders:2");
			Lease lease = redLock.lock("orders:2").acquire();
			assertThat(plain.tryLock(200, 10_000, TimeUnit.MILLISECONDS)).isFalse();
			lease.close();
			assertThat(plain.tryLock(1, 10, TimeUnit.SECONDS)).isTrue();
			plain.unlock();
		});
	}

	@Test
	void excludesTheViewAndIsExcludedByIt() {
		contexts.run((context) -> {
			RLock view = context.getBean(RedissonRedLocks.class).get("orders:4");
			RLock plain = plain("orders:4");
			assertThat(plain.tryLock(1, 10, TimeUnit.SECONDS)).isTrue();
			assertThat(view.isLocked()).isTrue();
			assertThat(view.remainTimeToLive()).isBetween(5000L, 10000L);
			assertThat(view.tryLock()).isFalse();
			plain.unlock();
			assertThat(view.isLocked()).isFalse();
			assertThat(view.tryLock(1, TimeUnit.SECONDS)).isTrue();
			assertThat(plain.tryLock(200, 10_000, TimeUnit.MILLISECONDS)).isFalse();
			view.unlock();
			assertThat(plain.tryLock(1, 10, TimeUnit.SECONDS)).isTrue();
			plain.unlock();
		});
	}

	@Test
	void isWokenByOurRelease() {
		contexts.run((context) -> {
			Lease lease = context.getBean(RedLockClient.class).lock("orders:3").acquire();
			CompletableFuture<Duration> waited = CompletableFuture.supplyAsync(() -> {
				long start = System.nanoTime();
				RLock plain = clients.get(0).getLock("lock:orders:3");
				plain.lock(10, TimeUnit.SECONDS);
				plain.unlock();
				return Duration.ofNanos(System.nanoTime() - start);
			});
			await()
				.until(() -> clients.get(0).getTopic("redisson_lock__channel:{lock:orders:3}").countSubscribers() > 0);
			lease.close();
			assertThat(waited.get(5, TimeUnit.SECONDS)).isLessThan(Duration.ofSeconds(5));
		});
	}

	private static RedissonClient client(RedisMaster master) {
		Config config = new Config();
		config.setCodec(StringCodec.INSTANCE);
		config.useSingleServer()
			.setAddress(master.address())
			.setConnectionMinimumIdleSize(1)
			.setConnectionPoolSize(4)
			.setSubscriptionConnectionPoolSize(2);
		return Redisson.create(config);
	}

	@SuppressWarnings("deprecation")
	private static RLock plain(String name) {
		return new RedissonRedLock(
				clients.stream().map((client) -> client.getLock("lock:" + name)).toArray(RLock[]::new));
	}

}
