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

package io.github.redlock.interceptor.transaction;

/**
 * What happens when a {@link io.github.redlock.RedLocked @RedLocked} method is called
 * inside a transaction that commits after the method has ended.
 *
 * @since 0.1.0
 */
public enum OnActiveTransaction {

	/**
	 * Log a warning, once for each method, and give the lock back when the method has
	 * ended.
	 */
	WARN,

	/**
	 * Throw an exception before the lock is asked for.
	 */
	FAIL,

	/**
	 * Give the lock back when the method has ended.
	 */
	ALLOW,

	/**
	 * Keep the lock until the transaction has completed.
	 */
	AFTER_COMPLETION

}
