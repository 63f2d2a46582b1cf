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
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

import io.github.redlock.Lease;
import io.github.redlock.LeaseLostException;
import io.github.redlock.LeaseScope;
import io.github.redlock.LockBusyException;
import io.github.redlock.RedLockClient;
import org.jspecify.annotations.Nullable;

/**
 * {@link RedLockClient} over {@link QuorumLocks}.
 *
 * @since 0.1.0
 */
public final class QuorumRedLockClient implements RedLockClient {

	/** How long a key may be, its name included. */
	public static final int MAX_KEY_LENGTH = 512;

	private static final int MAX_KEYS = 1000;

	private final QuorumLocks locks;

	private final LockOptions defaults;

	/**
	 * Create a client.
	 * @param locks where to take locks
	 * @param defaults how they are wanted unless said otherwise
	 */
	public QuorumRedLockClient(QuorumLocks locks, LockOptions defaults) {
		this.locks = locks;
		this.defaults = defaults;
	}

	@Override
	public LockSpec lock(String... keys) {
		return lock(Arrays.asList(given(keys, "keys")));
	}

	@Override
	public LockSpec lock(Collection<String> keys) {
		if (given(keys, "keys").isEmpty()) {
			throw new IllegalArgumentException("'keys' must not be empty: name what to lock");
		}
		if (keys.size() > MAX_KEYS) {
			throw new IllegalArgumentException(
					"'keys' must not be more than %d, but are %d; lock something that stands for all of them"
						.formatted(MAX_KEYS, keys.size()));
		}
		keys.forEach(QuorumRedLockClient::check);
		return new Spec(List.copyOf(new LinkedHashSet<>(keys)), this.defaults);
	}

	private static <T> T given(@Nullable T value, String name) {
		if (value == null) {
			throw new IllegalArgumentException("'" + name + "' must not be null");
		}
		return value;
	}

	// may come from a user's request
	private static void check(@Nullable String key) {
		if (key == null || key.isBlank()) {
			throw new IllegalArgumentException("'keys' must not contain a null or empty key");
		}
		if (key.length() > MAX_KEY_LENGTH) {
			throw new IllegalArgumentException(
					"A key must not be longer than %d characters, but '%s...' has %d; use a hash of it".formatted(
							MAX_KEY_LENGTH, key.substring(0, MAX_KEY_LENGTH / 10).replaceAll("\\p{Cc}", "?"),
							key.length()));
		}
		if (hasControlCharacter(key)) {
			throw new IllegalArgumentException("A key must not contain control characters such as line breaks, but '"
					+ key.replaceAll("\\p{Cc}", "?") + "' does (they are shown as ?)");
		}
	}

	private static boolean hasControlCharacter(String key) {
		for (int i = 0; i < key.length(); i++) {
			if (Character.isISOControl(key.charAt(i))) {
				return true;
			}
		}
		return false;
	}

	@SuppressWarnings("unchecked")
	private static <E extends Throwable> E unchecked(Throwable ex) throws E {
		throw (E) ex;
	}

	private final class Spec implements LockSpec {

		private final List<String> keys;

		private LockOptions options;

		private Spec(List<String> keys, LockOptions options) {
			this.keys = keys;
			this.options = options;
		}

		@Override
		public LockSpec lease(Duration lease) {
			this.options = this.options.withLease(lease);
			QuorumRedLockClient.this.locks.settings().check(this.options);
			return this;
		}

		@Override
		public LockSpec waitFor(Duration waitFor) {
			this.options = this.options.withWaitFor(waitFor);
			return this;
		}

		@Override
		public LockSpec renew(boolean renew) {
			this.options = this.options.withRenew(renew);
			return this;
		}

		@Override
		public LockSpec atLeast(Duration atLeast) {
			this.options = this.options.withAtLeast(atLeast);
			QuorumRedLockClient.this.locks.settings().check(this.options);
			return this;
		}

		@Override
		public LockSpec maxHold(Duration maxHold) {
			this.options = this.options.withMaxHold(maxHold);
			return this;
		}

		@Override
		public LockSpec name(String name) {
			this.options = this.options.withName(name);
			return this;
		}

		@Override
		public void run(Runnable task) {
			given(task, "task");
			call(() -> {
				task.run();
				return null;
			});
		}

		@Override
		public <T extends @Nullable Object> T call(Callable<T> task) {
			given(task, "task");
			QuorumLocks locks = QuorumRedLockClient.this.locks;
			Guard guard = new Guard(locks, LeaseScope.current(), this.keys);
			if (!guard.missing().isEmpty()) {
				guard.take(locks.acquireGuarding(guard.missing(), this.options));
			}
			Throwable failure = null;
			try (LeaseScope scope = LeaseScope.open(guard.lease())) {
				return task.call();
			}
			catch (Throwable ex) {
				failure = ex;
				throw QuorumRedLockClient.<RuntimeException>unchecked(ex);
			}
			finally {
				end(guard, failure);
			}
		}

		private void end(Guard guard, @Nullable Throwable failure) {
			LeaseLostException lost = guard.lost();
			guard.close();
			if (lost != null) {
				guard.awaitTold();
				if (Guard.combine(failure, lost) == lost) {
					throw lost;
				}
			}
		}

		@Override
		public <T extends @Nullable Object> CompletableFuture<T> callAsync(
				Function<Lease, ? extends CompletionStage<T>> task) {
			given(task, "task");
			QuorumLocks locks = QuorumRedLockClient.this.locks;
			LeaseScope chain = LeaseScope.current();
			Guard guard = new Guard(locks, chain, this.keys);
			GuardedStage<T> result = new GuardedStage<>(task, guard, chain, locks.callbacks());
			if (guard.missing().isEmpty()) {
				result.begin();
			}
			else {
				result.beginAfter(locks.acquireGuardingAsync(guard.missing(), this.options));
			}
			return result;
		}

		@Override
		public Lease acquire() {
			return QuorumRedLockClient.this.locks.acquire(this.keys, this.options);
		}

		@Override
		public Optional<Lease> tryAcquire() {
			try {
				return Optional.of(acquire());
			}
			catch (LockBusyException ex) {
				return Optional.empty();
			}
		}

		@Override
		public CompletableFuture<Lease> acquireAsync() {
			return QuorumRedLockClient.this.locks.acquireAsync(this.keys, this.options);
		}

	}

}
