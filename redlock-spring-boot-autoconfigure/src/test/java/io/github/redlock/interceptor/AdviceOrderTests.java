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

package io.github.redlock.interceptor;

import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import javax.sql.DataSource;

import io.github.redlock.Lease;
import io.github.redlock.LockBusyException;
import io.github.redlock.RedLockClient;
import io.github.redlock.RedLockListener;
import io.github.redlock.RedLocked;
import io.github.redlock.autoconfigure.RedLockAutoConfiguration;
import io.github.redlock.test.EmbeddedRedLock;
import io.github.redlock.test.RedisMasters;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.aop.AopAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.cache.annotation.Cacheable;
import org.springframework.cache.annotation.EnableCaching;
import org.springframework.cache.concurrent.ConcurrentMapCacheManager;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.resilience.InvocationRejectedException;
import org.springframework.resilience.annotation.ConcurrencyLimit;
import org.springframework.resilience.annotation.EnableResilientMethods;
import org.springframework.resilience.annotation.Retryable;
import org.springframework.scheduling.annotation.Async;
import org.springframework.scheduling.annotation.EnableAsync;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.access.prepost.PostAuthorize;
import org.springframework.security.access.prepost.PreAuthorize;
import org.springframework.security.authentication.TestingAuthenticationToken;
import org.springframework.security.config.annotation.method.configuration.EnableMethodSecurity;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.transaction.annotation.EnableTransactionManagement;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Where the lock is taken among the other advice of a method, with the defaults of all.
 */
@EmbeddedRedLock
class AdviceOrderTests {

	private final Journal journal = new Journal();

	private final ApplicationContextRunner contexts;

