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

import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

import io.github.redlock.redisson.MasterAddress;
import io.github.redlock.redisson.MasterTls;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.ssl.NoSuchSslBundleException;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.boot.ssl.SslOptions;

/**
 * Finds the SSL bundles that masters name, and follows their updates.
 */
final class MasterBundles {

	private final @Nullable SslBundles bundles;

	MasterBundles(@Nullable SslBundles bundles) {
		this.bundles = bundles;
	}

	/**
	 * Return how to use TLS as a bundle says.
	 * @param property the name of the property that names it
	 * @param name the name of the bundle
	 * @param urls the addresses that are reached by it
	 * @return how to use TLS
	 */
	MasterTls tls(String property, String name, List<String> urls) {
		if (urls.stream().noneMatch(MasterAddress::isForTls)) {
			throw new InvalidRedLockPropertyException(property, name,
					"Its address, " + urls.get(0) + ", is one without TLS", "Write 'rediss://' before the address.");
		}
		Followed current = new Followed(bundle(property, name));
		if (this.bundles != null) {
			this.bundles.addBundleUpdateHandler(name, current);
		}
		SslOptions options = current.bundle.getOptions();
		return new MasterTls(() -> current.bundle.getManagers().getTrustManagerFactory(),
				() -> current.bundle.getManagers().getKeyManagerFactory(), list(options.getEnabledProtocols()),
				list(options.getCiphers()));
	}

	private SslBundle bundle(String property, String name) {
		try {
			if (this.bundles != null) {
				return this.bundles.getBundle(name);
			}
		}
		catch (NoSuchSslBundleException ex) {
			// told below
		}
		throw new InvalidRedLockPropertyException(property, name, "There is no SSL bundle of that name",
				"Define it, by 'spring.ssl.bundle.pem.%s.truststore.certificate', say.".formatted(name));
	}

	private static List<String> list(String @Nullable [] values) {
		return (values != null) ? Arrays.asList(values) : List.of();
	}

	/**
	 * A bundle as it is after its last update.
	 */
	private static final class Followed implements Consumer<SslBundle> {

		private volatile SslBundle bundle;

		private Followed(SslBundle bundle) {
			this.bundle = bundle;
		}

		@Override
		public void accept(SslBundle updated) {
			this.bundle = updated;
		}

	}

}
