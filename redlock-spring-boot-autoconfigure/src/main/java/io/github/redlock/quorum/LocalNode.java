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
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;

import io.github.redlock.quorum.AcquireReply.Blank;
import org.jspecify.annotations.Nullable;

/**
 * The one master of this JVM, in memory: what is locked through one node is locked for
 * all. It never fails, never forgets, and answers at once.
 */
final class LocalNode implements LockNode {

	private static final long START_MICROS = Clocks.system().wallMicros();

	private static final long START_NANOS = System.nanoTime();

	private static final LockTable table = new LockTable(LocalNode::steadyMicros);

	// guarded by the table
	private static final Map<String, Set<Subscription>> subscriptions = new HashMap<>();

	private final String keyPrefix;

	private final Consumer<Runnable> announcer;

	/**
	 * Create a way to the master.
	 * @param keyPrefix what precedes the name of a lock
	 * @param announcer runs on a thread of its own what is to be done after a release
	 */
	LocalNode(String keyPrefix, Consumer<Runnable> announcer) {
		this.keyPrefix = keyPrefix;
		this.announcer = announcer;
	}

	// a wall clock that is set would end the leases of others, and not one's own
	private static long steadyMicros() {
		return START_MICROS + TimeUnit.NANOSECONDS.toMicros(System.nanoTime() - START_NANOS);
	}

	@Override
	public String name() {
		return "this JVM";
	}

	@Override
	public CompletionStage<AcquireReply> acquire(LockRequest request, long proposal) {
		synchronized (table) {
			return CompletableFuture.completedStage(table.acquire(prefixed(request), proposal, 0));
		}
	}

	@Override
	public CompletionStage<AcquireReply> inspect(List<String> keys) {
		return acquire(new LockRequest(keys, "", Duration.ZERO), 0);
	}

	@Override
	public CompletionStage<Boolean> confirm(LockRequest request, long token, long bound) {
		synchronized (table) {
			return CompletableFuture.completedStage(table.confirm(prefixed(request), token, bound));
		}
	}

	@Override
	public CompletionStage<Boolean> extend(LockRequest request) {
		synchronized (table) {
			return CompletableFuture.completedStage(table.extend(prefixed(request)));
		}
	}

	@Override
	public CompletionStage<Boolean> release(LockRequest request, int unanswered) {
		return announced((table) -> table.release(prefixed(request), unanswered));
	}

	@Override
	public CompletionStage<Boolean> breakLock(String key) {
		return announced((table) -> table.breakLock(this.keyPrefix + key));
	}

	private static CompletionStage<Boolean> announced(Function<LockTable, List<String>> release) {
		List<Subscription> heard = new ArrayList<>();
		boolean any;
		synchronized (table) {
			List<String> released = release.apply(table);
			released.forEach((key) -> heard.addAll(subscriptions.getOrDefault(key, Set.of())));
			any = !released.isEmpty();
		}
		heard.forEach(Subscription::announce);
		return CompletableFuture.completedStage(any);
	}

	@Override
	public CompletionStage<Boolean> repair(LockRequest request, long token) {
		synchronized (table) {
			return CompletableFuture.completedStage(table.repair(prefixed(request), token));
		}
	}

	@Override
	public CompletionStage<Boolean> admit(Blank blank) {
		return CompletableFuture.completedStage(true);
	}

	@Override
	public CompletionStage<Boolean> quarantine(Blank blank) {
		return CompletableFuture.completedStage(false);
	}

	@Override
	public CompletionStage<Timer.Cancellable> subscribe(List<String> keys, Runnable released) {
		Subscription subscription = new Subscription(this, released);
		List<String> names = prefixed(keys);
		synchronized (table) {
			names.forEach(
					(key) -> subscriptions.computeIfAbsent(key, (absent) -> new LinkedHashSet<>()).add(subscription));
		}
		return CompletableFuture.completedStage(() -> {
			synchronized (table) {
				names.forEach((key) -> subscriptions.computeIfPresent(key, (same, all) -> {
					all.remove(subscription);
					return all.isEmpty() ? null : all;
				}));
			}
		});
	}

	@Override
	public CompletionStage<Long> countListeners(List<String> keys) {
		synchronized (table) {
			return CompletableFuture.completedStage(prefixed(keys).stream()
				.mapToLong((key) -> subscriptions.getOrDefault(key, Set.of()).size())
				.max()
				.orElse(0));
		}
	}

	@Override
	public CompletionStage<@Nullable Void> ping() {
		return CompletableFuture.completedStage(null);
	}

	/**
	 * End all subscriptions through this node.
	 */
	void close() {
		synchronized (table) {
			subscriptions.values().forEach((all) -> all.removeIf((subscription) -> subscription.node == this));
			subscriptions.values().removeIf(Set::isEmpty);
		}
	}

	private LockRequest prefixed(LockRequest request) {
		return new LockRequest(prefixed(request.keys()), request.owner(), request.lease(), request.predecessor());
	}

	private List<String> prefixed(List<String> keys) {
		return keys.stream().map(this.keyPrefix::concat).toList();
	}

	private static final class Subscription {

		private final LocalNode node;

		private final Runnable released;

		private Subscription(LocalNode node, Runnable released) {
			this.node = node;
			this.released = released;
		}

		private void announce() {
			this.node.announcer.accept(this.released);
		}

	}

}
