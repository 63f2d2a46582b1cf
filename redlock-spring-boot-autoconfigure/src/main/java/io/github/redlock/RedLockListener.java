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
 * Is told what happens to locks in this application. A listener must not block; what it
 * throws is logged and breaks nothing.
 *
 * @since 0.1.0
 */
public interface RedLockListener {

	/**
	 * A lock was taken.
	 * @param lease the lease
	 */
	default void acquired(Lease lease) {
	}

	/**
	 * A lock was held elsewhere until the wait was over.
	 * @param keys the keys of the lock
	 */
	default void busy(List<String> keys) {
	}

	/**
	 * A lock was given back. If it was handed over to someone who waited in this process,
	 * that one may be told of before.
	 * @param lease the closed lease
	 */
	default void released(Lease lease) {
	}

	/**
	 * A lease ended without having been closed.
	 * @param lease the lost lease
	 */
	default void lost(Lease lease) {
	}

}
