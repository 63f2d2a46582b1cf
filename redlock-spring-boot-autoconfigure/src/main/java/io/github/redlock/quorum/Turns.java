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

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import org.jspecify.annotations.Nullable;

/**
 * The queues of this process: of all that want a key here, one at a time asks the masters
 * and holds the lock, first come first served. Several keys are queued for in one step,
 * so that two of several keys cannot wait for each other.
 * <p>
 * The lock goes from one to the next here without a word to other processes, but only so
 * many times in a row.
 */
final class Turns {

	private static final int LONGEST_RUN = 24;

	// guarded by this
	private final Map<String, Deque<Turn>> queues = new HashMap<>();

	/** Those that are to go once the one has that goes on this thread. */
	private final ThreadLocal<@Nullable Deque<Turn>> going = new ThreadLocal<>();

	/**
	 * Make a place for keys, not in the queues yet.
	 * @param keys the keys
	 * @param waiter who is to have it
	 * @return the place
	 */
	Turn turn(List<String> keys, Waiter waiter) {
		return new Turn(keys, waiter);
	}

	private synchronized boolean enter(Turn turn) {
		if (turn.hasLeft) {
			return false;
		}
		for (String key : turn.keys) {
			this.queues.computeIfAbsent(key, (absent) -> new ArrayDeque<>(2)).add(turn);
		}
		turn.hasCome = isFirst(turn);
		return turn.hasCome;
	}

	// called under the lock
	private boolean isFirst(Turn turn) {
		for (String key : turn.keys) {
			Deque<Turn> queue = this.queues.get(key);
			if (queue == null || queue.peek() != turn) {
				return false;
			}
		}
		return true;
	}

	private synchronized @Nullable Turn replace(Turn holder) {
		Turn next = nextFor(holder);
		if (next == null) {
			return null;
		}
		next.run = holder.run % LONGEST_RUN + 1;
		if (next.run == LONGEST_RUN) {
			return null;
		}
		holder.hasLeft = true;
		holder.keys.forEach((key) -> this.queues.getOrDefault(key, new ArrayDeque<>()).remove());
		next.hasCome = true;
		return next;
	}

	// called under the lock
	private @Nullable Turn nextFor(Turn holder) {
		Turn next = null;
		for (String key : holder.keys) {
			Iterator<Turn> queue = this.queues.getOrDefault(key, new ArrayDeque<>()).iterator();
			boolean first = queue.hasNext() && queue.next() == holder;
			Turn second = (first && queue.hasNext()) ? queue.next() : null;
			if (second == null || !second.keys.equals(holder.keys)) {
				return null;
			}
			next = second;
		}
		return next;
	}

	private void leave(Turn leaving) {
		List<Turn> next = new ArrayList<>(1);
		synchronized (this) {
			if (leaving.hasLeft) {
				return;
			}
			leaving.hasLeft = true;
			for (String key : leaving.keys) {
				Deque<Turn> queue = this.queues.get(key);
				if (queue == null || !queue.remove(leaving)) {
					continue;
				}
				Turn first = queue.peek();
				if (first == null) {
					this.queues.remove(key);
				}
				else if (!first.hasCome && isFirst(first)) {
					first.hasCome = true;
					next.add(first);
				}
			}
		}
		go(next);
	}

	// one after the other, since each may give up at once and leave in its turn
	private void go(List<Turn> next) {
		Deque<Turn> outer = this.going.get();
		if (outer != null) {
			outer.addAll(next);
		}
		else if (!next.isEmpty()) {
			Deque<Turn> all = new ArrayDeque<>(next);
			this.going.set(all);
			try {
				for (Turn turn = all.poll(); turn != null; turn = all.poll()) {
					turn.go();
				}
			}
			finally {
				this.going.remove();
			}
		}
	}

	/**
	 * One who queues. Of the three ways to come first, one is taken, once.
	 */
	interface Waiter {

		/**
		 * Ask the masters for the lock.
		 */
		void goFirst();

		/**
		 * Ask the masters for the lock, but let other processes be first: it has been
		 * passed on here too often.
		 */
		void goAfterOthers();

		/**
		 * Go on with the lock of the one before.
		 * @param rest what the one before had, and has not given back
		 */
		void takeOver(Grant rest);

		/**
		 * Return the last round, if that was lost for want of a quorum.
		 * @return the round, or {@code null}
		 */
		@Nullable Round unserved();

	}

	/**
	 * A place in the queues.
	 */
	final class Turn {

		private final List<String> keys;

		private final Waiter waiter;

		// guarded by the queues
		private boolean hasCome;

		// guarded by the queues
		private boolean hasLeft;

		// guarded by the queues
		private int run;

		private Turn(List<String> keys, Waiter waiter) {
			this.keys = keys;
			this.waiter = waiter;
		}

		private void go() {
			if (isAfterRun()) {
				this.waiter.goAfterOthers();
			}
			else {
				this.waiter.goFirst();
			}
		}

		private boolean isAfterRun() {
			synchronized (Turns.this) {
				return this.run == LONGEST_RUN;
			}
		}

		/**
		 * Queue.
		 * @return whether this is the first in all queues at once, and does not have to
		 * wait
		 */
		boolean enter() {
			return Turns.this.enter(this);
		}

		/**
		 * Return what the masters answered to a first one of the queues, if those that
		 * did were too few.
		 * @return the last round of that one, or {@code null} if each holds the lock, or
		 * waits for someone else
		 */
		@Nullable Round unservedAhead() {
			synchronized (Turns.this) {
				return this.keys.stream()
					.map(Turns.this.queues::get)
					.filter(Objects::nonNull)
					.map((queue) -> queue.element().waiter.unserved())
					.filter(Objects::nonNull)
					.findFirst()
					.orElse(null);
			}
		}

		/**
		 * Return how often the lock may still be passed on from here to others that want
		 * the same.
		 * @return the number, zero if nobody here waits for it
		 */
		int passesLeft() {
			synchronized (Turns.this) {
				return (nextFor(this) != null) ? LONGEST_RUN - this.run % LONGEST_RUN : 0;
			}
		}

		/**
		 * Give up the place for the next one here that wants the same, if there is one,
		 * and the lock has not been passed on too often.
		 * @param rest what that one may go on with
		 * @return whether there is one, which takes the lock over
		 */
		boolean passOn(Grant rest) {
			Turn next = replace(this);
			if (next != null) {
				next.waiter.takeOver(rest);
			}
			return next != null;
		}

		/**
		 * Give up the place, and let the next ones go.
		 */
		void leave() {
			Turns.this.leave(this);
		}

	}

}
