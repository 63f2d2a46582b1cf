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
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.IntSupplier;

/**
 * What may still be held on a master though it has been given up. The master is asked to
 * release it again and again until it confirms that, or the lock is over anyway: what it
 * has been asked before may be executed as late as when it answers again.
 */
final class Leftovers {

	private static final Duration INTERVAL = Duration.ofMillis(200);

	private static final int MOST = 10_000;

	/** So many that the owner is refused from then on, whatever is released. */
	private static final int ANY_NUMBER = Integer.MAX_VALUE;

	private final Master master;

	private final Clocks clocks;

	private final Timer timer;

	// guarded by this
	private final Map<LockRequest, Leftover> all = new LinkedHashMap<>();

	// guarded by this
	private boolean waiting;

	/** The master has answered the last time, but with an error. */
	private volatile boolean refused;

	private volatile boolean closed;

	Leftovers(Master master, Clocks clocks, Timer timer) {
		this.master = master;
		this.clocks = clocks;
		this.timer = timer;
	}

	/**
	 * Release a lock later.
	 * @param request the request whose release was not confirmed
	 * @param unanswered how many requests that take the lock have not been answered at a
	 * time
	 */
	void add(LockRequest request, IntSupplier unanswered) {
		synchronized (this) {
			if (this.closed || this.all.size() >= MOST) {
				return;
			}
			this.all.putIfAbsent(request, new Leftover(unanswered, this.clocks.nanoTime()));
			if (this.waiting) {
				return;
			}
			this.waiting = true;
		}
		this.timer.schedule(this::releaseNow, INTERVAL);
	}

	/**
	 * Note that a release has been confirmed.
	 * @param request what was released
	 */
	synchronized void confirmed(LockRequest request) {
		if (!this.all.isEmpty()) {
			this.all.remove(request);
		}
	}

	/**
	 * Release all without waiting any longer, for the master answers again.
	 */
	void releaseSoon() {
		this.timer.schedule(() -> due().forEach(this::release), Duration.ZERO);
	}

	private void releaseNow() {
		try {
			due().forEach(this::release);
		}
		finally {
			waitAgain();
		}
	}

	private void waitAgain() {
		synchronized (this) {
			this.waiting = !this.all.isEmpty() && !this.closed;
			if (!this.waiting) {
				return;
			}
		}
		this.timer.schedule(this::releaseNow, INTERVAL);
	}

	private synchronized Map<LockRequest, Leftover> due() {
		long now = this.clocks.nanoTime();
		if (this.master.isAnswering()) {
			long back = this.master.returned();
			this.all.entrySet().removeIf((entry) -> {
				long lease = entry.getKey().lease().toNanos();
				return now - entry.getValue().since > lease && now - back > lease;
			});
		}
		if (this.master.isAside() || this.all.isEmpty()) {
			return Map.of();
		}
		// one that refuses them is not asked for all
		return this.refused ? first() : new LinkedHashMap<>(this.all);
	}

	// called under the lock
	private Map<LockRequest, Leftover> first() {
		Map.Entry<LockRequest, Leftover> first = this.all.entrySet().iterator().next();
		return Map.of(first.getKey(), first.getValue());
	}

	private void release(LockRequest request, Leftover leftover) {
		int unanswered = (leftover.unanswered.getAsInt() > 0) ? ANY_NUMBER : 0;
		this.master.release(request, unanswered)
			.whenComplete((released, failure) -> this.refused = (failure != null) && ErrorReplyException.is(failure));
	}

	void close() {
		this.closed = true;
	}

	/**
	 * What is left of one request.
	 *
	 * @param unanswered how many requests that take the lock have not been answered at a
	 * time
	 * @param since since when it is to be released, by the monotonic clock
	 */
	private record Leftover(IntSupplier unanswered, long since) {

	}

}
