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

/**
 * How a lease comes to its fencing token: the rule of this library, and weaker ones that
 * come to mind.
 */
enum TokenRule {

	/** The rule of {@code acquire.lua}, {@code confirm.lua} and the rounds. */
	OURS,

	/** The largest number that was granted is the token at once. */
	LARGEST_WITHOUT_WRITE_BACK,

	/** The median of what was granted is the token at once, the lower one of two. */
	LOWER_MEDIAN,

	/** The median of what was granted is the token at once, the upper one of two. */
	UPPER_MEDIAN,

	/** A master stores whatever is written back. */
	UNCONDITIONAL_WRITE_BACK,

	/** A master acknowledges though the lock is not this owner's. */
	WRITE_BACK_WITHOUT_HOLDER_CHECK,

	/** A master acknowledges though it has stored a larger number. */
	WRITE_BACK_WITHOUT_BOUND,

	/** A master that has lost its data votes again too early. */
	WITHOUT_QUARANTINE,

	/** A master that has lost its data begins at zero after its quarantine. */
	WITHOUT_FLOOR,

	/** A master that has lost its data takes a renewed lock before it votes again. */
	REPAIR_IN_QUARANTINE,

	/** Tokens are reserved where none larger than the largest of them is stored. */
	RESERVE_WITHOUT_BOUND;

	boolean repairsInQuarantine() {
		return this == REPAIR_IN_QUARANTINE;
	}

	boolean writesBack() {
		return this != LARGEST_WITHOUT_WRITE_BACK && this != LOWER_MEDIAN && this != UPPER_MEDIAN;
	}

	boolean asksForTheHolder() {
		return this != UNCONDITIONAL_WRITE_BACK && this != WRITE_BACK_WITHOUT_HOLDER_CHECK;
	}

	boolean asksForTheBound() {
		return this != UNCONDITIONAL_WRITE_BACK && this != WRITE_BACK_WITHOUT_BOUND;
	}

	/**
	 * Return what a master may have stored that reserves tokens.
	 * @param own the token of the lease
	 * @param largest the largest one after it that is reserved
	 * @return the largest number that may be stored
	 */
	int boundOfReserved(int own, int largest) {
		return (this == RESERVE_WITHOUT_BOUND) ? largest : own;
	}

	boolean hasQuarantine() {
		return this != WITHOUT_QUARANTINE;
	}

	boolean hasFloor() {
		return this != WITHOUT_FLOOR;
	}

	/**
	 * Choose the token.
	 * @param numbers what the granting masters answered, in ascending order
	 * @return the token, to be written back unless a majority answered it
	 */
	int token(int[] numbers) {
		return switch (this) {
			case LOWER_MEDIAN -> numbers[(numbers.length - 1) / 2];
			case UPPER_MEDIAN -> numbers[numbers.length / 2];
			default -> numbers[numbers.length - 1];
		};
	}

}
