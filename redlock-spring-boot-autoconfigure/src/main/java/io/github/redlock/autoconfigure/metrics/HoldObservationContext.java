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

package io.github.redlock.autoconfigure.metrics;

import io.github.redlock.Lease;
import io.micrometer.observation.Observation;
import org.jspecify.annotations.Nullable;

/**
 * A lease that is held.
 *
 * @since 0.1.0
 */
public class HoldObservationContext extends Observation.Context {

	private final Lease lease;

	private volatile @Nullable Boolean lost;

	/**
	 * Create a context.
	 * @param lease the lease
	 */
	public HoldObservationContext(Lease lease) {
		this.lease = lease;
	}

	/**
	 * Return the lease.
	 * @return the lease
	 */
	public Lease getLease() {
		return this.lease;
	}

	/**
	 * Return how the lease ended.
	 * @return whether it was lost, or {@code null} while it is held
	 */
	public @Nullable Boolean getLost() {
		return this.lost;
	}

	void end(boolean lost) {
		this.lost = lost;
	}

}
