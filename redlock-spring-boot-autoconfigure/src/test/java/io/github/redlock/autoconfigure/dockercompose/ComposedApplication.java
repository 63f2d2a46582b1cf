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

package io.github.redlock.autoconfigure.dockercompose;

import java.io.IOException;
import java.time.Duration;

import io.github.redlock.Lease;
import io.github.redlock.RedLockClient;
import io.github.redlock.autoconfigure.RedLockAutoConfiguration;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.data.redis.core.StringRedisTemplate;

/**
 * A process of its own, in which Spring Boot recognizes no test, and so looks for Docker
 * Compose: takes a lock, and writes to its own Redis.
 */
@ImportAutoConfiguration({ SslAutoConfiguration.class, DataRedisAutoConfiguration.class,
		RedLockAutoConfiguration.class })
public final class ComposedApplication {

	private ComposedApplication() {
	}

	/**
	 * Start, write {@code own}, and lock {@code any} until the input ends.
	 * @param arguments properties
	 * @throws IOException if the input cannot be read
	 */
	public static void main(String... arguments) throws IOException {
		try (ConfigurableApplicationContext context = new SpringApplicationBuilder(ComposedApplication.class)
			.web(WebApplicationType.NONE)
			.run(arguments)) {
			context.getBean(StringRedisTemplate.class).opsForValue().set("own", "any");
			try (Lease lease = context.getBean(RedLockClient.class)
				.lock("any")
				.lease(Duration.ofSeconds(3))
				.acquire()) {
				System.in.readAllBytes();
			}
		}
	}

}
