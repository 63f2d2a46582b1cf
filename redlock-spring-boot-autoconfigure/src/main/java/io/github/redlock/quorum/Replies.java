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

package io.github.redlock.quorum;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;

import org.jspecify.annotations.Nullable;

/**
 * What the masters have answered so far, each at its index. Immutable.
 */
final class Replies {

	private final @Nullable AcquireReply[] replies;

	private Replies(@Nullable AcquireReply[] replies) {
		this.replies = replies;
	}

	/**
	 * Return the same answer of all masters.
	 * @param masters how many masters
	 * @param reply the answer, or {@code null} if it is missing
	 * @return the answers
	 */
	static Replies ofAll(int masters, @Nullable AcquireReply reply) {
		@Nullable AcquireReply[] replies = new @Nullable AcquireReply[masters];
		Arrays.fill(replies, reply);
		return new Replies(replies);
	}

	/**
	 * Return these answers but for those of some masters.
	 * @param indexes which masters
	 * @param reply what each of them answered, or {@code null} if that is missing
	 * @return the answers
	 */
	Replies with(List<Integer> indexes, @Nullable AcquireReply reply) {
		@Nullable AcquireReply[] changed = this.replies.clone();
		for (int index : indexes) {
			changed[index] = reply;
		}
		return new Replies(changed);
	}

	@Nullable AcquireReply of(int index) {
		return this.replies[index];
	}

	int missing() {
		int missing = 0;
		for (AcquireReply reply : this.replies) {
			missing += (reply != null) ? 0 : 1;
		}
		return missing;
	}

	/**
	 * Return whether a master was asked, even if it has not answered.
	 * @param index which master
	 * @return whether it was
	 */
	boolean isAsked(int index) {
		return !(this.replies[index] instanceof AcquireReply.NotAsked);
	}

	int count(Predicate<AcquireReply> kind) {
		int count = 0;
		for (AcquireReply reply : this.replies) {
			count += (reply != null && kind.test(reply)) ? 1 : 0;
		}
		return count;
	}

	/**
	 * Return a value of each answer of a kind.
	 * @param <R> the kind
	 * @param <V> the type of the value
	 * @param type the kind
	 * @param value gives the value
	 * @return the values
	 */
	<R extends AcquireReply, V> List<V> collect(Class<R> type, Function<R, V> value) {
		List<V> values = new ArrayList<>(this.replies.length);
		for (AcquireReply reply : this.replies) {
			if (type.isInstance(reply)) {
				values.add(value.apply(type.cast(reply)));
			}
		}
		return values;
	}

	/**
	 * Return the answers for a person to read.
	 * @param masters who gave them
	 * @param text gives the text of an answer, or of none
	 * @return the texts by the masters' names
	 */
	Map<String, String> texts(List<Master> masters, Function<@Nullable AcquireReply, String> text) {
		Map<String, String> texts = new LinkedHashMap<>();
		for (int i = 0; i < this.replies.length; i++) {
			texts.put(masters.get(i).name(), text.apply(this.replies[i]));
		}
		return texts;
	}

}
