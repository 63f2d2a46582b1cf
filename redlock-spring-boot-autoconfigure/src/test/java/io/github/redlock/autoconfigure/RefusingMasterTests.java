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

import io.github.redlock.RedLockClient;
import io.github.redlock.test.EmbeddedRedLock;
import io.github.redlock.test.RedisMaster;
import io.github.redlock.test.RedisMasters;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * One of three masters is there, but answers with errors: its memory is full, or it takes
 * no writes, releases neither.
 */
@EmbeddedRedLock(masters = 3)
@ExtendWith(OutputCaptureExtension.class)
class RefusingMasterTests {

	private static final int LOCKS = 400;

	private static final int REPETITIONS = 50;

	private final RedisMaster refusing;

	private final ApplicationContextRunner application;

	RefusingMasterTests(RedisMasters masters) {
		this.refusing = masters.get(2);
		this.application = new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(RedLockAutoConfiguration.class))
			.withPropertyValues("redlock.nodes=" + masters.nodes());
	}

	@AfterEach
	void accept() {
		probe().command("CONFIG", "SET", "maxmemory", "0");
		probe().command("CONFIG", "SET", "min-replicas-to-write", "0");
	}

	@ParameterizedTest
	@CsvSource({ "maxmemory, OOM", "min-replicas-to-write, NOREPLICAS" })
	void isAskedNoMoreThanTheOthers(String setting, String error, CapturedOutput output) {
		this.application.run((context) -> {
			RedLockClient redLock = context.getBean(RedLockClient.class);
			lockAndRelease(redLock, 20);
			probe().command("CONFIG", "SET", setting, "1");
			assertThat(probe().command("SET", "a", "b")).contains(error);
			long before = probe().calls("evalsha");
			lockAndRelease(redLock, LOCKS);
			Thread.sleep(1500);
			long asked = probe().calls("evalsha") - before;
			System.out.printf("%s: %d locks and releases, %d scripts%n", error, LOCKS, asked);
			assertThat(asked).isBetween(2L * LOCKS, 2L * LOCKS + REPETITIONS);
			assertThat(output).doesNotContain("answers again", "set aside");
			accept();
			await().atMost(Duration.ofSeconds(2))
				.untilAsserted(() -> redLock.lock("again")
					.run(() -> await()
						.untilAsserted(() -> assertThat(probe().command("EXISTS", "lock:again")).isEqualTo(":1"))));
		});
	}

	private static void lockAndRelease(RedLockClient redLock, int times) {
		for (int i = 0; i < times; i++) {
			redLock.lock("refused:" + i).run(() -> {
			});
		}
	}

	private MasterProbe probe() {
		return MasterProbe.of(this.refusing);
	}

}
