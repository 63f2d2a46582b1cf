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

import java.time.Instant;
import java.util.concurrent.TimeUnit;

/**
 * The two clocks of this process. The monotonic one is not set by anyone but may stand
 * still while the machine is suspended; the wall clock goes on but may be set.
 *
 * @since 0.1.0
 */
public interface Clocks {

	/**
	 * Return the monotonic clock.
	 * @return nanoseconds since an arbitrary origin
	 */
	long nanoTime();

	/**
	 * Return the wall clock.
	 * @return microseconds since the epoch
	 */
	long wallMicros();

	/**
	 * Read both clocks.
	 * @return the present moment
	 */
	default Moment now() {
		return new Moment(nanoTime(), wallMicros());
	}

	/**
	 * Return the clocks of the running system.
	 * @return the system's clocks
	 */
	static Clocks system() {
		return new Clocks() {

			@Override
			public long nanoTime() {
				return System.nanoTime();
			}

			@Override
			public long wallMicros() {
				Instant now = Instant.now();
				return TimeUnit.SECONDS.toMicros(now.getEpochSecond()) + TimeUnit.NANOSECONDS.toMicros(now.getNano());
			}

		};
	}

}
