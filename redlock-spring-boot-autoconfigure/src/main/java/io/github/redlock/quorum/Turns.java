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
import java.util.List;
import java.util.Map;

/**
 * The queues of this process: of all that want a key here, one at a time asks the masters
 * and holds the lock, first come first served. Several keys are queued for in one step,
 * so that two of several keys cannot wait for each other.
 */
final class Turns {

	// guarded by this
	private final Map<String, Deque<Turn>> queues = new HashMap<>();

	/**
	 * Make a place for keys, not in the queues yet.
	 * @param keys the keys
	 * @param go runs when this has become the first in all queues
	 * @return the place
	 */
	Turn turn(List<String> keys, Runnable go) {
		return new Turn(keys, go);
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
		next.forEach((turn) -> turn.go.run());
	}

	/**
	 * A place in the queues.
	 */
	final class Turn {

		private final List<String> keys;

		private final Runnable go;

		// guarded by the queues
		private boolean hasCome;

		// guarded by the queues
		private boolean hasLeft;

		private Turn(List<String> keys, Runnable go) {
			this.keys = keys;
			this.go = go;
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
		 * Give up the place, and let the next ones go.
		 */
		void leave() {
			Turns.this.leave(this);
		}

	}

}