	AdviceOrderTests(RedisMasters masters) {
		this.contexts = new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(AopAutoConfiguration.class, RedLockAutoConfiguration.class))
			.withBean(Journal.class, () -> this.journal)
			.withBean(Shop.class)
			.withPropertyValues("redlock.nodes=" + masters.nodes(), "redlock.wait-for=10s");
	}

	@AfterEach
	void logOut() {
		SecurityContextHolder.clearContext();
	}

	@Test
	void aCallerWithoutTheRightNeverAsksForTheLock() {
		with(Security.class, (context, shop) -> {
			logIn("ROLE_VISITOR");
			assertThatExceptionOfType(AccessDeniedException.class).isThrownBy(shop::sell);
			try (Lease lease = context.getBean(RedLockClient.class).lock("Shop.sell").acquire()) {
				assertThatExceptionOfType(AccessDeniedException.class).isThrownBy(shop::sell);
				logIn("ROLE_CLERK");
				assertThatExceptionOfType(LockBusyException.class).isThrownBy(shop::sell);
			}
			assertThat(this.journal.events).containsExactly("acquired", "busy", "released");
		});
	}

	@Test
	void theLockIsGivenBackBeforeTheResultIsAuthorized() {
		with(Security.class, (context, shop) -> {
			logIn("ROLE_VISITOR");
			assertThatExceptionOfType(AccessDeniedException.class).isThrownBy(shop::inspect);
			assertThat(this.journal.events).containsExactly("acquired", "body", "released");
		});
	}

	@Test
	void anAsynchronousMethodTakesTheLockOnItsWorker() {
		with(Asynchronous.class, (context, shop) -> {
			BlockingQueue<Thread> bodies = new LinkedBlockingQueue<>();
			try (Lease lease = context.getBean(RedLockClient.class).lock("Shop.later").acquire()) {
				shop.later(bodies);
				assertThat(bodies.poll(100, TimeUnit.MILLISECONDS)).isNull();
			}
			assertThat(bodies.poll(10, TimeUnit.SECONDS)).isNotNull().isNotEqualTo(Thread.currentThread());
		});
	}

	@Test
	void eachAttemptTakesItsLockAnew() {
		with(Resilient.class, (context, shop) -> {
			assertThat(shop.retried()).isEqualTo(3);
			assertThat(this.journal.events).containsExactly("acquired", "body", "released", "acquired", "body",
					"released", "acquired", "body", "released");
		});
	}

	@Test
	void aBusyLockIsAskedForAgainByARetry() {
		with(Resilient.class, (context, shop) -> {
			try (Lease lease = context.getBean(RedLockClient.class).lock("Shop.impatient").acquire()) {
				assertThatExceptionOfType(LockBusyException.class).isThrownBy(shop::impatient);
			}
			assertThat(this.journal.events).containsExactly("acquired", "busy", "busy", "busy", "released");
		});
	}

	@Test
	void aCallBeyondTheLimitOfConcurrencyNeverAsksForTheLock() {
		with(Resilient.class, (context, shop) -> {
			CountDownLatch entered = new CountDownLatch(1);
			CountDownLatch ended = new CountDownLatch(1);
			CompletableFuture<Void> first = CompletableFuture.runAsync(() -> shop.limited("a", entered, ended));
			assertThat(entered.await(10, TimeUnit.SECONDS)).isTrue();
			assertThatExceptionOfType(InvocationRejectedException.class)
				.isThrownBy(() -> shop.limited("b", entered, ended));
			ended.countDown();
			first.get(10, TimeUnit.SECONDS);
			assertThat(this.journal.events).containsExactly("acquired", "released");
		});
	}

	@Test
	void aTransactionBeginsAndCommitsUnderTheLock() {
		with(Transactions.class, (context, shop) -> {
			shop.transactional();
			assertThat(this.journal.events).containsExactly("acquired", "body", "committed", "released");
		});
	}

	@Test
	void aCacheIsAskedUnderTheLock() {
		with(Caching.class, (context, shop) -> {
			assertThat(shop.cached()).isEqualTo(shop.cached());
			assertThat(this.journal.events).containsExactly("acquired", "body", "released", "acquired", "released");
		});
	}

	@Test
	void aCacheIsAskedBeforeTheLockIfItsOrderSaysSo() {
		with(EarlyCaching.class, (context, shop) -> {
			assertThat(shop.cached()).isEqualTo(shop.cached());
			assertThat(this.journal.events).containsExactly("acquired", "body", "released");
		});
	}

	@ParameterizedTest
	@ValueSource(classes = { Security.class, Asynchronous.class, Resilient.class, Transactions.class, Caching.class })
	void theLockIsTakenWhateverElseAdvisesTheBean(Class<?> configuration) {
		with(configuration, (context, shop) -> assertThat(shop.plain()).containsExactly("Shop.plain"));
	}

	private void with(Class<?> configuration, Check check) {
		this.contexts.withUserConfiguration(configuration)
			.run((context) -> check.check(context, context.getBean(Shop.class)));
	}

	private static void logIn(String role) {
		SecurityContextHolder.getContext().setAuthentication(new TestingAuthenticationToken("someone", "", role));
	}

	private interface Check {

		void check(ApplicationContext context, Shop shop) throws Exception;

	}

	/**
	 * What happened, in order.
	 */
	static class Journal implements RedLockListener {

		private final List<String> events = new CopyOnWriteArrayList<>();

		@Override
		public void acquired(Lease lease) {
			this.events.add("acquired");
		}

		@Override
		public void busy(List<String> keys) {
			this.events.add("busy");
		}

		@Override
		public void released(Lease lease) {
			this.events.add("released");
		}

	}

	static class Shop {

		private final Journal journal;

		Shop(Journal journal) {
			this.journal = journal;
		}

		@RedLocked
		List<String> plain() {
			return Lease.current().keys();
		}

		@RedLocked(waitFor = "1s")
		@PreAuthorize("hasRole('CLERK')")
		void sell() {
			throw new AssertionError("must not run");
		}

		@RedLocked
		@PostAuthorize("hasRole('CLERK')")
		String inspect() {
			this.journal.events.add("body");
			return "inspected";
		}

		@RedLocked
		@Async
		void later(BlockingQueue<Thread> bodies) {
			assertThat(Lease.current().isValid()).isTrue();
			bodies.add(Thread.currentThread());
		}

		@RedLocked
		@Retryable(maxRetries = 2, delay = 1)
		long retried() {
			this.journal.events.add("body");
			long attempts = this.journal.events.stream().filter("body"::equals).count();
			if (attempts < 3) {
				throw new IllegalStateException("again");
			}
			return attempts;
		}

		@RedLocked(waitFor = "500ms")
		@Retryable(includes = LockBusyException.class, maxRetries = 2, delay = 1)
		void impatient() {
			throw new AssertionError("must not run");
		}

		@RedLocked(key = "#id")
		@ConcurrencyLimit(limit = 1, policy = ConcurrencyLimit.ThrottlePolicy.REJECT)
		void limited(String id, CountDownLatch entered, CountDownLatch ended) {
			entered.countDown();
			try {
				ended.await(10, TimeUnit.SECONDS);
			}
			catch (InterruptedException ex) {
				throw new IllegalStateException(ex);
			}
		}

		@RedLocked
		@Transactional
		void transactional() {
			this.journal.events.add("body");
			Lease lease = Lease.current();
			TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {

				@Override
				public void afterCommit() {
					assertThat(Lease.current()).isSameAs(lease);
					assertThat(lease.isValid()).isTrue();
					Shop.this.journal.events.add("committed");
				}

			});
		}

		@RedLocked
		@Cacheable("results")
		long cached() {
			this.journal.events.add("body");
			return System.nanoTime();
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableMethodSecurity
	static class Security {

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAsync
	static class Asynchronous {

	}

	@Configuration(proxyBeanMethods = false)
	@EnableResilientMethods
	static class Resilient {

	}

	@Configuration(proxyBeanMethods = false)
	@EnableTransactionManagement
	static class Transactions {

		@Bean
		JdbcTransactionManager transactionManager() {
			DataSource dataSource = new DriverManagerDataSource("jdbc:h2:mem:order");
			return new JdbcTransactionManager(dataSource);
		}

	}

	abstract static class Caches {

		@Bean
		ConcurrentMapCacheManager cacheManager() {
			return new ConcurrentMapCacheManager();
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableCaching
	static class Caching extends Caches {

	}

	@Configuration(proxyBeanMethods = false)
	@EnableCaching(order = 999)
	static class EarlyCaching extends Caches {

	}

}
