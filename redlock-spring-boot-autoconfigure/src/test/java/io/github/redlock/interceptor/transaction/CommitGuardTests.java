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

package io.github.redlock.interceptor.transaction;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import javax.sql.DataSource;

import io.github.redlock.Lease;
import io.github.redlock.LeaseLostException;
import io.github.redlock.RedLockClient;
import io.github.redlock.RedLocked;
import io.github.redlock.autoconfigure.RedLockAutoConfiguration;
import io.github.redlock.interceptor.transaction.Database.Rows;
import io.github.redlock.test.EmbeddedRedLock;
import io.github.redlock.test.RedisMasters;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.aop.framework.AopProxyUtils;
import org.springframework.aop.framework.ProxyFactoryBean;
import org.springframework.beans.factory.config.AbstractFactoryBean;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.aop.AopAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceTransactionManagerAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.transaction.autoconfigure.TransactionAutoConfiguration;
import org.springframework.boot.transaction.autoconfigure.TransactionManagerCustomizationAutoConfiguration;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.datasource.embedded.EmbeddedDatabase;
import org.springframework.jdbc.datasource.embedded.EmbeddedDatabaseBuilder;
import org.springframework.jdbc.datasource.embedded.EmbeddedDatabaseType;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.ConfigurableTransactionManager;
import org.springframework.transaction.TransactionExecutionListener;
import org.springframework.transaction.TransactionManager;
import org.springframework.transaction.UnexpectedRollbackException;
import org.springframework.transaction.annotation.EnableTransactionManagement;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Transactions under leases, on real masters and a real database.
 */
@EmbeddedRedLock
class CommitGuardTests {

	private static final TransactionExecutionListener LISTENER = new TransactionExecutionListener() {
	};

	private final ApplicationContextRunner bare;

	private final ApplicationContextRunner contexts;

