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
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;

import io.github.redlock.quorum.Timer;
import org.jspecify.annotations.Nullable;
import org.redisson.RedissonTopic;
import org.redisson.api.RTopic;
import org.redisson.client.RedisConnectionException;
import org.redisson.client.codec.StringCodec;
import org.redisson.command.CommandAsyncExecutor;

/**
 * The channels of one master that are subscribed to. Redisson subscribes again when it
 * has reconnected; this does it when Redisson's client was given up for another.
 */
final class Subscriptions {

	private static final Duration RETRY = Duration.ofSeconds(1);

	private final MasterConnection connection;

	private final Set<Subscription> all = ConcurrentHashMap.newKeySet();

	// guarded by this
	private CompletableFuture<?> last = CompletableFuture.completedFuture(null);

	Subscriptions(MasterConnection connection) {
		this.connection = connection;
		connection.onGivenUp(() -> this.all.forEach(Subscription::givenUp));
	}

	/**
	 * Subscribe to a channel.
	 * @param channel its name
	 * @param released runs on each message
	 * @return the means to stop, once it is in force
	 */
	CompletionStage<Timer.Cancellable> subscribe(String channel, Runnable released) {
		Subscription subscription = new Subscription(channel, released);
		this.all.add(subscription);
		listenInTurn(subscription, subscription.first);
		return subscription.first.whenComplete((begun, failure) -> {
			if (failure != null) {
				this.all.remove(subscription);
			}
		}).thenApply((begun) -> subscription);
	}

	/**
	 * Count those that have subscribed to a channel.
	 * @param channel its name
	 * @return how many they are
	 */
	CompletionStage<Long> count(String channel) {
		return topic(this.connection.client(), channel).countSubscribersAsync();
	}

	private static RTopic topic(CommandAsyncExecutor client, String channel) {
		return new RedissonTopic(StringCodec.INSTANCE, client, channel);
	}

	// of two at once that find no connection, each wants one of its own, and there is
	// just one; if it cannot be had, those in line fail too, not each after its time
	private synchronized void listenInTurn(Subscription subscription, CompletableFuture<@Nullable Void> attempt) {
		CompletableFuture<?> before = this.last;
		CompletableFuture<?> turn = before.isDone() ? subscription.listen(attempt)
				: before.handle(Subscriptions::withoutAnswer)
					.thenCompose((failure) -> (failure != null) ? CompletableFuture.failedFuture(failure)
							: subscription.listen(attempt));
		this.last = turn;
		turn.whenComplete((begun, failure) -> {
			if (failure != null) {
				attempt.completeExceptionally(failure);
			}
		});
	}

	// an error that the master answered is about one channel only
	private static @Nullable Throwable withoutAnswer(@Nullable Object begun, @Nullable Throwable failure) {
		return (failure == null || RedissonLockNode.isAnswer(RedissonLockNode.unwrapped(failure))) ? null : failure;
	}

	/**
	 * One channel.
	 */
	private final class Subscription implements Timer.Cancellable {

		private final String channel;

		private final Runnable released;

		private final CompletableFuture<@Nullable Void> first = new CompletableFuture<>();

		// guarded by this
		private CompletableFuture<@Nullable Void> attempt = this.first;

		// guarded by this
		private Timer.@Nullable Cancellable listener;

		// guarded by this
		private boolean cancelled;

		Subscription(String channel, Runnable released) {
			this.channel = channel;
			this.released = released;
		}

		CompletableFuture<@Nullable Void> listen(CompletableFuture<@Nullable Void> current) {
			if (current.isDone()) {
				return current;
			}
			try {
				CommandAsyncExecutor client = Subscriptions.this.connection.client();
				RTopic topic = topic(client, this.channel);
				topic.addListenerAsync(String.class, (name, message) -> this.released.run())
					.whenComplete((id, failure) -> {
						if (failure != null) {
							current.completeExceptionally(failure);
						}
						else if (!begun(current, () -> topic.removeListenerAsync(id))) {
							topic.removeListenerAsync(id);
						}
					});
				// one that was shut down meanwhile may never complete it
				if (Subscriptions.this.connection.isGivenUp(client)) {
					givenUp();
				}
			}
			catch (RuntimeException ex) {
				current.completeExceptionally(ex);
			}
			return current;
		}

		private boolean begun(CompletableFuture<@Nullable Void> current, Timer.Cancellable begun) {
			boolean wanted;
			synchronized (this) {
				wanted = !this.cancelled && this.attempt == current;
				if (wanted) {
					this.listener = begun;
				}
			}
			// those in line wait for it in any case
			return current.complete(null) && wanted;
		}

		void givenUp() {
			CompletableFuture<@Nullable Void> current;
			synchronized (this) {
				current = this.attempt;
			}
			current.completeExceptionally(new RedisConnectionException(MasterPipeline.LOST));
			if (!current.isCompletedExceptionally()) {
				again(current);
			}
		}

		private void again(CompletableFuture<@Nullable Void> former) {
			CompletableFuture<@Nullable Void> next = new CompletableFuture<>();
			synchronized (this) {
				if (this.cancelled || this.attempt != former) {
					return;
				}
				this.attempt = next;
			}
			next.whenComplete((begun, failure) -> {
				if (failure != null) {
					Subscriptions.this.connection.schedule(() -> again(next), RETRY);
				}
			});
			listenInTurn(this, next);
		}

		@Override
		public void cancel() {
			Timer.Cancellable begun;
			synchronized (this) {
				this.cancelled = true;
				begun = this.listener;
			}
			Subscriptions.this.all.remove(this);
			if (begun != null) {
				begun.cancel();
			}
		}

	}

}
