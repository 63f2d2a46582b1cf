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

package io.github.redlock.autoconfigure;

import java.util.stream.Collectors;

import io.github.redlock.redisson.Misconfiguration;
import io.github.redlock.redisson.MisconfiguredMastersException;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/**
 * Tells which addresses under {@code redlock.nodes} cannot be masters, and why.
 */
class MisconfiguredMastersFailureAnalyzer extends AbstractFailureAnalyzer<MisconfiguredMastersException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, MisconfiguredMastersException cause) {
		String description = cause.getMisconfigurations()
			.stream()
			.map((wrong) -> "%n    %s".formatted(wrong))
			.collect(Collectors.joining("", "The Redis masters under 'redlock.nodes' cannot make a quorum:", ""));
		String action = cause.getMisconfigurations()
			.stream()
			.map(Misconfiguration::mend)
			.distinct()
			.collect(Collectors.joining(System.lineSeparator()));
		return new FailureAnalysis(description, action, cause);
	}

}
