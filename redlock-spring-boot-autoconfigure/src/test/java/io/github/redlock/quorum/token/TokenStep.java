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

package io.github.redlock.quorum.token;

import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * One step of a schedule.
 *
 * @param kind what happens
 * @param round whose round it concerns; its owner is this plus one
 * @param masters to which masters, one bit for each
 * @param number the proposal or the token
 * @param after the state then
 */
record TokenStep(Kind kind, int round, int masters, int number, TokenState after) {

	int master() {
		return Integer.numberOfTrailingZeros(this.masters);
	}

	boolean isAnswerOf(int master) {
		return (this.masters & 1 << master) != 0;
	}

	@Override
	public String toString() {
		String where = IntStream.range(0, TokenState.MASTERS)
			.filter(this::isAnswerOf)
			.mapToObj((master) -> "ABC".substring(master, master + 1))
			.collect(Collectors.joining(" and "));
		String what = switch (this.kind) {
			case ACQUIRE -> "%2$s grants %4$d to round %1$d, which proposes %3$d";
			case WRITE_BACK -> "round %1$d has %2$s, and writes %3$d back";
			case RESERVE -> "round %1$d writes %3$d back, for the next leases on its lock";
			case CONFIRM -> "%2$s stores %3$d for round %1$d, and acknowledges";
			case WIN ->
				this.after.isReserved(this.round) ? "the next leases on the lock of round %1$d have tokens up to %3$d"
						: "round %1$d" + (where.isEmpty() ? "" : " has %2$s, and") + " is won with token %3$d";
			case END -> "round %1$d is over: given up, failed, released or out of time";
			case GONE -> "the lock of round %1$d on %2$s is gone";
			case SEND_REPAIR -> "round %1$d is renewed, and %2$s is sent a repair";
			case REPAIR -> "%2$s gives the lock back to round %1$d";
			case LOSE_DATA -> "%2$s loses its data";
			case VOTE_AGAIN -> "%2$s votes again";
		};
		int stored = (this.masters != 0) ? this.after.master(master()).stored() : 0;
		return what.formatted(this.round + 1, where, this.number, stored);
	}

	/**
	 * What happens in a step.
	 */
	enum Kind {

		/** A master grants. */
		ACQUIRE,

		/** The answers differ. */
		WRITE_BACK,

		/** The next tokens are written back while the lock is held. */
		RESERVE,

		/** A master acknowledges. */
		CONFIRM,

		/** The client has its lease. */
		WIN,

		/** The client has none any more. */
		END,

		/** A lock runs out, or its release arrives. */
		GONE,

		/** A renewal finds a lock gone. */
		SEND_REPAIR,

		/** A master is given a lock again. */
		REPAIR,

		/** A master is empty. */
		LOSE_DATA,

		/** The quarantine ends. */
		VOTE_AGAIN

	}

}
