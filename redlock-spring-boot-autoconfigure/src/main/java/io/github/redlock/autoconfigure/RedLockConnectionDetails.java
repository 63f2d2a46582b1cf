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

import java.util.List;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.autoconfigure.service.connection.ConnectionDetails;

/**
 * Where the masters are. The property {@code redlock.nodes} is ignored if there are beans
 * of this type; if there are several, the masters are those of all of them.
 *
 * @since 0.1.0
 */
public interface RedLockConnectionDetails extends ConnectionDetails {

	/**
	 * Return the masters, always as many.
	 * @return the masters
	 */
	List<? extends Node> getNodes();

	/**
	 * A master. User name and password of one that is always the same server, and has a
	 * password at the start, are asked for anew whenever a connection is made, so that
	 * they may change; that happens on a thread that must not be blocked.
	 */
	interface Node {

		/**
		 * Return what to call the master in messages.
		 * @return the name, or {@code null} for its address
		 */
		default @Nullable String getName() {
			return null;
		}

		/**
		 * Return the address.
		 * @return the address, such as {@code redis://10.0.0.1:6379}, or {@code null} if
		 * Sentinels tell it
		 */
		@Nullable String getAddress();

		/**
		 * Return the user name.
		 * @return the name, or {@code null} for the default user
		 */
		default @Nullable String getUsername() {
			return null;
		}

		/**
		 * Return the password.
		 * @return the password, or {@code null} for none
		 */
		default @Nullable String getPassword() {
			return null;
		}

		/**
		 * Return the number of the database.
		 * @return the number
		 */
		default int getDatabase() {
			return 0;
		}

		/**
		 * Return the name of the SSL bundle.
		 * @return the name, or {@code null} for the JVM's own trust
		 */
		default @Nullable String getSslBundle() {
			return null;
		}

		/**
		 * Return the group whose primary is the master.
		 * @return the group, or {@code null} if the master is always the same server
		 */
		default @Nullable Sentinel getSentinel() {
			return null;
		}

	}

	/**
	 * A primary and its replicas, as Sentinels know them.
	 */
	interface Sentinel {

		/**
		 * Return the name of the group.
		 * @return the name
		 */
		@Nullable String getMaster();

		/**
		 * Return the addresses of the Sentinels.
		 * @return the addresses
		 */
		List<String> getNodes();

		/**
		 * Return the user name at the Sentinels.
		 * @return the name, or {@code null} for the default user
		 */
		default @Nullable String getUsername() {
			return null;
		}

		/**
		 * Return the password at the Sentinels.
		 * @return the password, or {@code null} for none
		 */
		default @Nullable String getPassword() {
			return null;
		}

	}

}
