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
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

import io.github.redlock.quorum.AcquireReply.Busy;
import io.github.redlock.quorum.AcquireReply.Granted;
import org.jspecify.annotations.Nullable;

/**
 * What a master keeps, in memory, and how each operation of a {@link LockNode} changes
 * it, as the scripts of the Redis masters do. Not thread-safe.
 */
final class LockTable {

	/** How far a fencing token may be from the clock, unless a larger one is stored. */
	static final long CLAMP_MICROS = 5_000_000;

	private static final long TOKEN_RETENTION_MICROS = TimeUnit.HOURS.toMicros(24);

	private static final int SMALLEST_SWEEP = 1024;

	private final LongSupplier clock;

	private final Map<String, Held> locks = new HashMap<>();

	private final Map<String, Token> tokens = new HashMap<>();

	private final Map<String, Long> tombstones = new HashMap<>();

	private int sweepAt = SMALLEST_SWEEP;

	/**
	 * Create an empty table.
	 * @param clock microseconds since the epoch
	 */
	LockTable(LongSupplier clock) {
		this.clock = clock;
	}

	/**
	 * Ask for all keys of a request; its predecessor's are given up before.
	 * @param request the request; nothing is granted for a lease of zero, but answered
	 * all the same
	 * @param proposal the fencing token to store if it is greater than all stored ones
	 * @param forgotten the largest token that this master may have forgotten, or zero
	 * @return the answer
	 */
	AcquireReply acquire(LockRequest request, long proposal, long forgotten) {
		giveUpPredecessor(request);
		if (isVoid(request)) {
			return new AcquireReply.Void();
		}
		long now = this.clock.getAsLong();
		long stored = Math.max(forgotten, token(request.keys()));
		String holder = null;
		long end = 0;
		for (String key : request.keys()) {
			Held held = held(key);
			if (held != null && !held.owner.equals(request.owner())) {
				holder = (holder != null) ? holder : held.owner;
				end = Math.max(end, held.end);
			}
		}
		if (holder != null) {
			return new Busy(Duration.of(end - now, TimeUnit.MICROSECONDS.toChronoUnit()), stored, holder);
		}
		if (request.lease().isZero()) {
			return new Granted(stored);
		}
		long token = Math.max(stored + 1, Math.max(now - CLAMP_MICROS, Math.min(proposal, now + CLAMP_MICROS)));
		sweepIfGrown();
		hold(request);
		store(request.keys(), token);
		return new Granted(token);
	}

	void giveUpPredecessor(LockRequest request) {
		String predecessor = request.predecessor();
		if (predecessor != null) {
			request.keys().stream().filter((key) -> predecessor.equals(holder(key))).forEach(this.locks::remove);
		}
	}

	boolean confirm(LockRequest request, long token, long bound) {
		if (!owns(request) || token(request.keys()) > bound) {
			return false;
		}
		store(request.keys(), token);
		return true;
	}

	boolean extend(LockRequest request) {
		if (!owns(request)) {
			return false;
		}
		hold(request);
		return true;
	}

	/**
	 * Give up those keys of a request that are its owner's.
	 * @param request the request
	 * @param unanswered how many requests of this owner may not have been executed yet
	 * @return the keys whose release is to be announced
	 */
	List<String> release(LockRequest request, int unanswered) {
		List<String> released = new ArrayList<>(request.keys().size());
		for (String key : request.keys()) {
			if (request.owner().equals(holder(key))) {
				this.locks.remove(key);
				released.add(key);
			}
		}
		if (unanswered > (released.isEmpty() ? 0 : 1)) {
			this.tombstones.put(request.owner(), endOf(request));
		}
		return released;
	}

	/**
	 * Remove a key, whoever's it is.
	 * @param key the key
	 * @return the keys whose release is to be announced
	 */
	List<String> breakLock(String key) {
		return (this.locks.remove(key) != null) ? List.of(key) : List.of();
	}

	boolean repair(LockRequest request, long token) {
		boolean free = request.keys()
			.stream()
			.map(this::holder)
			.allMatch((holder) -> holder == null || holder.equals(request.owner()));
		if (!free || isVoid(request)) {
			return false;
		}
		hold(request);
		for (String key : request.keys()) {
			if (token(List.of(key)) < token) {
				store(List.of(key), token);
			}
		}
		return true;
	}

	/**
	 * Return who holds a key.
	 * @param key the key
	 * @return the owner, or {@code null} if it is free
	 */
	@Nullable String holder(String key) {
		Held held = held(key);
		return (held != null) ? held.owner : null;
	}

	/**
	 * Return the owners of all keys that are held.
	 * @return the owners
	 */
	List<String> owners() {
		long now = this.clock.getAsLong();
		return this.locks.values().stream().filter((held) -> held.end > now).map(Held::owner).toList();
	}

	boolean owns(LockRequest request) {
		return request.keys().stream().allMatch((key) -> request.owner().equals(holder(key)));
	}

	/**
	 * Return the largest fencing token that is stored for some keys.
	 * @param keys the keys
	 * @return the token, or zero
	 */
	long token(Collection<String> keys) {
		long now = this.clock.getAsLong();
		long largest = 0;
		for (String key : keys) {
			Token stored = this.tokens.get(key);
			if (stored != null && stored.end > now) {
				largest = Math.max(largest, stored.value);
			}
		}
		return largest;
	}

	void store(Collection<String> keys, long token) {
		long end = this.clock.getAsLong() + TOKEN_RETENTION_MICROS;
		keys.forEach((key) -> this.tokens.put(key, new Token(token, end)));
	}

	private void hold(LockRequest request) {
		long end = endOf(request);
		request.keys().forEach((key) -> this.locks.put(key, new Held(request.owner(), end)));
	}

	private long endOf(LockRequest request) {
		return this.clock.getAsLong() + TimeUnit.MICROSECONDS.convert(request.lease());
	}

	private boolean isVoid(LockRequest request) {
		return this.tombstones.getOrDefault(request.owner(), 0L) > this.clock.getAsLong();
	}

	private @Nullable Held held(String key) {
		Held held = this.locks.get(key);
		return (held != null && held.end > this.clock.getAsLong()) ? held : null;
	}

	/**
	 * Forget what is over, now and then, so that keys of the past do not stay for ever.
	 */
	private void sweepIfGrown() {
		if (this.tokens.size() < this.sweepAt) {
			return;
		}
		long now = this.clock.getAsLong();
		this.locks.values().removeIf((held) -> held.end <= now);
		this.tokens.values().removeIf((token) -> token.end <= now);
		this.tombstones.values().removeIf((end) -> end <= now);
		this.sweepAt = Math.max(SMALLEST_SWEEP, 2 * this.tokens.size());
	}

	private record Held(String owner, long end) {

	}

	private record Token(long value, long end) {

	}

}
