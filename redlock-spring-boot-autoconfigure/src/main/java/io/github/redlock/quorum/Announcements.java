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

package io.github.redlock.quorum;

import java.time.Duration;
import java.util.BitSet;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

import org.jspecify.annotations.Nullable;

/**
 * Tells those that wait for a key when a majority of the masters announces its release. A
 * subscription outlives its last listener for a while, for the next one comes soon.
 */
final class Announcements {

	private static final Duration LINGER = Duration.ofMillis(500);

	private static final Duration RETRY_PAUSE = Duration.ofSeconds(1);

	private final Quorum quorum;

	// guarded by this
	private final Map<List<String>, Channel> channels = new HashMap<>();

	Announcements(Quorum quorum) {
		this.quorum = quorum;
	}

	/**
	 * Listen for releases of keys.
	 * @param keys the keys
	 * @param since when the masters were asked last, by the monotonic clock: a release
	 * may have been heard since
	 * @param listener is told of each release, and once the subscriptions are in force,
	 * since a release before that was not heard
	 * @return the means to stop
	 */
	Timer.Cancellable listen(List<String> keys, long since, Listener listener) {
		Channel channel;
		boolean subscribe;
		boolean missed;
		synchronized (this) {
			channel = this.channels.computeIfAbsent(keys, Channel::new);
			subscribe = !channel.subscribed;
			missed = channel.hasHeardSince(since);
			channel.subscribed = true;
			channel.listeners.add(listener);
		}
		if (subscribe) {
			channel.subscribe();
		}
		else if (missed) {
			listener.released(false);
		}
		return () -> forget(channel, listener);
	}

	/**
	 * Ask how many other processes listen for releases.
	 * @param keys the keys
	 * @return how many, as the first master sees it that knows of any; zero if none of a
	 * majority does; never complete if too few answer
	 */
	CompletionStage<Long> countElsewhere(List<String> keys) {
		long own;
		synchronized (this) {
			own = this.channels.keySet().stream().allMatch((other) -> Collections.disjoint(other, keys)) ? 0 : 1;
		}
		CompletableFuture<Long> others = new CompletableFuture<>();
		AtomicInteger answers = new AtomicInteger();
		for (Master master : this.quorum.masters()) {
			if (!master.isAside()) {
				master.countListeners(keys).thenAccept((all) -> {
					if (answers.incrementAndGet() >= this.quorum.majority() || all > own) {
						others.complete(Math.max(0, all - own));
					}
				});
			}
		}
		return others;
	}

	private void forget(Channel channel, Listener listener) {
		synchronized (this) {
			channel.listeners.remove(listener);
			if (!channel.listeners.isEmpty()) {
				return;
			}
		}
		this.quorum.timer().schedule(() -> closeIfIdle(channel), LINGER);
	}

	private void closeIfIdle(Channel channel) {
		synchronized (this) {
			if (!channel.listeners.isEmpty() || !this.channels.remove(channel.keys, channel)) {
				return;
			}
		}
		channel.close();
	}

	/**
	 * One who waits.
	 */
	@FunctionalInterface
	interface Listener {

		/**
		 * Note that the lock can be had, perhaps.
		 * @param byLead whether the lead has released it: otherwise it may be behind
		 */
		void released(boolean byLead);

	}

	/**
	 * The announcements of some keys on all masters.
	 */
	private final class Channel {

		private final List<String> keys;

		private final Set<Listener> listeners = new LinkedHashSet<>();

		private final Map<Integer, Timer.Cancellable> subscriptions = new HashMap<>();

		private final BitSet announced = new BitSet();

		/** Its next announcement is that of a release that was told already. */
		private boolean leadIsLate;

		private boolean leadHasReleased;

		private boolean subscribed;

		private @Nullable Long lastHeard;

		private boolean closed;

		Channel(List<String> keys) {
			this.keys = keys;
		}

		boolean hasHeardSince(long nanos) {
			return this.lastHeard != null && this.lastHeard - nanos >= 0;
		}

		void subscribe() {
			CompletableFuture<?>[] all = IntStream.range(0, Announcements.this.quorum.size())
				.mapToObj(this::subscribe)
				.toArray(CompletableFuture[]::new);
			CompletableFuture.allOf(all).whenComplete((done, failure) -> tellAll(false));
		}

		private CompletableFuture<?> subscribe(int index) {
			Master master = Announcements.this.quorum.masters().get(index);
			if (master.isAside()) {
				subscribeLater(index);
				return CompletableFuture.completedFuture(null);
			}
			return master.subscribe(this.keys, () -> heard(index)).whenComplete((subscription, failure) -> {
				if (failure != null) {
					subscribeLater(index);
				}
				else {
					keep(index, subscription);
				}
			}).toCompletableFuture();
		}

		private void subscribeLater(int index) {
			Announcements.this.quorum.timer().schedule(() -> {
				if (!isClosed()) {
					subscribe(index);
				}
			}, RETRY_PAUSE);
		}

		private boolean isClosed() {
			synchronized (Announcements.this) {
				return this.closed;
			}
		}

		private void keep(int index, Timer.Cancellable subscription) {
			synchronized (Announcements.this) {
				if (!this.closed) {
					this.subscriptions.put(index, subscription);
					return;
				}
			}
			subscription.cancel();
		}

		private void heard(int index) {
			Quorum quorum = Announcements.this.quorum;
			int lead = quorum.masters().indexOf(quorum.lead());
			boolean byLead;
			synchronized (Announcements.this) {
				if (index == lead) {
					this.leadHasReleased = !this.leadIsLate;
					this.leadIsLate = false;
				}
				this.announced.set(index);
				if (this.announced.cardinality() < quorum.majority()) {
					return;
				}
				byLead = this.leadHasReleased;
				this.leadHasReleased = false;
				this.leadIsLate |= !this.announced.get(lead);
				this.announced.clear();
			}
			tellAll(byLead);
		}

		private void tellAll(boolean byLead) {
			List<Listener> waiting;
			synchronized (Announcements.this) {
				this.lastHeard = Announcements.this.quorum.clocks().nanoTime();
				waiting = List.copyOf(this.listeners);
			}
			waiting.forEach((listener) -> listener.released(byLead));
		}

		void close() {
			List<Timer.Cancellable> ended;
			synchronized (Announcements.this) {
				this.closed = true;
				ended = List.copyOf(this.subscriptions.values());
			}
			ended.forEach(Timer.Cancellable::cancel);
		}

	}

}
