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

import java.time.Duration;

import io.github.redlock.test.RedisMasters;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * A master that forgets keys when its memory is full.
 */
@ExtendWith(OutputCaptureExtension.class)
class EvictingMasterTests {

	private static final String WARNING = "set 'maxmemory-policy noeviction'";

	@Test
	void isWarnedAbout(CapturedOutput output) {
		start("maxmemory-policy allkeys-lru", () -> await().atMost(Duration.ofSeconds(20))
			.untilAsserted(() -> assertThat(output).contains("(maxmemory-policy allkeys-lru)", WARNING)));
	}

	@Test
	void isTheExceptionByDefault(CapturedOutput output) {
		start("maxmemory-policy noeviction", () -> assertThat(output).doesNotContain(WARNING));
	}

	private static void start(String policy, Runnable then) {
		try (RedisMasters masters = RedisMasters.start(1, policy)) {
			new ApplicationContextRunner().withConfiguration(AutoConfigurations.of(RedLockAutoConfiguration.class))
				.withPropertyValues("redlock.nodes=" + masters.nodes())
				.run((context) -> then.run());
		}
	}

}
