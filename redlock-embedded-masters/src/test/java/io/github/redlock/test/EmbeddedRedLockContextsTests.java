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

import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.test.annotation.DirtiesContext.HierarchyMode;
import org.springframework.test.context.ContextConfiguration;
import org.springframework.test.context.TestContextManager;
import org.springframework.test.context.junit.jupiter.SpringExtension;
import org.springframework.test.context.junit.jupiter.SpringJUnitConfig;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * {@link EmbeddedRedLock @EmbeddedRedLock} on several Spring tests, whose contexts are
 * cached. This one is made a Spring test by hand.
 */
@ExtendWith(SpringExtension.class)
@ContextConfiguration(classes = EmbeddedRedLockContextsTests.Application.class)
@EmbeddedRedLock(masters = 1, config = "timeout 7")
class EmbeddedRedLockContextsTests {

	@Test
	void mastersAreThoseOfTheContext(RedisMasters parameter, @Autowired RedisMasters bean) {
		assertThat(parameter).isSameAs(bean).hasSize(1);
	}

	@Test
	void classesThatWantTheSameShareAContextAndItsMasters() {
		assertThat(context(One.class)).isSameAs(context(Other.class)).isSameAs(context(Inherited.class));
		assertThat(masters(One.class)).hasSize(2);
		close(One.class);
	}

	@Test
	void classesThatWantSomethingElseHaveMastersOfTheirOwn() {
		assertThat(masters(More.class)).hasSize(3).doesNotContainAnyElementsOf(masters(One.class));
		assertThat(masters(Configured.class)).hasSize(2).doesNotContainAnyElementsOf(masters(One.class));
		assertThat(context(More.class).getEnvironment().getProperty("redlock.nodes"))
			.isEqualTo(masters(More.class).nodes());
		close(One.class);
		close(More.class);
		close(Configured.class);
	}

	@Test
	void mastersLiveAsLongAsTheirContextAndAllOtherBeans() {
		RedisMasters masters = masters(One.class);
		Watcher watcher = context(One.class).getBean(Watcher.class);
		assertThat(masters).allMatch(RedisMaster::isRunning);
		close(One.class);
		assertThat(masters).noneMatch(RedisMaster::isRunning);
		assertThat(watcher.ranAtTheEnd).hasSize(2).containsOnly(true);
		assertThat(masters(One.class)).allMatch(RedisMaster::isRunning);
		close(One.class);
	}

	@Test
	void contextThatFailsToStartLeavesNoMaster() {
		long before = ProcessHandle.current().descendants().count();
		assertThatIllegalStateException().isThrownBy(() -> context(Failing.class));
		assertThat(ProcessHandle.current().descendants().count()).isEqualTo(before);
	}

	private static ApplicationContext context(Class<?> test) {
		return new TestContextManager(test).getTestContext().getApplicationContext();
	}

	private static RedisMasters masters(Class<?> test) {
		return context(test).getBean(RedisMasters.class);
	}

	private static void close(Class<?> test) {
		new TestContextManager(test).getTestContext().markApplicationContextDirty(HierarchyMode.EXHAUSTIVE);
	}

	@SpringJUnitConfig(Application.class)
	@EmbeddedRedLock(masters = 2)
	static class One {

	}

	@SpringJUnitConfig(Application.class)
	@EmbeddedRedLock(masters = 2)
	static class Other {

	}

	static class Inherited extends Other {

	}

	@EmbeddedRedLock
	static class More extends Other {

	}

	@EmbeddedRedLock(masters = 2, config = "appendonly yes")
	static class Configured extends Other {

	}

	@SpringJUnitConfig(NoApplication.class)
	@EmbeddedRedLock(masters = 2)
	static class Failing {

	}

	@Configuration(proxyBeanMethods = false)
	static class Application {

		@Bean
		Watcher watcher(RedisMasters masters) {
			return new Watcher(masters);
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class NoApplication {

		NoApplication() {
			throw new IllegalArgumentException("This application never starts");
		}

	}

	/**
	 * A bean that needs the masters until its end.
	 */
	static class Watcher implements AutoCloseable {

		private final RedisMasters masters;

		private final List<Boolean> ranAtTheEnd = new ArrayList<>();

		Watcher(RedisMasters masters) {
			this.masters = masters;
		}

		@Override
		public void close() {
			this.masters.forEach((master) -> this.ranAtTheEnd.add(master.isRunning()));
		}

	}

}
