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
 * Arithmetic that is done several times for every lock. A {@link Duration} itself divides
 * with decimal numbers of any length, and allocates them.
 */
final class Durations {

	private static final long NANOS_PER_SECOND = TimeUnit.SECONDS.toNanos(1);

	private Durations() {
	}

	/**
	 * Return a part of a duration, rounded towards zero.
	 * @param whole the duration
	 * @param parts into how many it is divided
	 * @return one of them
	 */
	static Duration part(Duration whole, int parts) {
		long rest = whole.getSeconds() % parts;
		return Duration.ofSeconds(whole.getSeconds() / parts, (rest * NANOS_PER_SECOND + whole.getNano()) / parts);
	}

	/**
	 * Return the shorter one.
	 * @param one a duration
	 * @param other another
	 * @return the first one if they are equal
	 */
	static Duration shorter(Duration one, Duration other) {
		return (other.compareTo(one) < 0) ? other : one;
	}

}
