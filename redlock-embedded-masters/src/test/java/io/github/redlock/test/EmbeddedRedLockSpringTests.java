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
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * {@link EmbeddedRedLock @EmbeddedRedLock} in a Spring test.
 */
@SpringBootTest(classes = EmbeddedRedLockSpringTests.Application.class)
@EmbeddedRedLock
class EmbeddedRedLockSpringTests {

	private static @Nullable RedisMasters first;

	@Autowired
	private RedisMasters masters;

	@Value("${redlock.nodes}")
	private String nodes;

	@BeforeAll
	static void start(RedisMasters masters) {
		first = masters;
	}

	@AfterEach
	void heal(RedisMasters masters) {
		masters.heal();
	}

	@Test
	void mastersAreInjectedAndTheirAddressesAreTheProperty(@Autowired RedisMasters parameter) {
		assertThat(this.masters).hasSize(3).isSameAs(parameter).isSameAs(first);
		assertThat(this.masters).allMatch(RedisMaster::isRunning);
		assertThat(this.nodes).isEqualTo(this.masters.nodes());
	}

	@Test
	void parametersNeedNoAnnotation(RedisMasters parameter) {
		assertThat(parameter).isSameAs(this.masters);
	}

	@Nested
	class InANestedClass {

		private final RedisMasters constructed;

		@Autowired
		private RedisMasters injected;

		InANestedClass(RedisMasters masters) {
			this.constructed = masters;
		}

		@Test
		void areThoseOfTheEnclosingClass(RedisMasters parameter, @Autowired RedisMasters autowired) {
			assertThat(parameter).isSameAs(EmbeddedRedLockSpringTests.this.masters)
				.isSameAs(this.constructed)
				.isSameAs(this.injected)
				.isSameAs(autowired);
		}

	}

	@Nested
	@EmbeddedRedLock(masters = 1)
	class InANestedClassOfItsOwn {

		private final RedisMasters constructed;

		@Value("${redlock.nodes}")
		private String ownNodes;

		@Autowired
		InANestedClassOfItsOwn(RedisMasters masters) {
			this.constructed = masters;
		}

		@Test
		void areOthers(RedisMasters parameter) {
			assertThat(parameter).hasSize(1).isSameAs(this.constructed).isNotSameAs(first);
			assertThat(this.ownNodes).isEqualTo(parameter.nodes());
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Application {

	}

}
