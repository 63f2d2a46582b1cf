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

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Function;

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
final class MasterPipeline {

	static final String LOST = "The connection was lost";

	private static final int MOST_WAITING = 1000;

	private final CommandAsyncExecutor executor;

	private volatile @Nullable RedisConnection connection;

	private volatile CompletableFuture<?> adoption;

	private volatile String whyNot = LOST;

	/** Behind this one is a server that has been looked at. */
	private volatile @Nullable Channel known;

	/** What is to be sent once the server has been looked at. Guarded by this. */
	private final List<Consumer<LockScript.Sender>> waiting = new ArrayList<>();

	MasterPipeline(CommandAsyncExecutor executor) {
		this.executor = executor;
		this.adoption = adoptConnection();
	}

	/**
	 * Exchange commands over one connection, or keep them until what they will reach has
	 * been looked at.
	 * @param <R> the type of the reply
	 * @param commands sends them, and makes one reply of theirs
	 * @return the reply; it may never come if the connection breaks after a command has
	 * been sent, or if the server cannot be looked at
	 */
	<R> CompletionStage<R> exchange(Function<LockScript.Sender, CompletionStage<R>> commands) {
		Channel channel = this.known;
		if (channel != null && channel == channel()) {
			return commands.apply(new Way(channel));
		}
		return exchangeLater(commands);
	}

	// silence and not a failure while there is a way: what is not known is not away
	private synchronized <R> CompletionStage<R> exchangeLater(
			Function<LockScript.Sender, CompletionStage<R>> commands) {
		Channel channel = channel();
		if (channel == null) {
			return CompletableFuture.failedStage(new RedisConnectionException(this.whyNot));
		}
		if (channel == this.known) {
			return commands.apply(new Way(channel));
		}
		CompletableFuture<LockScript.Sender> sender = new CompletableFuture<>();
		if (this.waiting.size() < MOST_WAITING) {
			this.waiting.add(sender::complete);
		}
		return sender.thenCompose(commands);
	}

	private @Nullable Channel channel() {
		RedisConnection current = this.connection;
		if (current == null || !current.isActive() || current.isClosed()) {
			return null;
		}
		return current.getChannel();
	}

	/**
	 * Return whether there is a connection, and what is behind it has been looked at.
	 * @return whether commands are sent at once
	 */
	boolean isKnown() {
		Channel channel = this.known;
		return channel != null && channel == channel();
	}

	/**
	 * Look at the server behind the connection, and send commands over it from then on.
	 * @param <R> the type of what is found
	 * @param look sends commands, whatever they reach, and returns what is wrong there
	 * @param atMost how long it may take to find or make a connection
	 * @return what is wrong, or {@code null} if nothing is
	 * @throws Exception if it cannot be looked at
	 */
	<R> @Nullable R lookAt(Look<R> look, Duration atMost) throws Exception {
		try {
			for (int i = 0; i < 2; i++) {
				awaitAdoption(atMost);
				Channel before = channel();
				R wrong = look.at(this::sendAnyway);
				if (wrong != null || before != null) {
					sendWaiting((wrong != null) ? null : before);
					return wrong;
				}
				// this look has made a connection for the next
			}
			throw new RedisConnectionException(LOST);
		}
		catch (Exception ex) {
			sendWaiting(null);
			throw ex;
		}
	}

	private void awaitAdoption(Duration atMost) throws InterruptedException {
		try {
			this.adoption.get(atMost.toNanos(), TimeUnit.NANOSECONDS);
		}
		catch (ExecutionException | TimeoutException ex) {
			// the look itself makes a connection then
		}
	}

	private synchronized void sendWaiting(@Nullable Channel looked) {
		if (looked != null) {
			this.waiting.forEach((each) -> each.accept(new Way(looked)));
			this.whyNot = LOST;
		}
		this.waiting.clear();
		this.known = looked;
	}

	/**
	 * Note why nothing can be sent.
	 * @param failure what was met on the way
	 */
	void failed(String failure) {
		this.whyNot = failure;
	}

	private <R> CompletionStage<R> sendAnyway(RedisCommand<R> command, Object... parameters) {
		Channel channel = channel();
		if (channel != null) {
			return new Way(channel).send(command, parameters);
		}
		CompletionStage<R> reply = this.executor.writeAsync("", ByteArrayCodec.INSTANCE, command, parameters);
		return reply.whenComplete((value, failure) -> {
			if (failure == null) {
				this.adoption = adoptConnection();
			}
		}).exceptionallyCompose((failure) -> CompletableFuture.failedStage(withoutCommand(failure)));
	}

	// the text has the whole command, and advice about a pool
	private static Throwable withoutCommand(Throwable failure) {
		Throwable cause = RedissonLockNode.unwrapped(failure);
		return (cause.getClass() == RedisTimeoutException.class)
				? new RedisTimeoutException("there is no connection, and none can be made in time") : cause;
	}

	private CompletableFuture<?> adoptConnection() {
		MasterSlaveEntry master = this.executor.getConnectionManager().getEntry(0);
		return master.connectionWriteOp(RedisCommands.PING).thenAccept((free) -> {
			this.connection = free;
			master.releaseWrite(free);
		}).toCompletableFuture();
	}

	/**
	 * One connection.
	 *
	 * @param channel the connection
	 */
	private record Way(Channel channel) implements LockScript.Sender {

		@Override
		public <R> CompletionStage<R> send(RedisCommand<R> command, Object... parameters) {
			CompletableFuture<R> reply = new CompletableFuture<>();
			this.channel.writeAndFlush(new CommandData<>(reply, ByteArrayCodec.INSTANCE, command, parameters))
				.addListener((written) -> {
					if (!written.isSuccess()) {
						reply.completeExceptionally(new WriteRedisConnectionException(LOST, written.cause()));
					}
				});
			return reply;
		}

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
