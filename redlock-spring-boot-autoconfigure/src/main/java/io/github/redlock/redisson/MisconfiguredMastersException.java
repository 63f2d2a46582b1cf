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

package io.github.redlock.redisson;

import java.util.List;
import java.util.stream.Collectors;

/**
 * Thrown when the addresses of the masters cannot make a quorum: two are the same server,
 * or a majority is misconfigured.
 *
 * @since 0.1.0
 */
public class MisconfiguredMastersException extends RuntimeException {

	private final transient List<Misconfiguration> misconfigurations;

	/**
	 * Create the exception.
	 * @param misconfigurations what is wrong
	 */
	public MisconfiguredMastersException(List<Misconfiguration> misconfigurations) {
		super(misconfigurations.stream()
			.map(Misconfiguration::toString)
			.collect(Collectors.joining("; ", "The Redis masters are misconfigured: ", "")));
		this.misconfigurations = List.copyOf(misconfigurations);
	}

	/**
	 * Return what is wrong.
	 * @return the misconfigured masters
	 */
	public List<Misconfiguration> getMisconfigurations() {
		return this.misconfigurations;
	}

}
