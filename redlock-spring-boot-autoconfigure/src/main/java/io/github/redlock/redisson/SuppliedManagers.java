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

import java.security.KeyStore;
import java.security.Provider;
import java.util.function.Supplier;

import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.KeyManagerFactorySpi;
import javax.net.ssl.ManagerFactoryParameters;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.TrustManagerFactorySpi;

import org.jspecify.annotations.Nullable;
import org.redisson.config.Config;

/**
 * Hands the managers of {@link MasterTls} to Redisson, which asks its factories for them
 * whenever it connects.
 */
final class SuppliedManagers {

	private static final String NAME = "redlock";

	private static final Provider provider = new Provider(NAME, "1", "The managers in force") {

	};

	private SuppliedManagers() {
	}

	/**
	 * Have connections use TLS.
	 * @param tls how
	 * @param config what makes the connections
	 */
	static void configure(MasterTls tls, Config config) {
		config.setSslTrustManagerFactory(new Trust(tls.trust()));
		config.setSslKeyManagerFactory(new Keys(tls.keys()));
		if (!tls.protocols().isEmpty()) {
			config.setSslProtocols(tls.protocols().toArray(String[]::new));
		}
		if (!tls.ciphers().isEmpty()) {
			config.setSslCiphers(tls.ciphers().toArray(String[]::new));
		}
	}

	private static final class Trust extends TrustManagerFactory {

		Trust(Supplier<TrustManagerFactory> current) {
			super(new TrustManagerFactorySpi() {

				@Override
				protected void engineInit(@Nullable KeyStore store) {
				}

				@Override
				protected void engineInit(ManagerFactoryParameters parameters) {
				}

				@Override
				protected TrustManager[] engineGetTrustManagers() {
					return current.get().getTrustManagers();
				}

			}, provider, NAME);
		}

	}

	private static final class Keys extends KeyManagerFactory {

		Keys(Supplier<KeyManagerFactory> current) {
			super(new KeyManagerFactorySpi() {

				@Override
				protected void engineInit(@Nullable KeyStore store, char @Nullable [] password) {
				}

				@Override
				protected void engineInit(ManagerFactoryParameters parameters) {
				}

				@Override
				protected KeyManager[] engineGetKeyManagers() {
					return current.get().getKeyManagers();
				}

			}, provider, NAME);
		}

	}

}
