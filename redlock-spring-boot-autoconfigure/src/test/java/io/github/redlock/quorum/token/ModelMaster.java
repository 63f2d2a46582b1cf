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
 * What a master keeps for one key, and what its scripts make of it.
 *
 * @param stored the last number, or zero
 * @param floor the least number after a quarantine, or zero
 * @param holder whose the lock is, or zero
 * @param voting whether it is out of quarantine
 */
record ModelMaster(int stored, int floor, int holder, boolean voting) {

	static final int NOBODY = 0;

	boolean grants(int owner) {
		return this.voting && isFreeFor(owner);
	}

	ModelMaster granted(int owner, int proposal) {
		int number = Math.max(Math.max(this.stored, this.floor) + 1, proposal);
		return new ModelMaster(number, this.floor, owner, true);
	}

	boolean acknowledges(int owner, int bound, TokenRule rule) {
		return (this.holder == owner || !rule.asksForTheHolder()) && (this.stored <= bound || !rule.asksForTheBound());
	}

	ModelMaster confirmed(int token) {
		return new ModelMaster(token, this.floor, this.holder, this.voting);
	}

	ModelMaster free() {
		return new ModelMaster(this.stored, this.floor, NOBODY, this.voting);
	}

	boolean takesRepair(int owner, TokenRule rule) {
		return (this.voting || rule.repairsInQuarantine()) && isFreeFor(owner);
	}

	private boolean isFreeFor(int owner) {
		return this.holder == NOBODY || this.holder == owner;
	}

	ModelMaster repaired(int owner, int token) {
		return new ModelMaster(Math.max(this.stored, token), this.floor, owner, this.voting);
	}

	/**
	 * Lose all data. The clock that makes the floor has passed at least the lost number
	 * when the quarantine ends.
	 * @param rule the rule
	 * @return this master without its data
	 */
	ModelMaster wiped(TokenRule rule) {
		return new ModelMaster(0, rule.hasFloor() ? Math.max(this.stored, this.floor) : 0, NOBODY, false);
	}

	ModelMaster readmitted() {
		return new ModelMaster(this.stored, this.floor, this.holder, true);
	}

}
