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

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.github.redlock.autoconfigure.RedLockConnectionDetails;
import org.jspecify.annotations.Nullable;
import org.testcontainers.containers.Container;

import org.springframework.beans.factory.InitializingBean;
import org.springframework.boot.autoconfigure.ssl.SslBundleRegistrar;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundleRegistry;
import org.springframework.boot.testcontainers.service.connection.ContainerConnectionDetailsFactory;
import org.springframework.boot.testcontainers.service.connection.ContainerConnectionSource;
import org.springframework.boot.testcontainers.service.connection.ServiceConnection;

/**
 * Makes each container with {@link ServiceConnection @ServiceConnection(name =
 * "redlock")} a master; all of them are the quorum.
 * <p>
 * The image does not matter. Spring Boot takes one container of the image {@code redis}
 * for the application's own Redis; if it were a master, too, it would be the only one,
 * and {@code redlock.nodes} would be ignored because of a cache.
 * <p>
 * Spring Boot asks for the details of every container, but keeps those of the first only.
 * A factory, which it makes anew for all containers that it looks at together, answers
 * with the same details each time.
 */
class RedLockContainerConnectionDetailsFactory
		extends ContainerConnectionDetailsFactory<Container<?>, RedLockConnectionDetails> {

	private static final int REDIS_PORT = 6379;

	private final ContainerMasters masters = new ContainerMasters();

	RedLockContainerConnectionDetailsFactory() {
		super("redlock");
	}

	@Override
	protected RedLockConnectionDetails getContainerConnectionDetails(ContainerConnectionSource<Container<?>> source) {
		this.masters.add(source);
		return this.masters;
	}

	/**
	 * The masters of all containers.
	 */
	private static final class ContainerMasters
			implements RedLockConnectionDetails, SslBundleRegistrar, InitializingBean {

		// by source: for a context that is loaded again, the same ones are looked at
		// again
		private final Map<ContainerConnectionSource<Container<?>>, ContainerMaster> masters = new LinkedHashMap<>();

		void add(ContainerConnectionSource<Container<?>> source) {
			this.masters.computeIfAbsent(source, ContainerMaster::new);
		}

		@Override
		public void afterPropertiesSet() throws Exception {
			for (ContainerMaster master : this.masters.values()) {
				master.afterPropertiesSet();
			}
		}

		@Override
		public List<Node> getNodes() {
			return this.masters.values().stream().map(ContainerMaster::node).toList();
		}

		@Override
		public void registerBundles(SslBundleRegistry registry) {
			this.masters.values().forEach((master) -> master.registerBundle(registry));
		}

	}

	/**
	 * The master of one container.
	 */
	private static final class ContainerMaster extends ContainerConnectionDetails<Container<?>> {

		private ContainerMaster(ContainerConnectionSource<Container<?>> source) {
			super(source);
		}

		RedLockConnectionDetails.Node node() {
			String bundle = (getSslBundle() != null) ? bundleName() : null;
			String address = ((bundle != null) ? "rediss://" : "redis://") + getContainer().getHost() + ":"
					+ getContainer().getMappedPort(REDIS_PORT);
			return new RedLockConnectionDetails.Node() {

				@Override
				public String getAddress() {
					return address;
				}

				@Override
				public @Nullable String getSslBundle() {
					return bundle;
				}

			};
		}

		void registerBundle(SslBundleRegistry registry) {
			SslBundle bundle = getSslBundle();
			if (bundle != null) {
				registry.registerBundle(bundleName(), bundle);
			}
		}

		private String bundleName() {
			return getOrigin().toString();
		}

	}

}
