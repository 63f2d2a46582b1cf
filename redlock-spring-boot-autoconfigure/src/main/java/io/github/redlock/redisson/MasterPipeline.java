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

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;

import org.jspecify.annotations.Nullable;
import org.redisson.client.RedisConnection;
import org.redisson.client.RedisTimeoutException;
import org.redisson.client.WriteRedisConnectionException;
import org.redisson.client.codec.ByteArrayCodec;
import org.redisson.client.protocol.CommandData;
import org.redisson.client.protocol.RedisCommand;
import org.redisson.client.protocol.RedisCommands;
import org.redisson.command.CommandAsyncExecutor;
import org.redisson.connection.MasterSlaveEntry;

/**
 * Sends commands to one master, one behind the other over the same connection. While that
 * one is up, nothing is between it and the caller: Redisson's executor of commands arms
 * two timers for each and looks for a connection anew, which costs more than the rest.
 * When it is down, that executor does what it is made for, and finds or makes another.
 */
final class MasterPipeline {

	private final CommandAsyncExecutor executor;

	private volatile @Nullable RedisConnection connection;

	MasterPipeline(CommandAsyncExecutor executor) {
		this.executor = executor;
		adoptConnection();
	}

	/**
	 * Send a command.
	 * @param <R> the type of the reply
	 * @param command the command
	 * @param parameters its parameters
	 * @return the reply; it may never come if the connection breaks after the command has
	 * been sent
	 */
	<R> CompletionStage<R> send(RedisCommand<R> command, Object... parameters) {
		RedisConnection current = this.connection;
		if (current != null && current.isActive() && !current.isClosed()) {
			return send(current, command, parameters);
		}
		CompletionStage<R> reply = this.executor.writeAsync("", ByteArrayCodec.INSTANCE, command, parameters);
		return reply.whenComplete((value, failure) -> {
			if (failure == null) {
				adoptConnection();
			}
		}).exceptionallyCompose((failure) -> CompletableFuture.failedStage(withoutCommand(failure)));
	}

	// the text has the whole command, and advice about a pool
	private static Throwable withoutCommand(Throwable failure) {
		Throwable cause = (failure instanceof CompletionException && failure.getCause() != null) ? failure.getCause()
				: failure;
		return (cause.getClass() == RedisTimeoutException.class)
				? new RedisTimeoutException("there is no connection, and none can be made in time") : cause;
	}

	private static <R> CompletionStage<R> send(RedisConnection to, RedisCommand<R> command, Object... parameters) {
		CompletableFuture<R> reply = new CompletableFuture<>();
		to.setLastUsageTime(System.nanoTime());
		to.send(new CommandData<>(reply, ByteArrayCodec.INSTANCE, command, parameters)).addListener((written) -> {
			if (!written.isSuccess()) {
				reply.completeExceptionally(
						new WriteRedisConnectionException("The connection was lost", written.cause()));
			}
		});
		return reply;
	}

	private void adoptConnection() {
		MasterSlaveEntry master = this.executor.getConnectionManager().getEntry(0);
		master.connectionWriteOp(RedisCommands.PING).thenAccept((free) -> {
			this.connection = free;
			master.releaseWrite(free);
		});
	}

}
