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

package io.github.redlock.nemesis;

/**
 * A promise that was not kept.
 *
 * @param promise what was promised
 * @param key on which key
 * @param at when it was seen, by {@link System#nanoTime()}
 * @param text what was seen
 */
record Violation(Promise promise, String key, long at, String text) {

	/**
	 * What is promised.
	 */
	enum Promise {

		/** At most one valid lease on a key at a time. */
		ONE_VALID_LEASE,

		/** Tokens grow from one lease on a key to the next. */
		TOKENS_GROW,

		/** No write is accepted after that of a later lease. */
		NO_STALE_WRITE,

		/** A write under a valid lease is accepted. */
		VALID_WRITE,

		/** The holder of a lost lease is told. */
		LOSS_IS_TOLD,

		/** The history has every write that the database accepted. */
		COMPLETE_HISTORY

	}

}
