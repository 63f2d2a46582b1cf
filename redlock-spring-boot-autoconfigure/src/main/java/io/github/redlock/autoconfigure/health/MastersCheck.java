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

package io.github.redlock.autoconfigure.health;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import io.github.redlock.quorum.MasterStatus;
import io.github.redlock.quorum.QuorumLocks;

/**
 * Asks the masters once for all entries that are looked at together.
 */
final class MastersCheck {

	private static final long FRESH_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

	private final QuorumLocks locks;

	private final Duration patience;

	// guarded by this
	private List<MasterStatus> last;

	// guarded by this
	private long asked;

	/**
	 * Create a check.
	 * @param locks knows the masters
	 * @param patience how long to wait for their answers, longer than they have for them
	 */
	MastersCheck(QuorumLocks locks, Duration patience) {
		this.locks = locks;
		this.patience = patience;
		this.last = List.of();
		this.asked = System.nanoTime() - FRESH_NANOS;
	}

	/**
	 * Return how the masters are now, or were a moment ago.
	 * @return the masters, or none if the engine did not answer
	 */
	synchronized List<MasterStatus> statuses() {
		if (System.nanoTime() - this.asked < FRESH_NANOS) {
			return this.last;
		}
		List<MasterStatus> answer = ask();
		if (!answer.isEmpty()) {
			this.last = answer;
			this.asked = System.nanoTime();
		}
		return answer;
	}

	int majority() {
		return this.locks.majority();
	}

	private List<MasterStatus> ask() {
		try {
			return this.locks.checkMasters().get(this.patience.toNanos(), TimeUnit.NANOSECONDS);
		}
		catch (TimeoutException ex) {
			return List.of();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return List.of();
		}
		catch (ExecutionException ex) {
			throw new IllegalStateException(ex.getCause());
		}
	}

}
