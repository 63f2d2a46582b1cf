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

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import io.github.redlock.ChildJvm;
import io.github.redlock.test.EmbeddedRedLock;
import io.github.redlock.test.RedisMasters;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * An application moves from {@code RedissonRedLock} to this library, one instance after
 * the other, and what must not be done twice at once never is.
 */
@EmbeddedRedLock
class RollingUpgradeTests {

	private static final int INSTANCES = 3;

	private static final int LAMPS = 1_000_000;

	@TempDir
	Path directory;

	private final List<Instance> started = new ArrayList<>();

	private final List<Instance> running = new ArrayList<>();

	@AfterEach
	void killWhatIsLeft() {
		this.running.forEach((instance) -> instance.process.destroyForcibly());
	}

	@Test
	void instancesOfBothReleasesExcludeEachOther(RedisMasters masters) throws Exception {
		Path stock = Files.writeString(this.directory.resolve("stock"), Integer.toString(LAMPS));
		for (int i = 0; i < INSTANCES; i++) {
			start("old", masters, stock);
		}
		awaitSales();
		for (int i = 0; i < INSTANCES; i++) {
			start("new", masters, stock);
			awaitSales();
			endOldest();
		}
		awaitSales();
		while (!this.running.isEmpty()) {
			endOldest();
		}
		assertThat(this.started.stream().mapToLong(Instance::sales).sum())
			.isEqualTo(LAMPS - Long.parseLong(Files.readString(stock)));
	}

	private void start(String release, RedisMasters masters, Path stock) throws IOException {
		Path sold = this.directory.resolve("sold-" + this.started.size());
		Path log = this.directory.resolve("log-" + this.started.size());
		Process process = ChildJvm.of(ShopInstance.class, release, masters.nodes(), stock.toString(), sold.toString())
			.redirectErrorStream(true)
			.redirectOutput(log.toFile())
			.start();
		Instance instance = new Instance(process, sold, log);
		this.started.add(instance);
		this.running.add(instance);
	}

	/**
	 * Wait until each running instance has sold some more.
	 */
	private void awaitSales() {
		for (Instance instance : this.running) {
			long before = instance.sales();
			await().atMost(Duration.ofSeconds(60))
				.failFast(() -> assertThat(this.running).allSatisfy(Instance::assertAlive))
				.until(() -> instance.sales() > before + 10);
		}
	}

	private void endOldest() throws Exception {
		Instance oldest = this.running.remove(0);
		oldest.process.getOutputStream().close();
		assertThat(oldest.process.waitFor(30, TimeUnit.SECONDS)).isTrue();
		assertThat(oldest.process.exitValue()).as(Files.readString(oldest.log)).isZero();
	}

	/**
	 * A started instance.
	 *
	 * @param process the process
	 * @param sold has a byte for each sale
	 * @param log what it prints
	 */
	private record Instance(Process process, Path sold, Path log) {

		long sales() {
			return this.sold.toFile().length();
		}

		void assertAlive() throws IOException {
			assertThat(this.process.isAlive()).as(Files.readString(this.log)).isTrue();
		}

	}

}
