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

import java.util.Locale;

/**
 * What the {@link Nemesis} did to a master, a client or the way between them.
 *
 * @param kind what was done
 * @param target to whom
 * @param from when, by {@link System#nanoTime()}
 * @param until when it was mended
 */
record Fault(Kind kind, String target, long from, long until) {

	/**
	 * Kinds of faults.
	 */
	enum Kind {

		/** The master is killed, and started later with what it kept on disk. */
		KILL,

		/** The master is killed and started at once. */
		RESTART,

		/** The master is killed and started without its data. */
		WIPE,

		/**
		 * One client loses the way to all but three masters; then one of these is wiped.
		 */
		FORGET,

		/** The master does not answer, and executes what it was sent afterwards. */
		HANG,

		/** No client can connect to the master. */
		CUT,

		/** What clients and the master send each other arrives later. */
		SLOW,

		/** What clients and the master send each other is lost. */
		DEAF,

		/** What the master answers is lost. */
		MUTE,

		/** One client loses the way to some masters, perhaps all. */
		PARTITION,

		/** A whole client stands still for longer than most leases. */
		PAUSE,

		/** Most masters hang. */
		HANG_MAJORITY,

		/** Most masters are killed, and started later; at most two of them lose data. */
		KILL_MAJORITY;

		boolean isOfClient() {
			return this == PARTITION || this == PAUSE;
		}

		boolean isOfMajority() {
			return this == HANG_MAJORITY || this == KILL_MAJORITY;
		}

		String text() {
			return name().toLowerCase(Locale.ROOT).replace('_', ' ');
		}

	}

}
