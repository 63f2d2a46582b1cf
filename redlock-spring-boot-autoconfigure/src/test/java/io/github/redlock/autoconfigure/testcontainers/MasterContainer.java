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

import io.github.redlock.test.RedisMasters;
import org.testcontainers.containers.GenericContainer;

/**
 * A container for which a {@code redis-server} of this machine stands in, so that no
 * Docker is needed.
 */
class MasterContainer extends GenericContainer<MasterContainer> {

	private static final String IMAGE = "redis:8";

	private final String[] config;

	private final int port;

	private RedisMasters server;

	MasterContainer() {
		this(0);
	}

	/**
	 * Create a container that is reached at another port than that of its server.
	 * @param port the port, or 0 for that of the server
	 * @param config further lines for the server's configuration
	 */
	MasterContainer(int port, String... config) {
		super(IMAGE);
		this.port = port;
		this.config = config;
	}

	@Override
	public void start() {
		this.server = RedisMasters.start(1, this.config);
	}

	@Override
	public void stop() {
		if (isRunning()) {
			this.server.close();
		}
	}

	@Override
	public boolean isRunning() {
		return this.server != null && this.server.get(0).isRunning();
	}

	@Override
	public String getDockerImageName() {
		return IMAGE;
	}

	@Override
	public String getHost() {
		return "127.0.0.1";
	}

	@Override
	public Integer getMappedPort(int port) {
		if (port != 6379) {
			throw new IllegalArgumentException("Not exposed: " + port);
		}
		return (this.port != 0) ? this.port : this.server.get(0).port();
	}

	RedisMasters server() {
		return this.server;
	}

}
