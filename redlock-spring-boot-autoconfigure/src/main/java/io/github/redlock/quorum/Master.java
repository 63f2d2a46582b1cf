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

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.IntSupplier;

import io.github.redlock.quorum.AcquireReply.Blank;
import io.github.redlock.quorum.AcquireReply.NotAsked;
import io.github.redlock.quorum.AcquireReply.Unknown;
import org.jspecify.annotations.Nullable;

/**
 * A {@link LockNode} and its health. A master that keeps silent is set aside: it is not
 * asked for locks any more, so that nothing piles up before it, but for a sign of life
 * now and then, and is asked again once it has given one.
 */
final class Master {

	private static final Logger logger = System.getLogger(Master.class.getName());

	private static final int TOLERATED_MISSES = 3;

	/** Many requests at once can miss their time in the same stumble. */
	private static final Duration TOLERATED_SILENCE = Duration.ofMillis(100);

	private static final Duration PROBE_INTERVAL = Duration.ofMillis(200);

	private static final Duration PROBE_TIMEOUT = Duration.ofSeconds(1);

	private final LockNode node;

	private final Clocks clocks;

	private final Timer timer;

	private final QuorumObserver observer;

	private final Leftovers leftovers;

	// guarded by this
	private int misses;

	// written under this
	private volatile @Nullable Moment missingSince;

	/**
	 * When it last answered after it had not, by the monotonic clock; guarded by this.
	 */
	private long returned;

	// guarded by this
	private int probe;

	private volatile @Nullable String lastFailure;

	private volatile boolean aside;

	private volatile boolean closed;

	Master(LockNode node, Clocks clocks, Timer timer, QuorumObserver observer) {
		this.node = node;
		this.clocks = clocks;
		this.timer = timer;
		this.observer = observer;
		this.leftovers = new Leftovers(this, clocks, timer);
		this.returned = clocks.nanoTime();
	}

	String name() {
		return this.node.name();
	}

	CompletionStage<AcquireReply> acquire(LockRequest request, long proposal) {
		if (this.aside) {
			return CompletableFuture.completedStage(new NotAsked(whyAside(), silence()));
		}
		return observed(this.node.acquire(request, proposal));
	}

	CompletionStage<AcquireReply> inspect(List<String> keys) {
		if (this.aside) {
			return CompletableFuture.completedStage(new NotAsked(whyAside(), silence()));
		}
		return observed(this.node.inspect(keys));
	}

	CompletionStage<Boolean> confirm(LockRequest request, long token, long bound) {
		return observed(this.node.confirm(request, token, bound));
	}

	CompletionStage<Boolean> extend(LockRequest request) {
		return observed(this.node.extend(request));
	}

	CompletionStage<Boolean> release(LockRequest request, int unanswered) {
		return observed(this.node.release(request, unanswered)).thenApply((released) -> {
			this.leftovers.confirmed(request);
			return released;
		});
	}

	/**
	 * Release later, again and again until this master confirms it.
	 * @param request the request whose release was not confirmed
	 * @param unanswered how many requests that take the lock have not been answered at a
	 * time
	 */
	void releaseLater(LockRequest request, IntSupplier unanswered) {
		this.leftovers.add(request, unanswered);
	}

	CompletionStage<Boolean> repair(LockRequest request, long token) {
		return observed(this.node.repair(request, token));
	}

	CompletionStage<Boolean> admit(Blank blank) {
		return observed(this.node.admit(blank));
	}

	CompletionStage<Boolean> quarantine(Blank blank) {
		return observed(this.node.quarantine(blank));
	}

	CompletionStage<Boolean> breakLock(String key) {
		return observed(this.node.breakLock(key));
	}

	CompletionStage<Timer.Cancellable> subscribe(List<String> keys, Runnable released) {
		return this.node.subscribe(keys, released);
	}

	CompletionStage<Long> countListeners(List<String> keys) {
		return this.node.countListeners(keys);
	}

	CompletionStage<@Nullable Void> ping() {
		return this.node.ping();
	}

	boolean isAside() {
		return this.aside;
	}

	/**
	 * Note that this master has not answered within its time.
	 */
	void missed() {
		synchronized (this) {
			if (this.missingSince == null) {
				this.missingSince = this.clocks.now();
			}
			this.misses++;
			boolean tolerated = this.misses < TOLERATED_MISSES || silence().compareTo(TOLERATED_SILENCE) < 0;
			if (tolerated || this.aside || this.closed) {
				return;
			}
			this.aside = true;
		}
		logger.log(Level.WARNING, "The master " + name() + " is set aside: " + whyAside());
		probe();
	}

	/**
	 * Return whether the last request was answered in time, even if by an error.
	 * @return whether it was
	 */
	boolean isAnswering() {
		return this.missingSince == null;
	}

	/**
	 * Return since when this master answers, if it ever has not.
	 * @return the time by the monotonic clock
	 */
	synchronized long returned() {
		return this.returned;
	}

	void close() {
		this.closed = true;
		this.leftovers.close();
	}

	private <T> CompletionStage<T> observed(CompletionStage<T> stage) {
		long sent = this.clocks.nanoTime();
		return stage.whenComplete((value, failure) -> {
			this.observer.asked(name(), this.clocks.nanoTime() - sent, failure);
			if (ErrorReplyException.isAnswer(failure)) {
				answered();
			}
			else {
				this.lastFailure = describe(failure);
				missed();
			}
		});
	}

	private void answered() {
		if (this.missingSince == null) {
			return;
		}
		boolean back;
		synchronized (this) {
			back = this.aside;
			this.misses = 0;
			this.missingSince = null;
			this.returned = this.clocks.nanoTime();
			this.lastFailure = null;
			this.aside = false;
			this.probe++;
		}
		if (back) {
			logger.log(Level.INFO, "The master " + name() + " answers again");
			this.leftovers.releaseSoon();
		}
	}

	private void probe() {
		int current;
		synchronized (this) {
			if (!this.aside || this.closed) {
				return;
			}
			current = ++this.probe;
		}
		this.timer.schedule(() -> probeAgain(current), PROBE_TIMEOUT);
		this.node.ping().whenComplete((pong, failure) -> {
			if (ErrorReplyException.isAnswer(failure)) {
				answered();
			}
			else {
				this.timer.schedule(() -> probeAgain(current), PROBE_INTERVAL);
			}
		});
	}

	private void probeAgain(int last) {
		synchronized (this) {
			if (this.probe != last) {
				return;
			}
		}
		probe();
	}

	/**
	 * Return whether the last attempts ended with a failure, rather than in silence.
	 * @return whether there is no way to this master
	 */
	boolean isFailing() {
		return this.lastFailure != null;
	}

	private Duration silence() {
		Moment since = this.missingSince;
		return (since != null) ? since.until(this.clocks.now()) : Duration.ZERO;
	}

	private String whyAside() {
		String reason = "no answer for " + silence().toMillis() + " ms";
		String failure = this.lastFailure;
		return (failure != null) ? reason + ", last failure: " + failure : reason;
	}

	/**
	 * Return what a failure tells of a master.
	 * @param failure an error that it answered, or what was met on the way
	 * @return the answer
	 */
	static Unknown unknown(Throwable failure) {
		return new Unknown("failed: " + describe(failure), !ErrorReplyException.is(failure));
	}

	static String describe(Throwable failure) {
		Throwable cause = failure;
		while (cause.getCause() != null) {
			cause = cause.getCause();
		}
		return (cause.getMessage() != null) ? cause.getMessage() : cause.getClass().getSimpleName();
	}

}
