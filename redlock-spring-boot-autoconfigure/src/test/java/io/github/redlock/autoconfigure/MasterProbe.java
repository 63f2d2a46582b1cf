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

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

import io.github.redlock.test.RedisMaster;
import io.github.redlock.test.RedisMasters;

/**
 * Looks into a master past the library, over a connection of its own.
 */
public final class MasterProbe {

	private final int port;

	private MasterProbe(int port) {
		this.port = port;
	}

	/**
	 * Look into a master.
	 * @param master the master
	 * @return the probe
	 */
	public static MasterProbe of(RedisMaster master) {
		return at(master.port());
	}

	static MasterProbe at(int port) {
		return new MasterProbe(port);
	}

	/**
	 * Count the running masters that have a key.
	 * @param masters the masters
	 * @param key the key as it is stored
	 * @return the number of masters
	 */
	public static long holders(RedisMasters masters, String key) {
		long holders = 0;
		for (RedisMaster master : masters) {
			if (master.isRunning() && of(master).command("EXISTS", key).equals(":1")) {
				holders++;
			}
		}
		return holders;
	}

	/**
	 * Return when a key runs out.
	 * @param key the key as it is stored
	 * @return milliseconds, -1 if never, -2 if there is no such key
	 */
	public long ttl(String key) {
		return Long.parseLong(command("PTTL", key).substring(1));
	}

	/**
	 * Return who holds a lock.
	 * @param key the key as it is stored
	 * @return the owners, separated by commas; empty if there is no such key
	 */
	public String owners(String key) {
		return command("EVAL", "return table.concat(redis.call('hkeys', KEYS[1]), ',')", "1", key);
	}

	/**
	 * Count how often this master has executed a command since its start.
	 * @param name the command
	 * @return the number of calls
	 */
	public long calls(String name) {
		return command("INFO", "commandstats").lines()
			.filter((line) -> line.startsWith("cmdstat_" + name + ":"))
			.mapToLong((line) -> Long.parseLong(line.replaceAll("[^=]*=(\\d+),.*", "$1")))
			.sum();
	}

	/**
	 * Return when this master votes again.
	 * @return the end of its quarantine, by its clock
	 */
	Instant endOfQuarantine() {
		String end = command("GET", "redlock:recovery").split(" ")[1];
		return Instant.EPOCH.plus(Long.parseLong(end), ChronoUnit.MICROS);
	}

	/**
	 * Count the connections to this master, the one that asks included.
	 * @return the number of clients
	 */
	public long clients() {
		return command("CLIENT", "LIST").lines().count();
	}

	/**
	 * Execute a command.
	 * @param words the command and its arguments
	 * @return the first line of the reply; of a bulk string, its text
	 */
	public String command(String... words) {
		try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), this.port)) {
			StringBuilder request = new StringBuilder("*" + words.length + "\r\n");
			for (String word : words) {
				request.append("$").append(word.length()).append("\r\n").append(word).append("\r\n");
			}
			socket.setSoTimeout(3000);
			socket.getOutputStream().write(request.toString().getBytes(StandardCharsets.UTF_8));
			InputStream reply = socket.getInputStream();
			String line = line(reply);
			return line.startsWith("$") ? new String(reply.readNBytes(Math.max(0, Integer.parseInt(line.substring(1)))),
					StandardCharsets.UTF_8) : line;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static String line(InputStream reply) throws IOException {
		StringBuilder line = new StringBuilder();
		for (int c = reply.read(); c != '\r' && c != -1; c = reply.read()) {
			line.append((char) c);
		}
		reply.read();
		return line.toString();
	}

}
