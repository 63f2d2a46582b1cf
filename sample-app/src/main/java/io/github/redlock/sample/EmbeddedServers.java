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

package io.github.redlock.sample;

import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;

import io.github.redlock.test.RedisMasters;
import org.h2.tools.Server;

import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;

/**
 * Starts five Redis masters unless {@code redlock.nodes} names some, and a database
 * server unless {@code spring.datasource.url} does; other instances can use them too.
 */
class EmbeddedServers implements ApplicationContextInitializer<GenericApplicationContext> {

	private static final int MASTERS = 5;

	@Override
	public void initialize(GenericApplicationContext context) {
		ConfigurableEnvironment environment = context.getEnvironment();
		Map<String, Object> properties = new HashMap<>();
		if (!environment.containsProperty("redlock.nodes") && !environment.containsProperty("redlock.nodes[0]")
				&& !environment.containsProperty("redlock.nodes[0].address")) {
			RedisMasters masters = RedisMasters.start(MASTERS);
			context.registerBean(RedisMasters.class, () -> masters);
			properties.put("redlock.nodes", masters.nodes());
		}
		if (!environment.containsProperty("spring.datasource.url")) {
			Server database = startDatabase();
			context.registerBean(Server.class, () -> database, (definition) -> definition.setDestroyMethodName("stop"));
			properties.put("spring.datasource.url",
					"jdbc:h2:tcp://127.0.0.1:" + database.getPort() + "/mem:shop;DB_CLOSE_DELAY=-1");
		}
		environment.getPropertySources().addLast(new MapPropertySource("embeddedServers", properties));
	}

	private static Server startDatabase() {
		System.setProperty("h2.bindAddress", "127.0.0.1");
		try {
			return Server.createTcpServer("-tcpPort", "0", "-ifNotExists").start();
		}
		catch (SQLException ex) {
			throw new IllegalStateException("The database server cannot be started", ex);
		}
	}

}
