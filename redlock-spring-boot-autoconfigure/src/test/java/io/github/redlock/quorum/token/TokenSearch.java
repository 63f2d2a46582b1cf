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

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Visits every state that a model can reach, those that take fewer steps first.
 */
final class TokenSearch {

	private static final int CHUNK = 1 << 16;

	private static final int NONE = -1;

	private final TokenModel model;

	private final int length;

	private final List<byte[]> chunks = new ArrayList<>();

	private int[] parents = new int[1 << 10];

	private int[] table = new int[1 << 12];

	private int size;

	private int broken = NONE;

	TokenSearch(TokenModel model) {
		this.model = model;
		this.length = TokenState.length(model.rounds());
	}

	/**
	 * Search until everything has been visited, or the promise is broken.
	 * @return this
	 */
	TokenSearch run() {
		this.model.beginnings().forEach((state) -> add(state, NONE));
		for (int index = 0; index < this.size && this.broken == NONE; index++) {
			int parent = index;
			this.model.forEachNext(state(index), (step) -> add(step.after(), parent));
		}
		return this;
	}

	int size() {
		return this.size;
	}

	/**
	 * Return a shortest schedule that breaks the promise.
	 * @return the schedule, if there is one
	 */
	Optional<Schedule> counterexample() {
		if (this.broken == NONE) {
			return Optional.empty();
		}
		Deque<Integer> path = new ArrayDeque<>();
		for (int index = this.broken; index != NONE; index = this.parents[index]) {
			path.push(index);
		}
		TokenState beginning = state(path.pop());
		List<TokenStep> steps = new ArrayList<>();
		TokenState current = beginning;
		for (int index : path) {
			TokenStep step = step(current, state(index).withoutNames());
			steps.add(step);
			current = step.after();
		}
		return Optional.of(new Schedule(beginning, steps));
	}

	private TokenStep step(TokenState from, byte[] to) {
		List<TokenStep> fitting = new ArrayList<>();
		this.model.forEachNext(from, (step) -> {
			if (Arrays.equals(step.after().withoutNames(), to)) {
				fitting.add(step);
			}
		});
		return fitting.get(0);
	}

	/**
	 * Return all states in which a single master was.
	 * @return the states
	 */
	Set<ModelMaster> masters() {
		Set<ModelMaster> masters = new LinkedHashSet<>();
		for (int index = 0; index < this.size; index++) {
			TokenState state = state(index);
			for (int master = 0; master < TokenState.MASTERS; master++) {
				masters.add(state.master(master));
			}
		}
		return masters;
	}

	private TokenState state(int index) {
		int from = index % CHUNK * this.length;
		return new TokenState(this.model.rounds(),
				Arrays.copyOfRange(this.chunks.get(index / CHUNK), from, from + this.length));
	}

	private void add(TokenState state, int parent) {
		byte[] cells = state.withoutNames();
		int slot = hash(cells) & this.table.length - 1;
		while (this.table[slot] != 0) {
			int known = this.table[slot] - 1;
			int from = known % CHUNK * this.length;
			if (Arrays.equals(this.chunks.get(known / CHUNK), from, from + this.length, cells, 0, this.length)) {
				return;
			}
			slot = slot + 1 & this.table.length - 1;
		}
		if (this.size % CHUNK == 0) {
			this.chunks.add(new byte[CHUNK * this.length]);
		}
		System.arraycopy(cells, 0, this.chunks.get(this.size / CHUNK), this.size % CHUNK * this.length, this.length);
		if (this.size == this.parents.length) {
			this.parents = Arrays.copyOf(this.parents, 2 * this.size);
		}
		this.parents[this.size] = parent;
		if (state.isBroken() && this.broken == NONE) {
			this.broken = this.size;
		}
		this.table[slot] = ++this.size;
		if (2 * this.size > this.table.length) {
			grow();
		}
	}

	private void grow() {
		int[] larger = new int[2 * this.table.length];
		for (int index = 0; index < this.size; index++) {
			int slot = hash(state(index).withoutNames()) & larger.length - 1;
			while (larger[slot] != 0) {
				slot = slot + 1 & larger.length - 1;
			}
			larger[slot] = index + 1;
		}
		this.table = larger;
	}

	private static int hash(byte[] cells) {
		long hash = 0;
		for (byte cell : cells) {
			hash = (hash ^ cell) * 0x9E3779B97F4A7C15L;
			hash ^= hash >>> 32;
		}
		return (int) (hash ^ hash >>> 29);
	}

	/**
	 * What happens, step by step.
	 *
	 * @param beginning the state before
	 * @param steps the steps
	 */
	record Schedule(TokenState beginning, List<TokenStep> steps) {

		@Override
		public String toString() {
			StringBuilder text = new StringBuilder("  A, B, C have stored ");
			for (int master = 0; master < TokenState.MASTERS; master++) {
				text.append((master > 0) ? ", " : "").append(this.beginning.master(master).stored());
			}
			for (int i = 0; i < this.steps.size(); i++) {
				text.append("%n  %2d. %s".formatted(i + 1, this.steps.get(i)));
			}
			return text.toString();
		}

	}

}
