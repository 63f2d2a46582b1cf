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
 * How much is searched.
 *
 * @param firstRounds how many rounds the first client has, one after the other
 * @param secondRounds how many rounds the second client has
 * @param proposals the largest proposal
 * @param leftovers the largest number that an earlier round may have left on a master
 * @param clocksKept whether no lock is gone before its lease is over
 * @param renewal whether leases are renewed and masters repaired
 * @param dataLoss whether one master loses its data once
 * @param handOver whether a lease's holder reserves the next tokens, for others in its
 * process that take the lock over
 */
record TokenScope(int firstRounds, int secondRounds, int proposals, int leftovers, boolean clocksKept, boolean renewal,
		boolean dataLoss, boolean handOver) {

	static TokenScope of(int firstRounds, int secondRounds, int proposals, int leftovers) {
		return new TokenScope(firstRounds, secondRounds, proposals, leftovers, true, false, false, false);
	}

	TokenScope withRenewal() {
		return new TokenScope(this.firstRounds, this.secondRounds, this.proposals, this.leftovers, this.clocksKept,
				true, this.dataLoss, this.handOver);
	}

	TokenScope withDataLoss() {
		return new TokenScope(this.firstRounds, this.secondRounds, this.proposals, this.leftovers, this.clocksKept,
				this.renewal, true, this.handOver);
	}

	TokenScope withUselessClocks() {
		return new TokenScope(this.firstRounds, this.secondRounds, this.proposals, this.leftovers, false, this.renewal,
				this.dataLoss, this.handOver);
	}

	TokenScope withHandOver() {
		return new TokenScope(this.firstRounds, this.secondRounds, this.proposals, this.leftovers, this.clocksKept,
				this.renewal, this.dataLoss, true);
	}

	int rounds() {
		return this.firstRounds + this.secondRounds;
	}

}
