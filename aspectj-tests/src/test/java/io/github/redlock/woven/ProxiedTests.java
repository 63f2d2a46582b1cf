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

package io.github.redlock.woven;

import java.util.function.Supplier;

import io.github.redlock.Lease;
import io.github.redlock.test.RedisMasters;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Woven classes in an application that guards methods by proxies: as if not woven.
 */
class ProxiedTests {

	@Test
	void onlyTheProxyGuards() {
		Supplier<String> keys = () -> String.join(",", Lease.current().keys());
		try (RedisMasters masters = RedisMasters.start(3)) {
			Applications.of(masters, "proxy", Ledger.class).run((application) -> {
				Ledger ledger = application.getBean(Ledger.class);
				assertThat(ledger.write("a", keys)).isEqualTo("ledger:a");
				assertThatIllegalStateException().isThrownBy(() -> new Ledger().write("a", keys));
			});
		}
	}

	@Test
	void aPrivateMethodEndsTheStart() {
		try (RedisMasters masters = RedisMasters.start(3)) {
			Applications.of(masters, "proxy", Till.class)
				.run((application) -> assertThat(application.getStartupFailure()).rootCause()
					.hasMessageContaining("it would run without its lock"));
		}
	}

}
