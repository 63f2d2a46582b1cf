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
import java.util.concurrent.TimeUnit;

/**
 * A point in time as both {@link Clocks} tell it.
 *
 * @param nanos the monotonic clock
 * @param wallMicros the wall clock
 */
record Moment(long nanos, long wallMicros) {

	/**
	 * Return the time from this moment to a later one: the larger of what the two clocks
	 * say.
	 * @param later the later moment
	 * @return the elapsed time in nanoseconds
	 */
	long nanosUntil(Moment later) {
		return Math.max(later.nanos - this.nanos, TimeUnit.MICROSECONDS.toNanos(later.wallMicros - this.wallMicros));
	}

	Duration until(Moment later) {
		return Duration.ofNanos(nanosUntil(later));
	}

}
