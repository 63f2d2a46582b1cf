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

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

import io.github.redlock.nemesis.Violation.Promise;

/**
 * What all holders saw, and whether the promises were kept.
 */
final class History {

	private final Map<String, List<Tenure>> tenures;

	private final Map<String, Long> accepted;

	private final List<Violation> violations = new ArrayList<>();

	/**
	 * Take what was seen.
	 * @param tenures all leases
	 * @param accepted how many writes the database accepted on each key
	 */
	History(List<Tenure> tenures, Map<String, Long> accepted) {
		this.tenures = tenures.stream()
			.sorted(Comparator.comparingLong(Tenure::from))
			.collect(Collectors.groupingBy(Tenure::key, TreeMap::new, Collectors.toList()));
		this.accepted = accepted;
	}

	/**
	 * Look for broken promises.
	 * @return the violations, in no order
	 */
	List<Violation> check() {
		this.violations.clear();
		this.tenures.forEach((key, ofKey) -> {
			List<Tenure> valid = ofKey.stream().filter(Tenure::wasValid).toList();
			checkOneValidLease(valid);
			checkTokensOfValidLeases(valid);
			checkTokensAreUnique(ofKey);
			checkTokensOfLaterRequests(ofKey);
			checkWrites(ofKey);
			ofKey.forEach(this::checkHolder);
		});
		this.accepted.forEach(this::checkComplete);
		return List.copyOf(this.violations);
	}

	private void checkOneValidLease(List<Tenure> valid) {
		Tenure longest = null;
		for (Tenure tenure : valid) {
			if (longest != null && tenure.from() <= longest.until()) {
				violated(Promise.ONE_VALID_LEASE, tenure.from(), longest, tenure);
			}
			longest = (longest != null && longest.until() > tenure.until()) ? longest : tenure;
		}
	}

	/**
	 * Leases that were valid at a moment each were granted in the order of these moments,
	 * since they did not overlap.
	 */
	private void checkTokensOfValidLeases(List<Tenure> valid) {
		for (int i = 1; i < valid.size(); i++) {
			if (valid.get(i).token() <= valid.get(i - 1).token()) {
				violated(Promise.TOKENS_GROW, valid.get(i).from(), valid.get(i - 1), valid.get(i));
			}
		}
	}

	private void checkTokensAreUnique(List<Tenure> ofKey) {
		Set<Long> tokens = new HashSet<>();
		for (Tenure tenure : ofKey) {
			if (!tokens.add(tenure.token())) {
				violated(Promise.TOKENS_GROW, tenure.from(), tenure);
			}
		}
	}

	/**
	 * A lease that was asked for after another one was had came later, whether it was
	 * still seen valid or not.
	 */
	private void checkTokensOfLaterRequests(List<Tenure> ofKey) {
		List<Tenure> byRequest = ofKey.stream().sorted(Comparator.comparingLong(Tenure::asked)).toList();
		Tenure largest = null;
		int had = 0;
		for (Tenure tenure : byRequest) {
			for (; ofKey.get(had).from() < tenure.asked(); had++) {
				Tenure earlier = ofKey.get(had);
				largest = (largest != null && largest.token() > earlier.token()) ? largest : earlier;
			}
			if (largest != null && largest.token() >= tenure.token()) {
				violated(Promise.TOKENS_GROW, tenure.from(), largest, tenure);
			}
		}
	}

	private void checkWrites(List<Tenure> ofKey) {
		List<Tenure> writes = ofKey.stream()
			.filter(Tenure::isAccepted)
			.sorted(Comparator.comparingLong(Tenure::place))
			.toList();
		Tenure latest = null;
		for (Tenure write : writes) {
			if (latest != null && (write.token() <= latest.token() || isEarlier(write, latest))) {
				violated(Promise.NO_STALE_WRITE, write.written(), latest, write);
			}
			latest = (latest != null && isEarlier(write, latest)) ? latest : write;
		}
	}

	private static boolean isEarlier(Tenure one, Tenure other) {
		return (one.wasValid() && other.wasValid()) ? one.from() < other.from() : one.from() < other.asked();
	}

	private void checkHolder(Tenure tenure) {
		if (!tenure.isAccepted() && tenure.written() <= tenure.until()) {
			violated(Promise.VALID_WRITE, tenure.written(), tenure);
		}
		if (tenure.over() && !tenure.lost()) {
			violated(Promise.LOSS_IS_TOLD, tenure.written(), tenure);
		}
	}

	private void checkComplete(String key, long count) {
		List<Tenure> ofKey = this.tenures.getOrDefault(key, List.of());
		long distinct = ofKey.stream().filter(Tenure::isAccepted).mapToLong(Tenure::place).distinct().count();
		long all = ofKey.stream().filter(Tenure::isAccepted).count();
		if (distinct != count || all != count) {
			this.violations.add(new Violation(Promise.COMPLETE_HISTORY, key, 0,
					"the database accepted %d writes, the history has %d in %d places".formatted(count, all,
							distinct)));
		}
	}

	private void violated(Promise promise, long at, Tenure... concerned) {
		this.violations.add(new Violation(promise, concerned[0].key(), at, List.of(concerned).toString()));
	}

	long leases() {
		return this.tenures.values()
			.stream()
			.flatMap(List::stream)
			.map((tenure) -> tenure.client() + ":" + tenure.asked() + ":" + tenure.token())
			.distinct()
			.count();
	}

	long rejectedStaleWrites() {
		return this.tenures.values().stream().flatMap(List::stream).filter(Tenure::isRejectedStaleWrite).count();
	}

	/**
	 * Return the longest time in which no lease on any key was had.
	 * @return nanoseconds
	 */
	long longestOutage() {
		long[] had = this.tenures.values().stream().flatMap(List::stream).mapToLong(Tenure::from).sorted().toArray();
		long longest = 0;
		for (int i = 1; i < had.length; i++) {
			longest = Math.max(longest, had[i] - had[i - 1]);
		}
		return longest;
	}

	/**
	 * Return the leases on a key around a moment.
	 * @param key the key
	 * @param at the moment
	 * @param nanos how far around it
	 * @return the leases in the order in which they were had
	 */
	List<Tenure> around(String key, long at, long nanos) {
		return this.tenures.getOrDefault(key, List.of())
			.stream()
			.filter((tenure) -> tenure.from() <= at + nanos && Math.max(tenure.until(), tenure.written()) >= at - nanos)
			.toList();
	}

}