	CommitGuardTests(RedisMasters masters) {
		this.bare = new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(AopAutoConfiguration.class, RedLockAutoConfiguration.class))
			.withPropertyValues("redlock.nodes=" + masters.nodes(), "redlock.wait-for=5s");
		this.contexts = this.bare.withUserConfiguration(Database.class, Declarative.class).withBean(Ledger.class);
	}

	@Test
	void commitsUnderAValidLease() {
		with((context) -> {
			context.getBean(Ledger.class).keeping("kept");
			assertThat(rows(context)).containsExactly("kept");
		});
	}

	@Test
	void rollsBackATransactionWhoseLeaseWasLost() {
		with((context) -> {
			assertThatExceptionOfType(LeaseLostException.class)
				.isThrownBy(() -> context.getBean(Ledger.class).losing("lost"))
				.withMessageContaining("The transaction '" + Ledger.class.getName() + ".losing' is rolled back")
				.withMessageContaining("[Ledger.losing]");
			assertThat(rows(context)).isEmpty();
			context.getBean(Ledger.class).keeping("next on the thread");
			assertThat(rows(context)).hasSize(1);
		});
	}

	@Test
	void rollsBackAReadOnlyTransaction() {
		with((context) -> assertThatExceptionOfType(LeaseLostException.class)
			.isThrownBy(() -> context.getBean(Ledger.class).reading())
			.withMessageContaining("is rolled back"));
	}

	@Test
	void rollsBackATransactionThatIsBegunByProgram() {
		with((context) -> {
			assertThatExceptionOfType(LeaseLostException.class).isThrownBy(() -> shortLock(context, "program",
					() -> transactions(context).executeWithoutResult((status) -> writeAndLose(context))));
			assertThat(rows(context)).isEmpty();
		});
	}

	@Test
	void rollsBackForTheLossOfAnOuterLease() {
		with((context) -> {
			assertThatExceptionOfType(LeaseLostException.class).isThrownBy(() -> shortLock(context, "outer", () -> {
				Lease outer = Lease.current();
				context.getBean(RedLockClient.class)
					.lock("inner")
					.run(() -> transactions(context).executeWithoutResult((status) -> {
						context.getBean(Rows.class).write("lost");
						awaitLoss(outer);
					}));
			})).withMessageContaining("[outer]");
			assertThat(rows(context)).isEmpty();
		});
	}

	@Test
	void rollsBackANewTransactionInsideAndTheOneAround() {
		with((context) -> {
			TransactionTemplate inside = transactions(context);
			inside.setPropagationBehavior(TransactionTemplate.PROPAGATION_REQUIRES_NEW);
			List<Throwable> failures = new ArrayList<>();
			assertThatExceptionOfType(LeaseLostException.class).isThrownBy(() -> shortLock(context, "both", () -> {
				new TransactionTemplate(context.getBean(JdbcTransactionManager.class)).executeWithoutResult((outer) -> {
					context.getBean(Rows.class).write("around");
					try {
						inside.executeWithoutResult((inner) -> writeAndLose(context));
					}
					catch (LeaseLostException ex) {
						failures.add(ex);
					}
				});
			})).withMessageContaining("is rolled back");
			assertThat(failures).hasSize(1);
			assertThat(rows(context)).isEmpty();
		});
	}

	@Test
	void letsASavepointThatWasBegunUnderALostLeaseSpoilTheWholeTransaction() {
		with((context) -> {
			TransactionTemplate nested = new TransactionTemplate(context.getBean(JdbcTransactionManager.class));
			nested.setPropagationBehavior(TransactionTemplate.PROPAGATION_NESTED);
			assertThatExceptionOfType(UnexpectedRollbackException.class)
				.isThrownBy(() -> transactions(context).executeWithoutResult((outer) -> {
					context.getBean(Rows.class).write("around");
					assertThatExceptionOfType(LeaseLostException.class)
						.isThrownBy(() -> shortLock(context, "savepoint",
								() -> nested.executeWithoutResult((inner) -> writeAndLose(context))))
						.withMessageContaining("is rolled back");
				}));
			assertThat(rows(context)).isEmpty();
		});
	}

	@Test
	void leavesATransactionAloneThatWasBegunBeforeTheLease() {
		with((context) -> {
			transactions(context).executeWithoutResult((status) -> assertThatExceptionOfType(LeaseLostException.class)
				.isThrownBy(() -> shortLock(context, "late", () -> writeAndLose(context))));
			assertThat(rows(context)).containsExactly("lost");
		});
	}

	@Test
	void rollsBackATransactionThatOutlivesItsLease() {
		with((context) -> {
			JdbcTransactionManager manager = context.getBean(JdbcTransactionManager.class);
			var status = context.getBean(RedLockClient.class).lock("short").call(() -> manager.getTransaction(null));
			context.getBean(Rows.class).write("late");
			assertThatExceptionOfType(LeaseLostException.class).isThrownBy(() -> manager.commit(status));
			assertThat(rows(context)).isEmpty();
		});
	}

	@Test
	void canBeSwitchedOff() {
		this.contexts.withPropertyValues("redlock.transaction.commit-guard=false").run((context) -> {
			assertThatExceptionOfType(LeaseLostException.class)
				.isThrownBy(() -> context.getBean(Ledger.class).losing("lost"));
			assertThat(rows(context)).containsExactly("lost");
		});
	}

	@Test
	void isAddedOnceToATransactionManagerThatBootConfigures() {
		this.bare.withUserConfiguration(OnlyDatabase.class)
			.withBean(TransactionExecutionListener.class, () -> LISTENER)
			.withConfiguration(AutoConfigurations.of(DataSourceTransactionManagerAutoConfiguration.class,
					TransactionAutoConfiguration.class, TransactionManagerCustomizationAutoConfiguration.class))
			.run((context) -> assertGuardedOnce(context.getBean(ConfigurableTransactionManager.class)));
	}

	@ParameterizedTest
	@ValueSource(classes = { OwnListeners.class, GuardAmongListeners.class, MadeByFactoryBean.class })
	void isAddedOnceToATransactionManagerThatTheApplicationDefines(Class<?> configuration) {
		this.bare.withUserConfiguration(OnlyDatabase.class, configuration)
			.run((context) -> assertGuardedOnce(context.getBean(ConfigurableTransactionManager.class)));
	}

	@Test
	void isAddedToTheTransactionManagerBehindAProxy() {
		this.bare.withUserConfiguration(OnlyDatabase.class, MadeByProxyFactoryBean.class)
			.run((context) -> assertGuardedOnce(
					(ConfigurableTransactionManager) AopProxyUtils.getSingletonTarget(context.getBean("own"))));
	}

	@Test
	void locksWithoutTransactionsOnTheClasspath() {
		this.bare.withClassLoader(new FilteredClassLoader("org.springframework.transaction"))
			.withBean(Plain.class)
			.run((context) -> assertThat(context.getBean(Plain.class).work()).containsExactly("Plain.work"));
	}

	private static void assertGuardedOnce(ConfigurableTransactionManager manager) {
		assertThat(manager.getTransactionExecutionListeners()).hasSize(2)
			.contains(LISTENER)
			.hasAtLeastOneElementOfType(CommitGuard.class);
	}

	private void with(Check check) {
		this.contexts.run(check::check);
	}

	private static TransactionTemplate transactions(ApplicationContext context) {
		return context.getBean(TransactionTemplate.class);
	}

	private static List<String> rows(ApplicationContext context) {
		return context.getBean(Rows.class).read();
	}

	private static void shortLock(ApplicationContext context, String key, Runnable task) {
		context.getBean(RedLockClient.class).lock(key).lease(Duration.ofMillis(700)).renew(false).run(task);
	}

	private static void writeAndLose(ApplicationContext context) {
		context.getBean(Rows.class).write("lost");
		awaitLoss(Lease.current());
	}

	private static void awaitLoss(Lease lease) {
		await().until(() -> !lease.isValid());
	}

	private static JdbcTransactionManager manager(DataSource dataSource, TransactionExecutionListener... listeners) {
		JdbcTransactionManager manager = new JdbcTransactionManager(dataSource);
		manager.setTransactionExecutionListeners(List.copyOf(Arrays.asList(listeners)));
		return manager;
	}

	private interface Check {

		void check(ApplicationContext context) throws Exception;

	}

	@Configuration(proxyBeanMethods = false)
	@EnableTransactionManagement
	static class Declarative {

	}

	static class Ledger {

		private final Rows rows;

		Ledger(Rows rows) {
			this.rows = rows;
		}

		@RedLocked
		@Transactional
		void keeping(String text) {
			this.rows.write(text);
		}

		@RedLocked(lease = "700ms", renew = false)
		@Transactional
		void losing(String text) {
			this.rows.write(text);
			awaitLoss(Lease.current());
		}

		@RedLocked(lease = "700ms", renew = false)
		@Transactional(readOnly = true, propagation = Propagation.REQUIRES_NEW)
		void reading() {
			this.rows.read();
			awaitLoss(Lease.current());
		}

	}

	public static class Plain {

		@RedLocked
		public List<String> work() {
			return Lease.current().keys();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class OnlyDatabase {

		@Bean
		EmbeddedDatabase dataSource() {
			return new EmbeddedDatabaseBuilder().setType(EmbeddedDatabaseType.H2).generateUniqueName(true).build();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class OwnListeners {

		@Bean
		TransactionManager own(DataSource dataSource) {
			return manager(dataSource, LISTENER);
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class GuardAmongListeners {

		@Bean
		TransactionManager own(DataSource dataSource) {
			return manager(dataSource, new CommitGuard(), LISTENER);
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class MadeByFactoryBean {

		@Bean
		AbstractFactoryBean<JdbcTransactionManager> own(DataSource dataSource) {
			return new AbstractFactoryBean<>() {

				@Override
				public Class<?> getObjectType() {
					return JdbcTransactionManager.class;
				}

				@Override
				protected JdbcTransactionManager createInstance() {
					return manager(dataSource, LISTENER);
				}

			};
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class MadeByProxyFactoryBean {

		@Bean
		ProxyFactoryBean own(DataSource dataSource) {
			ProxyFactoryBean proxies = new ProxyFactoryBean();
			proxies.setTarget(manager(dataSource, LISTENER));
			proxies.setProxyTargetClass(true);
			return proxies;
		}

	}

}
