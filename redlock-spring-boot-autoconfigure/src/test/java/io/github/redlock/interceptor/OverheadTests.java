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

package io.github.redlock.interceptor;

import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

import com.sun.management.ThreadMXBean;
import io.github.redlock.Lease;
import io.github.redlock.RedLockClient;
import io.github.redlock.RedLockClient.LockSpec;
import io.github.redlock.RedLocked;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import org.springframework.aop.framework.ProxyFactory;
import org.springframework.beans.factory.support.DefaultListableBeanFactory;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What a call costs beside the lock.
 */
class OverheadTests {

	private static final int CALLS = 20_000;

	private static final long MOST_BYTES = 2048;

	@Test
	void allocatesLittleForACallWithAKeyOfOneProperty() {
		LockedMethods methods = new LockedMethods(new DefaultListableBeanFactory(), (attribute, value) -> {
		});
		ProxyFactory factory = new ProxyFactory(new Orders());
		factory.addAdvisor(new RedLockedAdvisor(
				new RedLockedInterceptor(NoLocks::new, () -> methods, () -> LockedRun.DIRECT), () -> 0));
		Orders orders = (Orders) factory.getProxy();
		Order order = new Order(7);
		ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
		long sum = 0;
		for (int i = 0; i < CALLS; i++) {
			sum += orders.pay(order);
		}
		long before = threads.getCurrentThreadAllocatedBytes();
		for (int i = 0; i < CALLS; i++) {
			sum += orders.pay(order);
		}
		long bytes = (threads.getCurrentThreadAllocatedBytes() - before) / CALLS;
		System.out.printf("%d bytes allocated a call%n", bytes);
		assertThat(sum).isEqualTo(2L * CALLS * 7);
		assertThat(bytes).isBetween(1L, MOST_BYTES);
	}

	record Order(long id) {

	}

	static class Orders {

		@RedLocked(name = "orders", key = "#order.id", lease = "10s")
		long pay(Order order) {
			return order.id();
		}

	}

	/**
	 * Runs every task at once.
	 */
	private static final class NoLocks implements RedLockClient, LockSpec {

		private Collection<String> keys = List.of();

		@Override
		public LockSpec lock(String... keys) {
			return lock(List.of(keys));
		}

		@Override
		public LockSpec lock(Collection<String> keys) {
			this.keys = keys;
			return this;
		}

		@Override
		public LockSpec name(String name) {
			return this;
		}

		@Override
		public LockSpec lease(Duration lease) {
			return this;
		}

		@Override
		public LockSpec waitFor(Duration waitFor) {
			return this;
		}

		@Override
		public LockSpec renew(boolean renew) {
			return this;
		}

		@Override
		public LockSpec atLeast(Duration atLeast) {
			return this;
		}

		@Override
		public LockSpec maxHold(Duration maxHold) {
			return this;
		}

		@Override
		public void run(Runnable task) {
			task.run();
		}

		@Override
		public <T extends @Nullable Object> T call(Callable<T> task) {
			if (!this.keys.iterator().next().equals("orders:7")) {
				throw new AssertionError(this.keys);
			}
			try {
				return task.call();
			}
			catch (Exception ex) {
				throw new AssertionError(ex);
			}
		}

		@Override
		public <T extends @Nullable Object> CompletableFuture<T> callAsync(
				Function<Lease, ? extends CompletionStage<T>> task) {
			throw new UnsupportedOperationException();
		}

		@Override
		public Lease acquire() {
			throw new UnsupportedOperationException();
		}

		@Override
		public Optional<Lease> tryAcquire() {
			throw new UnsupportedOperationException();
		}

		@Override
		public CompletableFuture<Lease> acquireAsync() {
			throw new UnsupportedOperationException();
		}

	}

}
