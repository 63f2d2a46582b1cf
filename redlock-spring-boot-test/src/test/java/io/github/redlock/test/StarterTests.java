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

import java.util.List;

import io.github.redlock.Lease;
import io.github.redlock.RedLocked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.BeanCreationException;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * The three ways to test an application with the starter.
 */
class StarterTests {

	@Nested
	@SpringBootTest(classes = Application.class)
	@EmbeddedRedLock
	class OnRealMasters {

		@Autowired
		private Till till;

		@AfterEach
		void heal(RedisMasters masters) {
			masters.heal();
		}

		@Test
		void paysWhileAMasterIsDown(RedisMasters masters) {
			assertThat(this.till.pay(7)).containsExactly("till:7");
			masters.get(0).kill();
			assertThat(this.till.pay(7)).containsExactly("till:7");
		}

	}

	@Nested
	@SpringBootTest(classes = Application.class, properties = "redlock.mode=local")
	class WithoutRedis {

		@Test
		void pays(@Autowired Till till) {
			assertThat(till.pay(7)).containsExactly("till:7");
		}

	}

	@Nested
	class WithoutAspectJ {

		@Test
		void endsTheStartWhereAspectJIsToGuard() {
			SpringApplication application = new SpringApplication(Application.class);
			assertThatExceptionOfType(BeanCreationException.class)
				.isThrownBy(() -> application.run("--redlock.mode=local", "--redlock.aspect.mode=aspectj"))
				.havingRootCause()
				.withMessageContaining(
						"'redlock.aspect.mode' has the value 'aspectj'. AspectJ is not on the class path");
		}

	}

	@Nested
	class WithoutAnyLock {

		@Test
		void pays() {
			assertThat(TestLease.of("my lock").<List<String>>call(() -> new Till().pay(7))).containsExactly("my lock");
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import(Till.class)
	static class Application {

	}

	static class Till {

		@RedLocked(name = "till", key = "#number")
		List<String> pay(int number) {
			return Lease.current().keys();
		}

	}

}
