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

package io.github.redlock;

import java.util.List;

/**
 * What happens to locks in this application, published as application events on the
 * thread on which it happens. Whoever listens must not block.
 *
 * @since 0.1.0
 * @see RedLockListener
 */
public sealed interface RedLockEvent {

	/**
	 * Return what the lock is on.
	 * @return the keys, without the prefix of the property {@code redlock.key-prefix}
	 */
	List<String> keys();

	/**
	 * A lock was taken.
	 *
	 * @param lease the lease
	 */
	record Acquired(Lease lease) implements RedLockEvent {

		@Override
		public List<String> keys() {
			return this.lease.keys();
		}

	}

	/**
	 * A lock was held elsewhere until the wait was over.
	 *
	 * @param keys the keys of the lock
	 */
	record Busy(List<String> keys) implements RedLockEvent {

	}

	/**
	 * A lock was given back.
	 *
	 * @param lease the closed lease
	 */
	record Released(Lease lease) implements RedLockEvent {

		@Override
		public List<String> keys() {
			return this.lease.keys();
		}

	}

	/**
	 * A lease ended without having been closed.
	 *
	 * @param lease the lost lease
	 */
	record Lost(Lease lease) implements RedLockEvent {

		@Override
		public List<String> keys() {
			return this.lease.keys();
		}

	}

}
