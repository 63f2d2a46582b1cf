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

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import io.github.redlock.nemesis.Violation.Promise;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * {@link History} finds what is planted in it, and nothing else.
 */
class HistoryTests {

	@Test
	void acceptsLeasesThatFollowEachOther() {
		assertThat(broken(held(5, 10, 20).writes(1), held(6, 21, 30).writes(2), held(9, 40, 50).writes(3))).isEmpty();
	}

	@Test
	void acceptsALateWriteBeforeThatOfTheNextLease() {
		assertThat(broken(held(5, 10, 20).lost().writesAt(25, 1), held(6, 21, 30).writes(2))).isEmpty();
	}

	@Test
	void acceptsARejectedStaleWriteAndCountsIt() {
		History history = history(held(5, 10, 20).lost().writesAt(40, 0), held(6, 21, 30).writes(1));
		assertThat(history.check()).isEmpty();
		assertThat(history.rejectedStaleWrites()).isEqualTo(1);
	}

	@Test
	void acceptsSimultaneousLeasesOnDifferentKeys() {
		assertThat(broken(held(5, 10, 20).writes(1), held(5, 10, 20).on("b").writes(1))).isEmpty();
	}

	@Test
	void findsAnOverlap() {
		assertThat(broken(held(5, 10, 20).writes(1), held(6, 19, 30).writes(2)))
			.containsExactly(Promise.ONE_VALID_LEASE);
	}

	@Test
	void findsAnOverlapWithALeaseThatBeganLongBefore() {
		assertThat(broken(held(5, 10, 100).writesAt(15, 1), held(6, 20, 30).writes(2), held(7, 40, 50).writes(3)))
			.containsExactly(Promise.ONE_VALID_LEASE, Promise.ONE_VALID_LEASE);
	}

	@Test
	void findsADuplicateToken() {
		assertThat(broken(held(5, 10, 20).writes(1), held(5, 30, 40).lost().writesAt(45, 0)))
			.contains(Promise.TOKENS_GROW);
	}

	@Test
	void findsADuplicateTokenOfALeaseThatWasNeverSeenValid() {
		assertThat(broken(held(5, 10, 20).writes(1), held(5, 15, 14).lost().writesAt(45, 0)))
			.containsOnly(Promise.TOKENS_GROW);
	}

	@Test
	void findsASmallerToken() {
		assertThat(broken(held(5, 10, 20).lost().writesAt(50, 0), held(4, 30, 40).writes(1)))
			.contains(Promise.TOKENS_GROW);
	}

	@Test
	void findsASmallerTokenOfALeaseThatWasNeverSeenValid() {
		assertThat(broken(held(7, 10, 20).writes(1), held(8, 25, 24).lost().writesAt(45, 3),
				held(6, 30, 29).lost().writesAt(50, 0), held(9, 32, 33).writes(2)))
			.contains(Promise.TOKENS_GROW);
	}

	@Test
	void findsAnAcceptedStaleWrite() {
		assertThat(broken(held(5, 10, 20).lost().writesAt(40, 2), held(6, 21, 30).writes(1)))
			.containsExactly(Promise.NO_STALE_WRITE);
	}

	@Test
	void findsAnAcceptedStaleWriteWhoseTokenIsTooLarge() {
		assertThat(broken(held(7, 10, 20).lost().writesAt(40, 2), held(6, 21, 30).writes(1)))
			.contains(Promise.NO_STALE_WRITE);
	}

	@Test
	void findsARejectedWriteUnderAValidLease() {
		assertThat(broken(held(5, 10, 20).writes(0))).containsExactly(Promise.VALID_WRITE);
	}

	@Test
	void findsALossThatWasNotTold() {
		assertThat(broken(held(5, 10, 20).untold().writesAt(40, 1))).containsExactly(Promise.LOSS_IS_TOLD);
	}

	@Test
	void findsThatAWriteIsMissing() {
		assertThat(new History(List.of(held(5, 10, 20).writes(2)), Map.of("a", 2L)).check())
			.extracting(Violation::promise)
			.containsExactly(Promise.COMPLETE_HISTORY);
	}

	@Test
	void findsTwoWritesInOnePlace() {
		assertThat(new History(List.of(held(5, 10, 20).writes(1), held(6, 30, 40).writes(1)), Map.of("a", 1L)).check())
			.extracting(Violation::promise)
			.contains(Promise.COMPLETE_HISTORY);
	}

	@Test
	void countsLeasesOnSeveralKeysOnce() {
		History history = history(held(5, 10, 20).writes(1), held(5, 10, 20).on("b").writes(1),
				held(6, 60, 70).writes(2));
		assertThat(history.check()).isEmpty();
		assertThat(history.leases()).isEqualTo(2);
		assertThat(history.longestOutage()).isEqualTo(50);
	}

	private static List<Promise> broken(Tenure... tenures) {
		return history(tenures).check().stream().map(Violation::promise).toList();
	}

	private static History history(Tenure... tenures) {
		return new History(List.of(tenures), Map.of("a", accepted("a", tenures), "b", accepted("b", tenures)));
	}

	private static long accepted(String key, Tenure... tenures) {
		return Stream.of(tenures).filter((tenure) -> tenure.key().equals(key) && tenure.isAccepted()).count();
	}

	private static Plan held(long token, long from, long until) {
		return new Plan("a", token, from, until, false, false);
	}

	/**
	 * A lease to be planted, asked for just before it was had.
	 *
	 * @param key what was locked
	 * @param token the fencing token
	 * @param from since when it was held
	 * @param until until when it was seen valid
	 * @param over whether it was seen over
	 * @param told whether its holder was told
	 */
	private record Plan(String key, long token, long from, long until, boolean over, boolean told) {

		Plan on(String other) {
			return new Plan(other, this.token, this.from, this.until, this.over, this.told);
		}

		Plan lost() {
			return new Plan(this.key, this.token, this.from, this.until, true, true);
		}

		Plan untold() {
			return new Plan(this.key, this.token, this.from, this.until, true, false);
		}

		Tenure writes(long place) {
			return writesAt(this.until - 1, place);
		}

		Tenure writesAt(long written, long place) {
			return new Tenure(0, this.key, this.token, this.from - 1, this.from, this.until, written, written, place,
					this.over, this.told);
		}

	}

}
