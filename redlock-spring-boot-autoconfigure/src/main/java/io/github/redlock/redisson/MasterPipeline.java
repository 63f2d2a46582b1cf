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

import io.netty.channel.Channel;
import org.jspecify.annotations.Nullable;
import org.redisson.client.RedisConnection;
import org.redisson.client.RedisConnectionException;
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
 * When it is down, that executor does what it is made for, and finds or makes another;
 * but what is behind that one has to be looked at first, for it may be another server.
 */
final class MasterPipeline implements LockScript.Sender {

	private static final String LOST = "The connection was lost";

	private final CommandAsyncExecutor executor;

	private volatile @Nullable RedisConnection connection;

	private volatile String whyNot = LOST;

	/** Behind this one is a server that has been looked at. */
	private volatile @Nullable Channel known;

	MasterPipeline(CommandAsyncExecutor executor) {
		this.executor = executor;
		adoptConnection();
	}

	/**
	 * Send a command, unless what it would reach has not been looked at.
	 * @param <R> the type of the reply
	 * @param command the command
	 * @param parameters its parameters
	 * @return the reply; it may never come if the connection breaks after the command has
	 * been sent
	 */
	@Override
	public <R> CompletionStage<R> send(RedisCommand<R> command, Object... parameters) {
		RedisConnection current = this.connection;
		if (current == null || !isKnown(current)) {
			return CompletableFuture.failedStage(new RedisConnectionException(this.whyNot));
		}
		return send(current, command, parameters);
	}

	/**
	 * Return whether there is a connection, and what is behind it has been looked at.
	 * @return whether commands can be sent
	 */
	boolean isKnown() {
		RedisConnection current = this.connection;
		return current != null && isKnown(current);
	}

	private boolean isKnown(RedisConnection current) {
		return isUp(current) && current.getChannel() == this.known;
	}

	private static boolean isUp(RedisConnection connection) {
		return connection.isActive() && !connection.isClosed();
	}

	/**
	 * Look at the server behind the connection, and send commands over it from then on.
	 * @param <R> the type of what is found
	 * @param look sends commands, whatever they reach, and returns what is wrong there
	 * @return what is wrong, or {@code null} if nothing is
	 * @throws Exception what the look throws
	 */
	<R> @Nullable R lookAt(Look<R> look) throws Exception {
		RedisConnection current = this.connection;
		Channel before = (current != null && isUp(current)) ? current.getChannel() : null;
		R wrong = look.at(this::sendAnyway);
		if (wrong == null) {
			this.whyNot = LOST;
			this.known = before;
		}
		return wrong;
	}

	/**
	 * Note why nothing can be sent.
	 * @param failure what was met on the way
	 */
	void failed(String failure) {
		this.whyNot = failure;
	}

	private <R> CompletionStage<R> sendAnyway(RedisCommand<R> command, Object... parameters) {
		RedisConnection current = this.connection;
		if (current != null && isUp(current)) {
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
				reply.completeExceptionally(new WriteRedisConnectionException(LOST, written.cause()));
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

	/**
	 * A look at a server.
	 *
	 * @param <R> the type of what is found
	 */
	interface Look<R> {

		@Nullable R at(LockScript.Sender sender) throws Exception;

	}

}
