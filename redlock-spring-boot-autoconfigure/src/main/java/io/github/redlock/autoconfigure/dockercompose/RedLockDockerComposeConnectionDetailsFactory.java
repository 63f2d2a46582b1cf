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

import java.util.List;

import io.github.redlock.autoconfigure.RedLockConnectionDetails;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.autoconfigure.ssl.SslBundleRegistrar;
import org.springframework.boot.docker.compose.core.RunningService;
import org.springframework.boot.docker.compose.service.connection.DockerComposeConnectionDetailsFactory;
import org.springframework.boot.docker.compose.service.connection.DockerComposeConnectionSource;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundleRegistry;

/**
 * Makes each service with the label
 * {@code org.springframework.boot.service-connection: redlock} a master; all of them are
 * the quorum.
 * <p>
 * The image does not matter: a service of the image {@code redis} without that label is
 * the application's own Redis, as without this library.
 */
class RedLockDockerComposeConnectionDetailsFactory
		extends DockerComposeConnectionDetailsFactory<RedLockConnectionDetails> {

	private static final int REDIS_PORT = 6379;

	RedLockDockerComposeConnectionDetailsFactory() {
		super("redlock");
	}

	@Override
	protected RedLockConnectionDetails getDockerComposeConnectionDetails(DockerComposeConnectionSource source) {
		return new ServiceMaster(source.getRunningService());
	}

	/**
	 * The master of one service.
	 */
	private static final class ServiceMaster extends DockerComposeConnectionDetails
			implements RedLockConnectionDetails, RedLockConnectionDetails.Node, SslBundleRegistrar {

		private final String name;

		private final String address;

		private final @Nullable SslBundle bundle;

		private ServiceMaster(RunningService service) {
			super(service);
			this.name = service.name();
			this.bundle = getSslBundle(service);
			this.address = ((this.bundle != null) ? "rediss://" : "redis://") + service.host() + ":"
					+ service.ports().get(REDIS_PORT);
		}

		@Override
		public List<Node> getNodes() {
			return List.of(this);
		}

		@Override
		public String getName() {
			return this.name;
		}

		@Override
		public String getAddress() {
			return this.address;
		}

		@Override
		public @Nullable String getSslBundle() {
			return (this.bundle != null) ? this.name : null;
		}

		@Override
		public void registerBundles(SslBundleRegistry registry) {
			if (this.bundle != null) {
				registry.registerBundle(this.name, this.bundle);
			}
		}

	}

}
