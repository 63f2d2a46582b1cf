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

import java.util.Arrays;

/**
 * The state of the masters, of what is under way to them, and of the rounds, in few
 * bytes. Small numbers stand for tokens.
 */
final class TokenState {

	static final int MASTERS = 3;

	static final int MAJORITY = 2;

	static final int MAX_NUMBER = 15;

	/** How many tokens a holder reserves. */
	static final int RESERVED_TOKENS = 2;

	private static final int OWN_CELLS = 4;

	private static final int ROUND_CELLS = 4;

	private static final int ASKED = 16;

	private static final int ACKNOWLEDGED = 32;

	private static final int REPAIR_UNDER_WAY = 64;

	private static final int WRITTEN_BACK = 16;

	private static final int RESERVED = 32;

	private static final int BROKEN = 1;

	private static final int DATA_LOST = 2;

	private final int rounds;

	private final byte[] cells;

	TokenState(int rounds) {
		this.rounds = rounds;
		this.cells = new byte[length(rounds)];
		for (int master = 0; master < MASTERS; master++) {
			this.cells[masterAt(master) + 3] = 1;
		}
	}

	TokenState(int rounds, byte[] cells) {
		this.rounds = rounds;
		this.cells = cells;
	}

	static int length(int rounds) {
		return MASTERS * (OWN_CELLS + rounds) + rounds * ROUND_CELLS + 4;
	}

	TokenState copy() {
		return new TokenState(this.rounds, this.cells.clone());
	}

	/**
	 * Return the same state but for the names of the masters, equal for all states that
	 * differ in these only.
	 * @return the cells
	 */
	byte[] withoutNames() {
		int length = OWN_CELLS + this.rounds;
		byte[] sorted = this.cells.clone();
		sort(sorted, 0, length);
		sort(sorted, length, length);
		sort(sorted, 0, length);
		return sorted;
	}

	private static void sort(byte[] cells, int first, int length) {
		int second = first + length;
		if (Arrays.compare(cells, first, second, cells, second, second + length) > 0) {
			for (int i = 0; i < length; i++) {
				byte swapped = cells[first + i];
				cells[first + i] = cells[second + i];
				cells[second + i] = swapped;
			}
		}
	}

	// masters

	private int masterAt(int master) {
		return master * (OWN_CELLS + this.rounds);
	}

	ModelMaster master(int master) {
		int at = masterAt(master);
		return new ModelMaster(this.cells[at], this.cells[at + 1], this.cells[at + 2], this.cells[at + 3] == 1);
	}

	int holder(int master) {
		return this.cells[masterAt(master) + 2];
	}

	void put(int master, ModelMaster value) {
		if (value.stored() > MAX_NUMBER) {
			throw new IllegalStateException("Too large a number for this state: " + value);
		}
		int at = masterAt(master);
		this.cells[at] = (byte) value.stored();
		this.cells[at + 1] = (byte) value.floor();
		this.cells[at + 2] = (byte) value.holder();
		if ((this.cells[at + 3] == 1) != value.voting()) {
			this.cells[at + 3] = (byte) (value.voting() ? 1 : 0);
		}
	}

	/**
	 * Return whose lease a master in quarantine has forgotten.
	 * @param master the master
	 * @return the owner, or nobody
	 */
	int forgotten(int master) {
		return -this.cells[masterAt(master) + 3];
	}

	void forget(int master, int owner) {
		this.cells[masterAt(master) + 3] = (byte) -owner;
	}

	// what is between a round and a master

	private int between(int round, int master) {
		return masterAt(master) + OWN_CELLS + round;
	}

	private boolean is(int at, int bit) {
		return (this.cells[at] & bit) != 0;
	}

	private void set(int at, int bit, boolean value) {
		this.cells[at] = (byte) (value ? this.cells[at] | bit : this.cells[at] & ~bit);
	}

	/**
	 * Return what a master granted to a round that is still asking.
	 * @param round the round
	 * @param master the master
	 * @return the number, or zero
	 */
	int granted(int round, int master) {
		return this.cells[between(round, master)] & MAX_NUMBER;
	}

	void grant(int round, int master, int number) {
		this.cells[between(round, master)] |= (byte) (ASKED | number);
	}

