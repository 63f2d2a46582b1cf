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

package io.github.redlock.benchmarks;

import java.util.Arrays;
import java.util.List;

import io.github.redlock.test.RedisMasters;
import org.redisson.Redisson;
import org.redisson.RedissonRedLock;
import org.redisson.api.RLock;
import org.redisson.api.RedissonClient;
import org.redisson.config.Config;

/**
 * {@code RedissonRedLock} as its documentation shows it: one client for each master, with
 * default settings but for the cache of scripts, which makes it faster.
 */
final class RedissonPeer implements AutoCloseable {

	private final List<RedissonClient> clients;

	RedissonPeer(RedisMasters masters) {
		this(masters.nodes());
	}

	RedissonPeer(String nodes) {
		this.clients = Arrays.stream(nodes.split(",")).map(RedissonPeer::client).toList();
	}

	private static RedissonClient client(String address) {
		Config config = new Config();
		config.setUseScriptCache(true);
		config.useSingleServer().setAddress(address);
		return Redisson.create(config);
	}

	@SuppressWarnings("deprecation")
	RedissonRedLock lock(String name) {
		return new RedissonRedLock(
				this.clients.stream().map((client) -> client.getLock("lock:" + name)).toArray(RLock[]::new));
	}

	@Override
	public void close() {
		this.clients.forEach(RedissonClient::shutdown);
	}

}
