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

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

import javax.sql.DataSource;

import io.github.redlock.RedLocked;
import io.github.redlock.autoconfigure.RedLockAutoConfiguration;
import io.github.redlock.test.EmbeddedRedLock;
import io.github.redlock.test.RedisMasters;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.aop.AopAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.annotation.EnableTransactionManagement;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.support.DefaultTransactionStatus;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * {@link RedLocked @RedLocked} and {@link Transactional @Transactional} on one method, in
 * two applications that share masters and a database: who reads, adds one and writes
 * loses the update of whoever has read the same.
 */
@EmbeddedRedLock
class TransactionOrderTests {

	private static final int INCREMENTS = 4;

	private static final String LOCK_INSIDE = "redlock.aspect.order=2147483647";

	private final ApplicationContextRunner contexts;

	private final DataSource database = new DriverManagerDataSource(
			"jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1");

	private final Reads reads = new Reads();

	TransactionOrderTests(RedisMasters masters) {
		this.contexts = new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(AopAutoConfiguration.class, RedLockAutoConfiguration.class))
			.withBean(DataSource.class, () -> this.database)
			.withBean(Reads.class, () -> this.reads)
			.withBean(Counter.class)
			.withPropertyValues("redlock.nodes=" + masters.nodes(), "redlock.wait-for=20s");
	}

	@Test
	void theNextHolderSeesWhatThePreviousOneCommitted() {
		assertThat(lostUpdates(this.contexts.withUserConfiguration(Transactions.class))).isZero();
	}

	@Test
	void updatesAreLostWhereTheLockIsInsideTheTransaction() {
		assertThat(lostUpdates(
				this.contexts.withUserConfiguration(EarlyTransactions.class).withPropertyValues(LOCK_INSIDE)))
			.isPositive();
	}

	@Test
	void noUpdateIsLostWhereALockInsideTheTransactionIsKeptUntilItsCompletion() {
		assertThat(lostUpdates(this.contexts.withUserConfiguration(EarlyTransactions.class)
			.withPropertyValues(LOCK_INSIDE, "redlock.transaction.on-active=after-completion"))).isZero();
	}

	private int lostUpdates(ApplicationContextRunner contexts) {
		JdbcTemplate jdbc = new JdbcTemplate(this.database);
		jdbc.execute("create table counter (amount int)");
		jdbc.update("insert into counter values (0)");
		ExecutorService threads = Executors.newFixedThreadPool(2);
		try {
			contexts.run((one) -> contexts.run((other) -> {
				List<CompletableFuture<?>> callers = new ArrayList<>();
				for (Counter counter : List.of(one.getBean(Counter.class), other.getBean(Counter.class))) {
					callers.add(CompletableFuture.runAsync(() -> {
						for (int i = 0; i < INCREMENTS; i++) {
							counter.increment();
						}
					}, threads));
				}
				callers.forEach(CompletableFuture::join);
			}));
		}
		finally {
			threads.shutdown();
		}
		return 2 * INCREMENTS - jdbc.queryForObject("select amount from counter", Integer.class);
	}

	static class Counter {

		private final JdbcTemplate jdbc;

		private final Reads reads;

		Counter(DataSource dataSource, Reads reads) {
			this.jdbc = new JdbcTemplate(dataSource);
			this.reads = reads;
		}

		@RedLocked(name = "counter")
		@Transactional
		void increment() {
			int amount = this.jdbc.queryForObject("select amount from counter", Integer.class);
			this.reads.note();
			this.jdbc.update("update counter set amount = ?", amount + 1);
		}

	}

	/**
	 * Counts who has read.
	 */
	static class Reads {

		private static final long LONGEST = 300;

		private final ThreadLocal<Integer> own = new ThreadLocal<>();

		private int count;

		synchronized void note() {
			this.own.set(++this.count);
			notifyAll();
		}

		/**
		 * Wait for a read after that of this thread, for as long as a slow commit takes.
		 */
		synchronized void awaitNext() throws InterruptedException {
			long end = System.nanoTime() + LONGEST * 1_000_000;
			for (long left = LONGEST; this.count == this.own.get() && left > 0;) {
				wait(left);
				left = (end - System.nanoTime()) / 1_000_000;
			}
		}

	}

	abstract static class SlowCommits {

		@Bean
		PlatformTransactionManager transactionManager(DataSource dataSource, Reads reads) {
			return new JdbcTransactionManager(dataSource) {

				@Override
				protected void doCommit(DefaultTransactionStatus status) {
					try {
						reads.awaitNext();
					}
					catch (InterruptedException ex) {
						Thread.currentThread().interrupt();
					}
					super.doCommit(status);
				}

			};
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableTransactionManagement
	static class Transactions extends SlowCommits {

	}

	@Configuration(proxyBeanMethods = false)
	@EnableTransactionManagement(order = 500)
	static class EarlyTransactions extends SlowCommits {

	}

}
