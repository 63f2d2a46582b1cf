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

package io.github.redlock.footprint;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import io.github.redlock.test.EmbeddedRedLock;
import io.github.redlock.test.RedisMasters;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Starts a web application that has nothing else with the starter and without it, in
 * turn, and prints how much longer the one takes; and, to compare, how much longer it
 * takes with locks that need no connection, with nothing but clients of Redisson, and
 * with nothing but connections of Netty.
 */
@EmbeddedRedLock(masters = 5)
class StartUpTests {

	private static final int PAIRS = Integer.getInteger("start-up.pairs", 1);

	@Test
	void startsWithTheStarterAndWithoutIt(RedisMasters masters) throws Exception {
		String all = classPath("class-path") + System.getProperty("path.separator") + classPath("added-class-path");
		List<Duration> without = new ArrayList<>();
		List<Duration> local = new ArrayList<>();
		List<Duration> netty = new ArrayList<>();
		List<Duration> redisson = new ArrayList<>();
		List<Duration> with = new ArrayList<>();
		for (int i = 0; i < PAIRS; i++) {
			without.add(start(classPath("class-path"), "no locks"));
			local.add(start(all, "locks", "--redlock.mode=local"));
			netty.add(start(all, "no locks", "--redlock.enabled=false", "--netty.addresses=" + masters.nodes()));
			redisson.add(start(all, "no locks", "--redlock.enabled=false", "--redisson.addresses=" + masters.nodes()));
			with.add(start(all, "locks", "--redlock.nodes=" + masters.nodes()));
		}
		Duration base = median(without);
		System.out.printf(
				"medians of %d starts: %d ms; more with the starter: %d ms, without connections: %d ms, with Redisson alone: %d ms, with Netty alone: %d ms%n",
				PAIRS, base.toMillis(), median(with).minus(base).toMillis(), median(local).minus(base).toMillis(),
				median(redisson).minus(base).toMillis(), median(netty).minus(base).toMillis());
	}

	private static String classPath(String file) throws IOException {
		return Files.readString(Path.of("target", file)).trim();
	}

	/**
	 * Start the application in a JVM of its own.
	 * @param classPath what it depends on
	 * @param ready what it is to say once it has started
	 * @param arguments its arguments
	 * @return how long that took, from before the start of the JVM
	 * @throws Exception if it cannot be started
	 */
	private static Duration start(String classPath, String ready, String... arguments) throws Exception {
		List<String> command = new ArrayList<>(List.of(System.getProperty("java.home") + "/bin/java", "-cp",
				"target/classes" + System.getProperty("path.separator") + classPath, EmptyApplication.class.getName(),
				"--server.port=0"));
		command.addAll(Arrays.asList(arguments));
		long begin = System.nanoTime();
		Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
		try (BufferedReader output = process.inputReader()) {
			List<String> lines = new ArrayList<>();
			for (String line = output.readLine(); line != null; line = output.readLine()) {
				lines.add(line);
				if (line.startsWith(EmptyApplication.READY)) {
					Duration time = Duration.ofNanos(System.nanoTime() - begin);
					assertThat(line).endsWith(": " + ready);
					return time;
				}
			}
			throw new IllegalStateException("It did not start: " + lines);
		}
		finally {
			process.destroyForcibly().onExit().join();
		}
	}

	private static Duration median(List<Duration> times) {
		return times.stream().sorted().toList().get(times.size() / 2);
	}

}
