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

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What those that wait are told of releases, where each message is the test's.
 */
class AnnouncementsTests {

	private static final List<String> KEYS = List.of("a");

	private final List<ListenedNode> nodes = Stream.generate(ListenedNode::new).limit(3).toList();

	private final List<Boolean> told = new ArrayList<>();

	private long nanos;

	private final Announcements announcements = new Announcements(quorum());

	@Test
	void tellsOnceAMajorityHasReleasedAndWhetherTheLeadHas() {
		listenFrom(0);
		subscribeAll();
		assertThat(this.told).containsExactly(false);
		announce(1);
		assertThat(this.told).hasSize(1);
		announce(2);
		assertThat(this.told).containsExactly(false, false);
		announce(0);
		assertThat(this.told).hasSize(2);
		announce(1);
		assertThat(this.told).containsExactly(false, false, false);
		announce(0);
		announce(2);
		assertThat(this.told).containsExactly(false, false, false, true);
	}

	@Test
	void tellsALateListenerOnlyWhatItCanHaveMissed() {
		listenFrom(0);
		subscribeAll();
		this.nanos = 100;
		announce(0);
		announce(1);
		this.told.clear();
		listenFrom(101);
		assertThat(this.told).isEmpty();
		listenFrom(100);
		assertThat(this.told).containsExactly(false);
	}

	@Test
	void countsOthersAsTheFirstMasterThatKnowsOfAny() {
		this.announcements.listen(List.of("a", "c"), 0, this.told::add);
		CompletableFuture<Long> counted = this.announcements.countElsewhere(KEYS).toCompletableFuture();
		this.nodes.get(2).count.complete(1L);
		assertThat(counted).isNotDone();
		this.nodes.get(1).count.complete(3L);
		assertThat(counted).isCompletedWithValue(2L);
	}

	@Test
	void countsNoneIfAMajorityKnowsOfNone() {
		CompletableFuture<Long> counted = this.announcements.countElsewhere(KEYS).toCompletableFuture();
		this.nodes.get(0).count.complete(0L);
		this.nodes.get(2).count.completeExceptionally(new IllegalStateException("it is away"));
		assertThat(counted).isNotDone();
		this.nodes.get(1).count.complete(0L);
		assertThat(counted).isCompletedWithValue(0L);
	}

	private void listenFrom(long since) {
		this.announcements.listen(KEYS, since, this.told::add);
	}

	private void subscribeAll() {
		this.nodes.forEach((node) -> node.subscribed.complete(() -> {
		}));
	}

	private void announce(int index) {
		this.nodes.get(index).released.forEach(Runnable::run);
	}

	private Quorum quorum() {
		Clocks clocks = new Clocks() {

			@Override
			public long nanoTime() {
				return AnnouncementsTests.this.nanos;
			}

			@Override
			public long wallMicros() {
				return 0;
			}

		};
		Timer timer = (task, delay) -> () -> {
		};
		List<LockNode> masters = this.nodes.stream().map(ListenedNode::proxy).toList();
		return new Quorum(QuorumLocks.masters(masters, clocks, timer, QuorumObserver.NONE), Simulation.SETTINGS, clocks,
				timer);
	}

	private static final class ListenedNode implements InvocationHandler {

		private final List<Runnable> released = new ArrayList<>();

		private final CompletableFuture<Timer.Cancellable> subscribed = new CompletableFuture<>();

		private final CompletableFuture<Long> count = new CompletableFuture<>();

		private LockNode proxy() {
			return (LockNode) Proxy.newProxyInstance(LockNode.class.getClassLoader(), new Class<?>[] { LockNode.class },
					this);
		}

		@Override
		public Object invoke(Object proxy, Method method, @Nullable Object[] arguments) {
			switch (method.getName()) {
				case "subscribe" -> {
					this.released.add((Runnable) arguments[1]);
					return this.subscribed;
				}
				case "countListeners" -> {
					return this.count;
				}
				default -> throw new UnsupportedOperationException(method.getName());
			}
		}

	}

}
