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

import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.TrustManagerFactory;

/**
 * How a master is reached by TLS. The factories are asked anew for each connection, so
 * that certificates can change while the application runs.
 *
 * @param trust decides which certificates to trust
 * @param keys has this application's own certificate, if there is one
 * @param protocols the protocols that are allowed, empty for the default ones
 * @param ciphers the ciphers that are allowed, empty for the default ones
 * @since 0.1.0
 */
public record MasterTls(Supplier<TrustManagerFactory> trust, Supplier<KeyManagerFactory> keys, List<String> protocols,
		List<String> ciphers) {

}
