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

package io.github.redlock.benchmarks;

import io.github.redlock.RedLockClient;
import io.github.redlock.autoconfigure.RedLockAutoConfiguration;
import io.github.redlock.test.RedisMasters;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;

/**
 * This library with its defaults, in an application context.
 */
final class RedLockPeer implements AutoCloseable {

	private final ConfigurableApplicationContext context;

	private final RedLockClient client;

	RedLockPeer(RedisMasters masters) {
		this(masters.nodes());
	}

	RedLockPeer(String nodes) {
		SpringApplication application = new SpringApplicationBuilder(Application.class).web(WebApplicationType.NONE)
			.properties("redlock.nodes=" + nodes, "logging.level.root=warn", "spring.main.banner-mode=off")
			.build();
		this.context = application.run();
		this.client = this.context.getBean(RedLockClient.class);
	}

	RedLockClient client() {
		return this.client;
	}

	@Override
	public void close() {
		this.context.close();
	}

	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration(RedLockAutoConfiguration.class)
	static class Application {

	}

}
