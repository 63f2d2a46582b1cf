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

package io.github.redlock.scenarios;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import io.github.redlock.Lease;
import io.github.redlock.RedLockClient;
import io.github.redlock.RedLockListener;
import io.github.redlock.autoconfigure.RedLockAutoConfiguration;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * One instance of an application: a client of its own, with connections of its own.
 */
final class Instance implements AutoCloseable {

	private final ConfigurableApplicationContext context;

	private Instance(ConfigurableApplicationContext context) {
		this.context = context;
	}

	static Instance start(String nodes, String... properties) {
		return new Instance(new SpringApplicationBuilder(Application.class).web(WebApplicationType.NONE)
			.properties("redlock.nodes=" + nodes, "redlock.node-timeout=200ms", "spring.main.banner-mode=off",
					"spring.main.log-startup-info=false", "logging.level.org.redisson=error")
			.properties(properties)
			.run());
	}

	RedLockClient.LockSpec lock(String... keys) {
		return client().lock(keys);
	}

	RedLockClient client() {
		return this.context.getBean(RedLockClient.class);
	}

	Events events() {
		return this.context.getBean(Events.class);
	}

	@Override
	public void close() {
		this.context.close();
	}

	/**
	 * The ends of leases that the listeners were told of.
	 */
	static final class Events implements RedLockListener {

		final List<Lease> released = new CopyOnWriteArrayList<>();

		final List<Lease> lost = new CopyOnWriteArrayList<>();

		@Override
		public void released(Lease lease) {
			this.released.add(lease);
		}

		@Override
		public void lost(Lease lease) {
			this.lost.add(lease);
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration(RedLockAutoConfiguration.class)
	static class Application {

		@Bean
		Events events() {
			return new Events();
		}

	}

}
