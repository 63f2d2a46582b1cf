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

package io.github.redlock.test;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * {@link EmbeddedRedLock @EmbeddedRedLock} on nested and inherited plain JUnit tests.
 */
@EmbeddedRedLock(masters = 2)
class EmbeddedRedLockNestedTests {

	private static @Nullable RedisMasters outer;

	private static @Nullable RedisMasters own;

	private static @Nullable RedisMasters inherited;

	private final RedisMasters masters;

	EmbeddedRedLockNestedTests(RedisMasters masters) {
		this.masters = masters;
	}

	@BeforeAll
	static void start(RedisMasters masters) {
		outer = masters;
	}

	@AfterAll
	static void mastersEndWithTheAnnotatedClass(RedisMasters masters) {
		assertThat(masters).isSameAs(outer).hasSize(2).allMatch(RedisMaster::isRunning);
		assertThat(own).hasSize(1).noneMatch(RedisMaster::isRunning);
		assertThat(inherited).hasSize(1).isNotSameAs(own).noneMatch(RedisMaster::isRunning);
	}

	@Test
	void areThoseOfTheClass(RedisMasters parameter) {
		assertThat(parameter).isSameAs(outer).isSameAs(this.masters);
	}

	@Nested
	class InANestedClass {

		private final RedisMasters constructed;

		InANestedClass(RedisMasters masters) {
			this.constructed = masters;
		}

		@Test
		void areThoseOfTheEnclosingClass(RedisMasters parameter) {
			assertThat(parameter).isSameAs(outer)
				.isSameAs(this.constructed)
				.isSameAs(EmbeddedRedLockNestedTests.this.masters);
		}

	}

	@Nested
	@EmbeddedRedLock(masters = 1)
	class InANestedClassOfItsOwn {

		@Test
		void areOthers(RedisMasters parameter) {
			own = parameter;
			assertThat(parameter).hasSize(1).isNotSameAs(outer);
			assertThat(EmbeddedRedLockNestedTests.this.masters).isSameAs(outer);
		}

		@Nested
		class AndDeeper {

			@Test
			void areThoseOfTheNearest(RedisMasters parameter) {
				assertThat(parameter).hasSize(1).allMatch(RedisMaster::isRunning).isNotSameAs(outer);
			}

		}

	}

	@Nested
	class InASubclass extends Annotated {

		@Test
		void areOthersForEachSubclass(RedisMasters parameter) {
			inherited = parameter;
			assertThat(parameter).hasSize(1).isNotSameAs(own);
		}

	}

	@EmbeddedRedLock(masters = 1)
	abstract static class Annotated {

	}

}
