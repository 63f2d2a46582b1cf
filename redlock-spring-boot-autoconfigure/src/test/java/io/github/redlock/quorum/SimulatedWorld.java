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

import java.util.PriorityQueue;
import java.util.Random;

/**
 * Virtual time: what happens, happens in the order of its time, and nothing else takes
 * any. All chance comes from one seed.
 */
final class SimulatedWorld {

	static final long MILLIS = 1_000_000;

	private static final long MOST_EVENTS = 500_000;

	final Random random;

	private final PriorityQueue<Event> events = new PriorityQueue<>();

	private long now = 1_000 * MILLIS;

	private long count;

	SimulatedWorld(long seed) {
		this.random = new Random(seed);
	}

	/**
	 * Return the true time.
	 * @return nanoseconds
	 */
	long now() {
		return this.now;
	}

	void at(long time, Runnable action) {
		this.events.add(new Event(Math.max(time, this.now), this.count++, action));
	}

	void after(long nanos, Runnable action) {
		at(this.now + nanos, action);
	}

	/**
	 * Let time pass.
	 * @param end until when
	 * @param afterEach runs after each event
	 */
	void runUntil(long end, Runnable afterEach) {
		while (!this.events.isEmpty() && this.events.peek().time <= end) {
			Event event = this.events.remove();
			this.now = event.time;
			event.action.run();
			afterEach.run();
			if (this.count > MOST_EVENTS) {
				throw new AssertionError("too many events: something runs in circles");
			}
		}
		this.now = end;
	}

	boolean chance(double probability) {
		return this.random.nextDouble() < probability;
	}

	long between(long least, long most) {
		return least + (long) (this.random.nextDouble() * (most - least));
	}

	private record Event(long time, long order, Runnable action) implements Comparable<Event> {

		@Override
		public int compareTo(Event other) {
			int byTime = Long.compare(this.time, other.time);
			return (byTime != 0) ? byTime : Long.compare(this.order, other.order);
		}

	}

}
