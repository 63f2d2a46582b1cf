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

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

import io.github.redlock.test.RedisMaster;
import io.github.redlock.test.RedisMasters;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import org.jspecify.annotations.Nullable;
import org.redisson.Redisson;
import org.redisson.api.RedissonClient;
import org.redisson.client.RedisConnection;
import org.redisson.client.codec.ByteArrayCodec;
import org.redisson.client.protocol.CommandData;
import org.redisson.client.protocol.RedisCommand;
import org.redisson.client.protocol.RedisCommands;
import org.redisson.config.Config;
import org.redisson.connection.MasterSlaveEntry;

/**
 * Redisson's connections, one for each master, on one event loop as the library has it,
 * without Redisson's executor of commands: what is left of the library's time when
 * nothing is kept of it but the connections. It goes on when a majority has answered.
 */
final class ConnectionPeer extends ScriptPeer {

	private static final RedisCommand<List<Object>> ACQUIRE = new RedisCommand<>(RedisCommands.EVAL_LIST, "EVALSHA");

	private static final RedisCommand<Object> RELEASE = new RedisCommand<>(RedisCommands.EVAL_OBJECT, "EVALSHA");

	private final EventLoopGroup eventLoop = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());

	private final List<RedissonClient> clients = new ArrayList<>();

	private final List<RedisConnection> connections = new ArrayList<>();

	private final List<CompletableFuture<?>> acquired = new ArrayList<>();

	ConnectionPeer(RedisMasters masters) throws Exception {
		super(masters);
		for (RedisMaster master : masters) {
			Config config = new Config();
			config.setEventLoopGroup(this.eventLoop);
			config.useSingleServer()
				.setAddress(master.address())
				.setConnectionPoolSize(1)
				.setConnectionMinimumIdleSize(1);
			Redisson client = (Redisson) Redisson.create(config);
			this.clients.add(client);
			MasterSlaveEntry entry = client.getCommandExecutor().getConnectionManager().getEntry(0);
			this.connections.add(entry.connectionWriteOp(RedisCommands.PING).toCompletableFuture().get());
		}
		loadScripts();
	}

	@Override
	String load(String text) {
		String digest = "";
		for (RedisConnection connection : this.connections) {
			digest = connection.sync(RedisCommands.SCRIPT_LOAD, text);
		}
		return digest;
	}

	@Override
	void acquire(long token, String... command) throws Exception {
		this.acquired.clear();
		Object[] parameters = parameters(command);
		this.acquired.addAll(ask(ACQUIRE, (index) -> parameters, List.of(1L, token)));
	}

	@Override
	void release(String[] answered, String[] unanswered) throws Exception {
		Object[] parameters = parameters(answered);
		Object[] parametersWithTombstone = parameters(unanswered);
		ask(RELEASE, (index) -> this.acquired.get(index).isDone() ? parameters : parametersWithTombstone, 1L);
	}

	// the command itself has the first word
	private static Object[] parameters(String[] command) {
		return Arrays.stream(command).skip(1).map((word) -> word.getBytes(StandardCharsets.UTF_8)).toArray();
	}

	private <R> List<CompletableFuture<R>> ask(RedisCommand<R> command, Function<Integer, Object[]> parameters,
			Object answer) throws Exception {
		Count count = new Count(majority(), answer);
		List<CompletableFuture<R>> replies = new ArrayList<>(this.connections.size());
		for (int i = 0; i < this.connections.size(); i++) {
			CompletableFuture<R> reply = new CompletableFuture<>();
			replies.add(reply);
			reply.whenComplete(count::add);
			this.connections.get(i)
				.getChannel()
				.writeAndFlush(new CommandData<>(reply, ByteArrayCodec.INSTANCE, command, parameters.apply(i)));
		}
		count.enough.get(NODE_TIMEOUT_MILLIS, TimeUnit.MILLISECONDS);
		return replies;
	}

	@Override
	public void close() {
		this.clients.forEach(RedissonClient::shutdown);
		this.eventLoop.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
	}

	/**
	 * Counts answers, on the one thread of the event loop.
	 */
	private static final class Count {

		private final CompletableFuture<Void> enough = new CompletableFuture<>();

		private final Object expected;

		private int missing;

		private Count(int enough, Object expected) {
			this.missing = enough;
			this.expected = expected;
		}

		private void add(@Nullable Object answer, @Nullable Throwable failure) {
			if (failure != null) {
				this.enough.completeExceptionally(failure);
			}
			else if (!this.expected.equals(answer)) {
				this.enough.completeExceptionally(new IllegalStateException("Not expected: " + answer));
			}
			else if (--this.missing == 0) {
				this.enough.complete(null);
			}
		}

	}

}
