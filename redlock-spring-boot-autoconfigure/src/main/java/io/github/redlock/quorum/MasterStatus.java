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

import java.time.Duration;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * How a master is, as this process sees it.
 *
 * @param name the master's name
 * @param condition whether it votes, and if not, why
 * @param roundTrip how long its answer took, or {@code null} if there was none
 * @param reason why it does not vote, or {@code null} if it does
 * @since 0.1.0
 */
public record MasterStatus(String name, Condition condition, @Nullable Duration roundTrip, @Nullable String reason) {

	/**
	 * Return how many masters vote.
	 * @param masters the masters
	 * @return how many of them vote
	 */
	public static long countVoting(List<MasterStatus> masters) {
		return masters.stream().filter((master) -> master.condition() == Condition.UP).count();
	}

	/**
	 * Whether a master votes.
	 */
	public enum Condition {

		/** It votes. */
		UP,

		/** It answers, but may have forgotten leases, and grants none until they end. */
		RECOVERING,

		/** There is a way to it, but it does not answer in time. */
		HUNG,

		/** It answers with an error. */
		FAILING,

		/** There is no way to it. */
		UNREACHABLE

	}

}
