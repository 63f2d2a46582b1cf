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

import java.util.List;

import io.github.redlock.Lease;
import org.jspecify.annotations.Nullable;

/**
 * Measures how locks are asked for and held, and how the masters answer. It is called on
 * the engine's threads, so it must be quick, and must not throw.
 *
 * @since 0.1.0
 */
public interface QuorumObserver {

	/** Measures nothing. */
	QuorumObserver NONE = (keys, options) -> Acquiring.NONE;

	/**
	 * A lock is asked for, on the calling thread of the caller.
	 * @param keys the keys, without the prefix
	 * @param options how it is wanted
	 * @return is told how that ends
	 */
	Acquiring acquiring(List<String> keys, LockOptions options);

	/**
	 * A master was asked for something.
	 * @param master the master's name
	 * @param nanos after how many nanoseconds it answered, or failed
	 * @param failure why it did not answer, or {@code null} if it did
	 */
	default void asked(String master, long nanos, @Nullable Throwable failure) {
	}

	/**
	 * Is told how the request for a lock ends.
	 */
	interface Acquiring {

		/** Measures nothing. */
		Acquiring NONE = new Acquiring() {

			@Override
			public Holding acquired(Lease lease, int rounds) {
				return Holding.NONE;
			}

			@Override
			public void failed(Throwable failure, int rounds) {
			}

		};

		/**
		 * The lock was granted.
		 * @param lease the lease
		 * @param rounds how often the masters were asked; zero if the lock was handed
		 * over within this process
		 * @return is told how the lease goes on
		 */
		Holding acquired(Lease lease, int rounds);

		/**
		 * The lock was not granted.
		 * @param failure why
		 * @param rounds how often the masters were asked
		 */
		void failed(Throwable failure, int rounds);

	}

	/**
	 * Is told how a lease goes on.
	 */
	interface Holding {

		/** Measures nothing. */
		Holding NONE = new Holding() {

			@Override
			public void renewed(boolean succeeded) {
			}

			@Override
			public void ended(boolean lost) {
			}

		};

		/**
		 * The masters were asked to extend the lease.
		 * @param succeeded whether a majority did
		 */
		void renewed(boolean succeeded);

		/**
		 * The lease has ended.
		 * @param lost whether it was lost, rather than given back
		 */
		void ended(boolean lost);

	}

}
