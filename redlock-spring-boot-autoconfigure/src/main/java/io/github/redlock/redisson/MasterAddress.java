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

import java.util.List;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

/**
 * Where a master is, and who we are there.
 *
 * @param name what to call it in messages, without any secret
 * @param urls {@code redis://host:port}, or {@code rediss://host:port} for TLS: of the
 * master itself, or of the Sentinels that know its group's primary
 * @param group the group whose primary is the master, or {@code null} if it is always the
 * same server
 * @param credentials user name and password; those of a master that is always the same
 * server are asked for anew for each connection
 * @param database the number of the database
 * @param tls how to use TLS where the URLs want it, or {@code null} for the defaults of
 * the JVM
 * @since 0.1.0
 */
public record MasterAddress(String name, List<String> urls, @Nullable SentinelGroup group,
		Supplier<MasterCredentials> credentials, int database, @Nullable MasterTls tls) {

	/**
	 * Create the address of a master that is always the same server.
	 * @param name what to call it in messages, without any secret
	 * @param url {@code redis://host:port}, or {@code rediss://host:port} for TLS
	 * @param username the user name, or {@code null} for the server's default user
	 * @param password the password, or {@code null} for none
	 * @param database the number of the database
	 */
	public MasterAddress(String name, String url, @Nullable String username, @Nullable String password, int database) {
		this(name, List.of(url), null, () -> new MasterCredentials(username, password), database, null);
	}

	/**
	 * Return whether an address is one for TLS.
	 * @param url the address
	 * @return whether its scheme says so
	 */
	public static boolean isForTls(String url) {
		return url.startsWith("rediss://") || url.startsWith("valkeys://");
	}

	@Override
	public String toString() {
		return this.name;
	}

}
