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

package io.github.redlock.test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;

import io.github.redlock.Lease;
import io.github.redlock.LeaseLostException;
import io.github.redlock.LeaseScope;
import org.jspecify.annotations.Nullable;

/**
 * A lease on nothing, to test code that asks for {@link Lease#current()}: no lock is
 * taken, and no time runs out. It ends when the test says so.
 *
 * <pre class="code">
 * TestLease.of("orders:42").run(() -&gt; service.pay(order));
 *
 * TestLease lease = TestLease.of("orders:42").token(7);
 * lease.run(() -&gt; {
 *     service.begin(order);
 *     lease.lose();
 *     assertThatExceptionOfType(LeaseLostException.class).isThrownBy(() -&gt; service.goOn(order));
 * });
 * </pre>
 *
 * Thread-safe.
 *
 * @since 0.1.0
 */
public final class TestLease implements Lease {

	private static final Duration REMAINING = Duration.ofSeconds(30);

	private static final AtomicLong lastToken = new AtomicLong();

	private enum State {

		HELD, CLOSED, LOST

	}

	private final List<String> keys;

	private final long token;

	// guarded by this
	private State state = State.HELD;

	// guarded by this
	private final List<Runnable> lostActions = new ArrayList<>();

	private TestLease(List<String> keys, long token) {
		this.keys = keys;
		this.token = token;
	}

	/**
	 * Create a lease. Its fencing token is greater than that of all created before,
	 * unless {@link #token(long)} sets another.
	 * @param keys what {@link #keys()} returns
	 * @return a valid lease
	 * @throws IllegalArgumentException if there is no key
	 */
	public static TestLease of(String... keys) {
		if (keys.length == 0) {
			throw new IllegalArgumentException("'keys' must not be empty: name what is locked");
		}
		return new TestLease(List.of(keys), lastToken.incrementAndGet());
	}

	/**
	 * Create a lease on the same keys with a certain fencing token.
	 * @param token what {@link #token()} returns
	 * @return another lease, which is valid
	 * @throws IllegalArgumentException if the token is not positive
	 */
	public TestLease token(long token) {
		if (token <= 0) {
			throw new IllegalArgumentException("'token' must be positive, but is " + token);
		}
		return new TestLease(this.keys, token);
	}

	/**
	 * Run a task as if under a lock, then close this lease.
	 * @param task the task, for which this is the current lease
	 * @throws LeaseLostException if the lease was lost before the task ended, as in a
	 * guarded method; added as a suppressed exception if the task itself failed
	 * @throws IllegalStateException if this lease is closed
	 */
	public void run(Runnable task) {
		call(() -> {
			task.run();
			return null;
		});
	}

	/**
	 * Call a task as if under a lock, then close this lease. What the task throws reaches
	 * the caller as it is, a checked exception too.
	 * @param <T> the type of the result
	 * @param task the task, for which this is the current lease
	 * @return the result of the task
	 * @throws LeaseLostException if the lease was lost before the task ended, as in a
	 * guarded method; added as a suppressed exception if the task itself failed
	 * @throws IllegalStateException if this lease is closed
	 */
	public <T extends @Nullable Object> T call(Callable<T> task) {
		if (state() == State.CLOSED) {
			throw new IllegalStateException("The lease on " + this.keys + " is closed; create another");
		}
		Throwable failure = null;
		try (LeaseScope scope = LeaseScope.open(this)) {
			return task.call();
		}
		catch (Throwable ex) {
			failure = ex;
			throw TestLease.<RuntimeException>unchecked(ex);
		}
		finally {
			end(failure);
		}
	}

	private void end(@Nullable Throwable failure) {
		LeaseLostException lost = isValid() ? null : lostException();
		close();
		if (lost != null && failure != null) {
			failure.addSuppressed(lost);
		}
		else if (lost != null) {
			throw lost;
		}
	}

	/**
	 * Lose this lease: it is not valid from now on, and the actions given to
	 * {@link #onLost(Runnable)} run before this returns. Does nothing if the lease is
	 * closed or lost already.
	 */
	public void lose() {
		List<Runnable> actions;
		synchronized (this) {
			if (this.state != State.HELD) {
				return;
			}
			this.state = State.LOST;
			actions = List.copyOf(this.lostActions);
		}
		actions.forEach(Runnable::run);
	}

	@Override
	public List<String> keys() {
		return this.keys;
	}

	@Override
	public long token() {
		return this.token;
	}

	@Override
	public Duration remaining() {
		return isValid() ? REMAINING : Duration.ZERO;
	}

	@Override
	public boolean isValid() {
		return state() == State.HELD;
	}

	@Override
	public void renew() {
		if (!isValid()) {
			throw lostException();
		}
	}

	@Override
	public void onLost(Runnable action) {
		synchronized (this) {
			if (this.state == State.HELD) {
				this.lostActions.add(action);
				return;
			}
		}
		if (state() == State.LOST) {
			action.run();
		}
	}

	@Override
	public synchronized void close() {
		this.state = State.CLOSED;
	}

	@Override
	public CompletableFuture<Void> closeAsync() {
		close();
		return CompletableFuture.allOf();
	}

	private synchronized State state() {
		return this.state;
	}

	private LeaseLostException lostException() {
		return new LeaseLostException(
				"The lock on " + this.keys
						+ ((state() == State.LOST) ? " was lost by the test" : " has been given back already"),
				this.keys);
	}

	@SuppressWarnings("unchecked")
	private static <E extends Throwable> E unchecked(Throwable ex) throws E {
		throw (E) ex;
	}

	@Override
	public String toString() {
		return "Test lease on " + this.keys + " with token " + this.token + " (" + state() + ")";
	}

}
