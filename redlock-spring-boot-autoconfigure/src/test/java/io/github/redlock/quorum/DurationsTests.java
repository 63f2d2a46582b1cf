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

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link Durations}.
 */
class DurationsTests {

	@ParameterizedTest
	@CsvSource({ "PT0S, 3", "PT10S, 3", "PT10S, 100", "PT0.000000001S, 2", "PT1.999999999S, 10",
			"PT29H59M7.123456789S, 7", "PT2562047788015215H30M7.999999999S, 100",
			"PT2562047788015215H30M7.999999999S, 3", "PT-0.000000001S, 3", "PT-10.5S, 100" })
	void aPartIsTheQuotient(Duration whole, int parts) {
		assertThat(Durations.part(whole, parts)).isEqualTo(whole.dividedBy(parts));
	}

}