	void forgetNumbers(int round) {
		for (int master = 0; master < MASTERS; master++) {
			set(between(round, master), MAX_NUMBER, false);
		}
	}

	boolean isAsked(int round, int master) {
		return is(between(round, master), ASKED);
	}

	void asked(int round, int master) {
		set(between(round, master), ASKED, true);
	}

	boolean isAcknowledged(int round, int master) {
		return is(between(round, master), ACKNOWLEDGED);
	}

	void acknowledge(int round, int master) {
		set(between(round, master), ACKNOWLEDGED, true);
	}

	boolean isRepairUnderWay(int round, int master) {
		return is(between(round, master), REPAIR_UNDER_WAY);
	}

	void repairUnderWay(int round, int master, boolean value) {
		set(between(round, master), REPAIR_UNDER_WAY, value);
	}

	// rounds

	private int roundAt(int round) {
		return MASTERS * (OWN_CELLS + this.rounds) + round * ROUND_CELLS;
	}

	Phase phase(int round) {
		return Phase.VALUES[this.cells[roundAt(round)] & MAX_NUMBER];
	}

	void phase(int round, Phase phase) {
		int at = roundAt(round);
		this.cells[at] = (byte) (this.cells[at] & (WRITTEN_BACK | RESERVED) | phase.ordinal());
	}

	boolean isWrittenBack(int round) {
		return is(roundAt(round), WRITTEN_BACK);
	}

	void writeBack(int round, boolean value) {
		set(roundAt(round), WRITTEN_BACK, value);
	}

	/**
	 * Return whether the token is the largest of those after that of the lease that the
	 * round won, to be used by the next leases on the same lock.
	 * @param round the round
	 * @return whether it has been reserved, or is being so
	 */
	boolean isReserved(int round) {
		return is(roundAt(round), RESERVED);
	}

	void reserve(int round) {
		set(roundAt(round), RESERVED, true);
		phase(round, Phase.CONFIRMING);
		token(round, token(round) + RESERVED_TOKENS);
		writeBack(round, true);
		for (int master = 0; master < MASTERS; master++) {
			set(between(round, master), ACKNOWLEDGED, false);
		}
	}

	int proposal(int round) {
		return this.cells[roundAt(round) + 1];
	}

	void proposal(int round, int proposal) {
		this.cells[roundAt(round) + 1] = (byte) proposal;
	}

	int token(int round) {
		return this.cells[roundAt(round) + 2];
	}

	/**
	 * Return the token of the lease that the round won.
	 * @param round the round
	 * @return the token before those that are reserved
	 */
	int ownToken(int round) {
		return isReserved(round) ? token(round) - RESERVED_TOKENS : token(round);
	}

	void token(int round, int token) {
		this.cells[roundAt(round) + 2] = (byte) token;
	}

	/**
	 * Return the largest token of a lease that was won before a round began.
	 * @param round the round
	 * @return the token, or zero if that does not matter
	 */
	int wonBefore(int round) {
		return this.cells[roundAt(round) + 3];
	}

	void wonBefore(int round, int token) {
		this.cells[roundAt(round) + 3] = (byte) token;
	}

	// the whole

	private int wholeAt() {
		return this.cells.length - 4;
	}

	int largestWon() {
		return this.cells[wholeAt()];
	}

	void largestWon(int token) {
		this.cells[wholeAt()] = (byte) token;
	}

	boolean isWon(int token) {
		return is(wholeAt() + 2 + token / 8, 1 << token % 8);
	}

	void won(int token) {
		set(wholeAt() + 2 + token / 8, 1 << token % 8, true);
	}

	boolean isBroken() {
		return is(wholeAt() + 1, BROKEN);
	}

	void broken() {
		set(wholeAt() + 1, BROKEN, true);
	}

	boolean isDataLost() {
		return is(wholeAt() + 1, DATA_LOST);
	}

	void dataLost() {
		set(wholeAt() + 1, DATA_LOST, true);
	}

	/**
	 * How far a round is, as its client sees it.
	 */
	enum Phase {

		/** Not begun. */
		IDLE,

		/** The masters are asked for the lock. */
		ASKING,

		/** The token is being written back. */
		CONFIRMING,

		/** The lease is won, and valid. */
		HELD,

		/** Given up, failed, released, or out of time. */
		OVER;

		private static final Phase[] VALUES = values();

	}

}
