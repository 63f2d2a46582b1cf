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
import java.util.function.UnaryOperator;

/**
 * The masters, and what is needed to ask a majority of them.
 *
 * @param masters all configured masters
 * @param majority how many of them decide, whether they can be reached or not
 * @param validity how long a lease may be trusted by the clock of its holder
 * @param settings how long to wait for what
 * @param clocks the clocks of this process
 * @param timer runs tasks later
 * @param outage tells of times when too few of them serve
 */
record Quorum(List<Master> masters, int majority, UnaryOperator<Duration> validity, QuorumSettings settings,
		Clocks clocks, Timer timer, Outage outage) {

	Quorum(List<Master> masters, QuorumSettings settings, Clocks clocks, Timer timer) {
		this(masters, QuorumSettings.majorityOf(masters.size()), QuorumSettings::validityOf, settings, clocks, timer);
	}

	Quorum(List<Master> masters, int majority, UnaryOperator<Duration> validity, QuorumSettings settings, Clocks clocks,
			Timer timer) {
		this(masters, majority, validity, settings, clocks, timer, new Outage(clocks));
	}

	int size() {
		return this.masters.size();
	}

	/**
	 * Return the master that is asked first where one is.
	 * @return the first one that is not set aside
	 */
	Master lead() {
		return this.masters.stream().filter((master) -> !master.isAside()).findFirst().orElse(this.masters.get(0));
	}

	Duration validityOf(Duration lease) {
		return this.validity.apply(lease);
	}

	void afterNodeTimeout(Runnable task) {
		this.timer.schedule(task, nodeTimeout());
	}

	Duration nodeTimeout() {
		return this.settings.nodeTimeout();
	}

	/**
	 * Return how long a thread waits at most for what needs no more than one answer of
	 * each master.
	 * @return the node timeout, and as much again for the process to note its end
	 */
	Duration longestWait() {
		return nodeTimeout().plus(nodeTimeout());
	}

}
