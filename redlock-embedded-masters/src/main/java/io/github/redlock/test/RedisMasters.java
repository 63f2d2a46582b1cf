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

package io.github.redlock.test;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import org.jspecify.annotations.Nullable;
import redis.embedded.core.ExecutableProvider;

import org.springframework.util.Assert;
import org.springframework.util.StringUtils;

/**
 * Independent {@code redis-server} processes on the loopback interface, without
 * replication between them.
 * <p>
 * The binary is the one that the library {@code embedded-redis} brings, or that the
 * system property {@value #EXECUTABLE_PROPERTY} or the environment variable
 * {@value #EXECUTABLE_VARIABLE} names.
 *
 * @since 0.1.0
 * @see EmbeddedRedLock
 */
public final class RedisMasters implements Iterable<RedisMaster>, AutoCloseable {

	/**
	 * The system property that names another {@code redis-server} binary.
	 */
	public static final String EXECUTABLE_PROPERTY = "redlock.test.redis-server";

	/**
	 * The environment variable that names another {@code redis-server} binary.
	 */
	public static final String EXECUTABLE_VARIABLE = "REDLOCK_TEST_REDIS_SERVER";

	private static @Nullable File bundledExecutable;

	private final List<RedisMaster> masters;

	private RedisMasters(List<RedisMaster> masters) {
		this.masters = List.copyOf(masters);
	}

	/**
	 * Start empty masters on free ports.
	 * @param count how many; at least one
	 * @param config further lines for each master's {@code redis.conf}
	 * @return the running masters
	 * @throws UncheckedIOException if {@code redis-server} cannot be started
	 */
	public static RedisMasters start(int count, String... config) {
		Assert.isTrue(count > 0, () -> "'count' must be at least 1, but is " + count);
		return startAll(IntStream.generate(() -> 0).limit(count), config);
	}

	/**
	 * Start empty masters on ports that follow each other.
	 * @param count how many; at least one
	 * @param firstPort the port of the first of them
	 * @param config further lines for each master's {@code redis.conf}
	 * @return the running masters
	 * @throws UncheckedIOException if {@code redis-server} cannot be started
	 */
	public static RedisMasters startAt(int count, int firstPort, String... config) {
		Assert.isTrue(count > 0, () -> "'count' must be at least 1, but is " + count);
		Assert.isTrue(firstPort > 0 && firstPort + count <= 65536, () -> "'firstPort' " + firstPort + " is no port");
		return startAll(IntStream.range(firstPort, firstPort + count), config);
	}

	private static RedisMasters startAll(IntStream ports, String... config) {
		File executable = executable();
		List<RedisMaster> started = new ArrayList<>();
		try {
			ports.forEach((port) -> started.add(new RedisMaster(executable, List.of(config), port)));
		}
		catch (RuntimeException ex) {
			started.forEach(RedisMaster::close);
			throw ex;
		}
		return new RedisMasters(started);
	}

	private static synchronized File executable() {
		String named = System.getProperty(EXECUTABLE_PROPERTY, System.getenv(EXECUTABLE_VARIABLE));
		if (StringUtils.hasText(named)) {
			return new File(named).getAbsoluteFile();
		}
		if (bundledExecutable == null) {
			try {
				bundledExecutable = ExecutableProvider.newJarResourceProvider().get();
			}
			catch (IOException ex) {
				throw new UncheckedIOException("No redis-server for this platform; name one by the system property '"
						+ EXECUTABLE_PROPERTY + "'", ex);
			}
		}
		return bundledExecutable;
	}

	/**
	 * Return the number of masters, running or not.
	 * @return the number
	 */
	public int size() {
		return this.masters.size();
	}

	/**
	 * Return a master by its position.
	 * @param index from zero
	 * @return the master
	 * @throws IndexOutOfBoundsException if there are not so many
	 */
	public RedisMaster get(int index) {
		return this.masters.get(index);
	}

	/**
	 * Return the addresses of all masters as the property {@code redlock.nodes} takes
	 * them.
	 * @return the addresses, separated by commas
	 */
	public String nodes() {
		return this.masters.stream().map(RedisMaster::address).collect(Collectors.joining(","));
	}

	/**
	 * Start those that were killed and resume those that were hung.
	 */
	public void heal() {
		for (RedisMaster master : this.masters) {
			master.start();
			master.resume();
		}
	}

	@Override
	public Iterator<RedisMaster> iterator() {
		return this.masters.iterator();
	}

	/**
	 * Kill all masters and delete their data.
	 */
	@Override
	public void close() {
		this.masters.forEach(RedisMaster::close);
	}

	@Override
	public String toString() {
		return this.masters.toString();
	}

}
