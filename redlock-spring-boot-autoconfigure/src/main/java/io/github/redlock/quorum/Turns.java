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
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import org.jspecify.annotations.Nullable;

/**
 * The queues of this process: of all that want a key here, one at a time asks the masters
 * and holds the lock, first come first served. Several keys are queued for in one step,
 * so that two of several keys cannot wait for each other.
 * <p>
 * The lock goes from one to the next here without a word to other processes, until the
 * {@link Run} is over.
 */
final class Turns {

	/** So that keys that do not come again take no memory. */
	private static final int MOST_IDLE = 1000;

	private final Clocks clocks;

	// guarded by this
	private final Map<String, Queue> queues = new HashMap<>();

	/** Empty ones, kept for who comes soon; the oldest first. Guarded by this. */
	private final Map<String, Queue> idle = new LinkedHashMap<>();

	/** Those that are to go once the one has that goes on this thread. */
	private final ThreadLocal<@Nullable Deque<Turn>> going = new ThreadLocal<>();

	Turns(Clocks clocks) {
		this.clocks = clocks;
	}

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
			Queue queue = this.queues.computeIfAbsent(key, this::newQueue);
			queue.turns.add(turn);
			turn.queues.add(queue);
			turn.runs.add(queue.run);
		}
		turn.hasCome = isFirst(turn);
		return turn.hasCome;
	}

	// called under the lock
	private Queue newQueue(String key) {
		Queue recent = this.idle.remove(key);
		return (recent != null && recent.run.goesOn(this.clocks.nanoTime())) ? recent : new Queue(key);
	}

	// called under the lock
	private static boolean isFirst(Turn turn) {
		for (Queue queue : turn.queues) {
			if (queue.turns.peek() != turn) {
				return false;
			}
		}
		return true;
	}

	private synchronized @Nullable Turn replace(Turn holder) {
		Turn next = nextFor(holder);
		long now = this.clocks.nanoTime();
		if (next == null || holder.runs.areOver(now)) {
			return null;
		}
		holder.hasLeft = true;
		holder.queues.forEach((queue) -> queue.turns.remove());
		next.hasCome = true;
		next.runs.hold(now);
		return next;
	}

	// called under the lock
	private static @Nullable Turn nextFor(Turn holder) {
		Turn next = null;
		for (Queue queue : holder.queues) {
			Turn second = queue.behind(holder);
			if (second == null || !second.keys.equals(holder.keys)) {
				return null;
			}
			next = second;
		}
		return next;
	}

	private void leave(Turn leaving, Duration kept) {
		List<Turn> next = new ArrayList<>(1);
		synchronized (this) {
			if (leaving.hasLeft) {
				return;
			}
			leaving.hasLeft = true;
			for (Queue queue : leaving.queues) {
				queue.turns.remove(leaving);
				Turn first = queue.turns.peek();
				if (first != null && !first.hasCome && isFirst(first)) {
					first.hasCome = true;
					next.add(first);
				}
			}
			leaving.runs.leave(this.clocks.nanoTime() + kept.toNanos());
			retire(leaving.queues);
		}
		go(next);
	}

	// called under the lock
	private void retire(List<Queue> left) {
		for (Queue queue : left) {
			if (queue.turns.isEmpty()) {
				this.queues.remove(queue.key);
				this.idle.put(queue.key, queue);
			}
		}
		while (this.idle.size() > MOST_IDLE) {
			this.idle.remove(this.idle.keySet().iterator().next());
		}
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
		 * held here too often in a row, or for too long.
		 * @param inVain how often in a row that was in vain before
		 */
		void goAfterOthers(int inVain);

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
		private final List<Queue> queues = new ArrayList<>(1);

		// guarded by the queues
		private boolean hasCome;

		// guarded by the queues
		private boolean hasLeft;

		// guarded by the queues
		private final Runs runs = new Runs();

		private Turn(List<String> keys, Waiter waiter) {
			this.keys = keys;
			this.waiter = waiter;
		}

		/**
		 * Queue.
		 * @return whether this is the first in all queues at once, and can go
		 */
		boolean enter() {
			return Turns.this.enter(this);
		}

		/**
		 * Return whether this is, or was, the first one.
		 * @return whether it has been its turn
		 */
		boolean hasCome() {
			synchronized (Turns.this) {
				return this.hasCome;
			}
		}

		/**
		 * Begin, as the first one.
		 */
		void go() {
			boolean afterOthers;
			int inVain;
			synchronized (Turns.this) {
				afterOthers = this.runs.defer(Turns.this.clocks.nanoTime());
				inVain = this.runs.deferredInVain();
			}
			if (afterOthers) {
				this.waiter.goAfterOthers(inVain);
			}
			else {
				this.waiter.goFirst();
			}
		}

		/**
		 * Return what the masters answered to a first one of the queues, if those that
		 * did were too few.
		 * @return the last round of that one, or {@code null} if each holds the lock, or
		 * waits for someone else
		 */
		@Nullable Round unservedAhead() {
			synchronized (Turns.this) {
				return this.queues.stream()
					.map((queue) -> queue.turns.peek())
					.filter(Objects::nonNull)
					.map((first) -> first.waiter.unserved())
					.filter(Objects::nonNull)
					.findFirst()
					.orElse(null);
			}
		}

		/**
		 * Note that another process has the lock.
		 */
		void refused() {
			synchronized (Turns.this) {
				if (!this.hasLeft) {
					this.runs.refused();
				}
			}
		}

		/**
		 * Note that others that listen were let go first.
		 * @param inVain whether not all of them have had the lock
		 */
		void deferred(boolean inVain) {
			synchronized (Turns.this) {
				this.runs.deferred(inVain);
			}
		}

		/**
		 * Note that the masters have granted the lock.
		 * @return how often it may be passed on from here to others that want the same,
		 * zero if nobody here waits for it
		 */
		int won() {
			synchronized (Turns.this) {
				if (this.hasLeft) {
					return 0;
				}
				this.runs.won(Turns.this.clocks.nanoTime());
				return (nextFor(this) != null) ? this.runs.holdsLeft() : 0;
			}
		}

		/**
		 * Give up the place for the next one here that wants the same, if there is one,
		 * and the run is not over.
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
			leave(Duration.ZERO);
		}

		/**
		 * Give up the place, and let the next ones go: they may ask the masters, which
		 * keep the lock for a while.
		 * @param kept how long the masters keep it
		 */
		void leave(Duration kept) {
			Turns.this.leave(this, kept);
		}

	}

	/**
	 * Those that want a key.
	 */
	private static final class Queue {

		private final String key;

		private final Deque<Turn> turns = new ArrayDeque<>(2);

		private final Run run = new Run();

		private Queue(String key) {
			this.key = key;
		}

		private @Nullable Turn behind(Turn holder) {
			Iterator<Turn> all = this.turns.iterator();
			boolean first = all.hasNext() && all.next() == holder;
			return (first && all.hasNext()) ? all.next() : null;
		}

	}

}
