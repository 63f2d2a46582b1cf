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
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

import io.github.redlock.Lease;
import io.github.redlock.LeaseLostException;
import io.github.redlock.LockBusyException;
import io.github.redlock.RedLockClient;
import io.github.redlock.RedLockListener;
import io.github.redlock.RedLocked;
import io.github.redlock.autoconfigure.MasterProbe;
import io.github.redlock.autoconfigure.RedLockAutoConfiguration;
import io.github.redlock.interceptor.transaction.Database.Rows;
import io.github.redlock.quorum.QuorumLocks;
import io.github.redlock.test.EmbeddedRedLock;
import io.github.redlock.test.RedisMasters;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.aop.AopAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.transaction.IllegalTransactionStateException;
import org.springframework.transaction.annotation.EnableTransactionManagement;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatRuntimeException;
import static org.awaitility.Awaitility.await;

/**
 * {@link RedLocked @RedLocked} methods that are called inside a transaction, on real
 * masters and a real database.
 */
@EmbeddedRedLock
@ExtendWith(OutputCaptureExtension.class)
class OnActiveTransactionTests {

	private static final String WARNING = "is called inside";

	private final RedisMasters masters;

	private final ApplicationContextRunner bare;

	private final ApplicationContextRunner contexts;

	OnActiveTransactionTests(RedisMasters masters) {
		this.masters = masters;
		this.bare = new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(AopAutoConfiguration.class, RedLockAutoConfiguration.class))
			.withUserConfiguration(Database.class)
			.withBean(Accounts.class)
			.withBean(Asked.class)
			.withPropertyValues("redlock.nodes=" + masters.nodes(), "redlock.wait-for=3s");
		this.contexts = this.bare.withUserConfiguration(Declarative.class);
	}

	@Test
	void warnsOnceForEachMethodByDefault(CapturedOutput output) {
		this.contexts.run((context) -> {
			Accounts accounts = context.getBean(Accounts.class);
			for (int i = 0; i < 2; i++) {
				inTransaction(context, () -> {
					accounts.write("a", "1");
					assertThat(isLocked("a")).isFalse();
					accounts.other("a");
				});
			}
			assertThat(rows(context)).hasSize(2);
			assertThat(output.toString().split(WARNING, -1)).hasSize(3);
			assertThat(output).contains("@RedLocked method " + Accounts.class.getName() + ".write is called")
				.contains("its lock is given back before that transaction commits")
				.contains("inside the transaction 'booking'")
				.contains("redlock.transaction.on-active=after-completion");
		});
	}

	@Test
	void doesNotWarnOutsideATransaction(CapturedOutput output) {
		this.contexts.run((context) -> {
			Accounts accounts = context.getBean(Accounts.class);
			accounts.write("a", "1");
			accounts.transactional("a", "2");
			assertThat(rows(context)).containsExactly("1", "2");
			assertThat(output).doesNotContain(WARNING);
		});
	}

	@Test
	void failsBeforeTheLockIsAskedFor() {
		with("fail", (context) -> {
			Accounts accounts = context.getBean(Accounts.class);
			inTransaction(context,
					() -> assertThatExceptionOfType(IllegalTransactionStateException.class)
						.isThrownBy(() -> accounts.write("a", "1"))
						.withMessageContaining("Accounts.write")
						.withMessageContaining(WARNING));
			assertThat(context.getBean(Asked.class).acquired).hasValue(0);
			assertThat(rows(context)).isEmpty();
			accounts.transactional("a", "2");
			assertThat(rows(context)).containsExactly("2");
		});
	}

	@Test
	void allowsWithoutAWord(CapturedOutput output) {
		with("allow", (context) -> {
			inTransaction(context, () -> context.getBean(Accounts.class).write("a", "1"));
			assertThat(rows(context)).containsExactly("1");
			assertThat(output).doesNotContain(WARNING);
		});
	}

	@ParameterizedTest
	@ValueSource(strings = { "fail", "after-completion" })
	void doesNotMindAMethodWithATransactionOfItsOwn(String onActive) {
		with(onActive, (context) -> inTransaction(context, () -> {
			context.getBean(Accounts.class).separate("a", "1");
			assertThat(inOtherThread(() -> rows(context))).containsExactly("1");
			assertThat(isLocked("a")).isFalse();
		}));
	}

	@Test
	void failsWhereTheMethodsOwnTransactionIsAroundItsLock() {
		this.bare.withPropertyValues("redlock.transaction.on-active=fail", "redlock.aspect.order=2147483647")
			.withUserConfiguration(EarlyTransactions.class)
			.run((context) -> assertThatExceptionOfType(IllegalTransactionStateException.class)
				.isThrownBy(() -> context.getBean(Accounts.class).separate("a", "1")));
	}

	@Test
	void doesNotMindTheCompletionOfATransaction() {
		with("fail", (context) -> {
			inTransaction(context,
					() -> TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {

						@Override
						public void afterCompletion(int status) {
							context.getBean(Accounts.class).other("a");
						}

					}));
			assertThat(context.getBean(Asked.class).acquired).hasValue(1);
		});
	}

	@Test
	void keepsTheLockUntilTheCommit() {
		with("after-completion", (context) -> {
			List<Boolean> locked = new ArrayList<>();
			inTransaction(context, () -> {
				context.getBean(Accounts.class).write("a", "1");
				assertThatExceptionOfType(IllegalStateException.class).isThrownBy(Lease::current);
				TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {

					@Override
					public void afterCommit() {
						locked.add(isLocked("a"));
					}

				});
			});
			assertThat(locked).containsExactly(true);
			assertThat(isLocked("a")).isFalse();
			assertThat(rows(context)).containsExactly("1");
			assertThat(KeptLease.leases()).isEmpty();
		});
	}

	@Test
	void asksOnlyForTheKeysThatAreNotHeldAroundTheTransaction() {
		with("after-completion", (context) -> {
			Accounts accounts = context.getBean(Accounts.class);
			context.getBean(RedLockClient.class).lock("accounts:a").run(() -> {
				inTransaction(context, () -> {
					accounts.both("a", "b");
					assertThat(isLocked("b")).isTrue();
					accounts.both("a", "b");
				});
				assertThat(isLocked("a")).isTrue();
				assertThat(isLocked("b")).isFalse();
			});
			assertThat(context.getBean(Asked.class).acquired).hasValue(2);
		});
	}

	@Test
	void losesTheLockAtAShutdownInsteadOfGivingItToOthers() {
		with("after-completion", (context) -> {
			assertThatExceptionOfType(LeaseLostException.class).isThrownBy(() -> inTransaction(context, () -> {
				context.getBean(Accounts.class).write("shut", "1");
				context.getBean(QuorumLocks.class).close();
				assertThat(isLocked("shut")).isTrue();
			}));
			assertThat(rows(context)).isEmpty();
		});
	}

	@Test
	void keepsTheLockOfAMethodThatFailsUntilTheRollback() {
		with("after-completion", (context) -> {
			assertThatRuntimeException().isThrownBy(() -> inTransaction(context, () -> {
				assertThatRuntimeException().isThrownBy(() -> context.getBean(Accounts.class).failing("a"))
					.withMessage("method");
				assertThat(isLocked("a")).isTrue();
				throw new IllegalStateException("transaction");
			})).withMessage("transaction");
			assertThat(isLocked("a")).isFalse();
		});
	}

	@Test
	void entersASecondTimeWithoutAskingAgain() {
		with("after-completion", (context) -> {
			Accounts accounts = context.getBean(Accounts.class);
			inTransaction(context, () -> {
				long token = accounts.token("a");
				accounts.write("a", "1");
				assertThat(accounts.token("a")).isEqualTo(token);
				accounts.token("b");
				accounts.both("a", "b");
			});
			assertThat(context.getBean(Asked.class).acquired).hasValue(2);
			assertThat(context.getBean(Asked.class).released).hasValue(2);
		});
	}

	@Test
	void refusesAMethodOfWhoseKeysTheTransactionKeepsSome() {
		with("after-completion", (context) -> inTransaction(context, () -> {
			Accounts accounts = context.getBean(Accounts.class);
			accounts.token("a");
			assertThatExceptionOfType(IllegalTransactionStateException.class).isThrownBy(() -> accounts.both("a", "b"))
				.withMessageContaining("[accounts:a]")
				.withMessageContaining("[accounts:a, accounts:b]")
				.withMessageContaining("lock all of the keys");
			assertThat(isLocked("b")).isFalse();
		}));
	}

	@Test
	void isNotConfusedByATransactionThatIsSuspended() {
		with("after-completion", (context) -> {
			Accounts accounts = context.getBean(Accounts.class);
			inTransaction(context, () -> {
				long token = accounts.token("a");
				inNewTransaction(context, () -> {
					assertThat(accounts.token("a")).isEqualTo(token);
					accounts.token("b");
				});
				assertThat(isLocked("a")).isTrue();
				assertThat(isLocked("b")).isFalse();
				outsideTransactions(context, () -> assertThat(accounts.token("a")).isEqualTo(token));
				assertThat(isLocked("a")).isTrue();
			});
			assertThat(isLocked("a")).isFalse();
			assertThat(context.getBean(Asked.class).acquired).hasValue(2);
		});
	}

	@Test
	void rollsBackATransactionWhoseKeptLeaseIsLostBeforeTheCommit() {
		with("after-completion", (context) -> {
			assertThatExceptionOfType(LeaseLostException.class).isThrownBy(() -> inTransaction(context, () -> {
				Lease lease = context.getBean(Accounts.class).shortly("a", "lost");
				await().until(() -> !lease.isValid());
			})).withMessageContaining("is rolled back").withMessageContaining("[accounts:a]");
			assertThat(rows(context)).isEmpty();
			inTransaction(context, () -> context.getBean(Accounts.class).write("a", "1"));
			assertThat(rows(context)).containsExactly("1");
		});
	}

	@Test
	void rollsBackATransactionInsideThatUsesAKeptLeaseWhichIsLost() {
		with("after-completion", (context) -> {
			assertThatExceptionOfType(LeaseLostException.class).isThrownBy(() -> inTransaction(context, () -> {
				Lease lease = context.getBean(Accounts.class).shortly("a", "around");
				assertThatExceptionOfType(LeaseLostException.class).isThrownBy(() -> inNewTransaction(context, () -> {
					context.getBean(Rows.class).write("inside");
					await().until(() -> !lease.isValid());
				}));
			}));
			assertThat(rows(context)).isEmpty();
		});
	}

	@Test
	void tellsTheCallerOfALossWhileTheMethodRunsAndDoesNotEnterAgain() {
		with("after-completion", (context) -> {
			assertThatExceptionOfType(LeaseLostException.class).isThrownBy(() -> inTransaction(context, () -> {
				Accounts accounts = context.getBean(Accounts.class);
				assertThatExceptionOfType(LeaseLostException.class).isThrownBy(() -> accounts.losing("a"));
				assertThatExceptionOfType(LeaseLostException.class).isThrownBy(() -> accounts.write("a", "entered"));
			}));
			assertThat(rows(context)).isEmpty();
		});
	}

	@Test
	void asksNoLongerThanTheWaitForALockThatIsHeldElsewhere() {
		with("after-completion", (context) -> {
			try (Lease lease = context.getBean(RedLockClient.class).lock("accounts:a").acquire()) {
				assertThatExceptionOfType(LockBusyException.class)
					.isThrownBy(() -> inTransaction(context, () -> context.getBean(Accounts.class).write("a", "1")));
			}
			assertThat(rows(context)).isEmpty();
		});
	}

	private void with(String onActive, Check check) {
		this.contexts.withPropertyValues("redlock.transaction.on-active=" + onActive).run(check::check);
	}

	private boolean isLocked(String account) {
		return MasterProbe.holders(this.masters, "lock:accounts:" + account) > 1;
	}

	private static List<String> rows(ApplicationContext context) {
		return context.getBean(Rows.class).read();
	}

	private static <T> T inOtherThread(Supplier<T> task) {
		return CompletableFuture.supplyAsync(task).join();
	}

	private static void inTransaction(ApplicationContext context, Runnable task) {
		TransactionTemplate transaction = context.getBean(TransactionTemplate.class);
		transaction.setName("booking");
		transaction.executeWithoutResult((status) -> task.run());
	}

	private static void inNewTransaction(ApplicationContext context, Runnable task) {
		TransactionTemplate inside = new TransactionTemplate(
				context.getBean(TransactionTemplate.class).getTransactionManager());
		inside.setPropagationBehavior(TransactionTemplate.PROPAGATION_REQUIRES_NEW);
		inside.executeWithoutResult((status) -> task.run());
	}

	private static void outsideTransactions(ApplicationContext context, Runnable task) {
		TransactionTemplate outside = new TransactionTemplate(
				context.getBean(TransactionTemplate.class).getTransactionManager());
		outside.setPropagationBehavior(TransactionTemplate.PROPAGATION_NOT_SUPPORTED);
		outside.executeWithoutResult((status) -> task.run());
	}

	private interface Check {

		void check(ApplicationContext context) throws Exception;

	}

	static class Asked implements RedLockListener {

		private final AtomicInteger acquired = new AtomicInteger();

		private final AtomicInteger released = new AtomicInteger();

		@Override
		public void acquired(Lease lease) {
			this.acquired.incrementAndGet();
		}

		@Override
		public void released(Lease lease) {
			this.released.incrementAndGet();
		}

	}

	static class Accounts {

		private final Rows rows;

		Accounts(Rows rows) {
			this.rows = rows;
		}

		@RedLocked(name = "accounts", key = "#account")
		void write(String account, String text) {
			assertThat(Lease.current().isValid()).isTrue();
			this.rows.write(text);
		}

		@RedLocked(name = "accounts", key = "#account")
		void other(String account) {
			assertThat(Lease.current().isValid()).isTrue();
		}

		@RedLocked(name = "accounts", key = "#account")
		@Transactional
		void transactional(String account, String text) {
			this.rows.write(text);
		}

		@RedLocked(name = "accounts", key = "#account")
		@Transactional(propagation = Propagation.REQUIRES_NEW)
		void separate(String account, String text) {
			this.rows.write(text);
		}

		@RedLocked(name = "accounts", key = "#account")
		void failing(String account) {
			throw new IllegalStateException("method");
		}

		@RedLocked(name = "accounts", key = "#account")
		long token(String account) {
			return Lease.current().token();
		}

		@RedLocked(name = "accounts", key = { "#first", "#second" })
		void both(String first, String second) {
			assertThat(Lease.current().isValid()).isTrue();
		}

		@RedLocked(name = "accounts", key = "#account", lease = "700ms", renew = false)
		Lease shortly(String account, String text) {
			this.rows.write(text);
			return Lease.current();
		}

		@RedLocked(name = "accounts", key = "#account", lease = "700ms", renew = false)
		void losing(String account) {
			Lease lease = Lease.current();
			await().until(() -> !lease.isValid());
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableTransactionManagement
	static class Declarative {

	}

	@Configuration(proxyBeanMethods = false)
	@EnableTransactionManagement(order = 500)
	static class EarlyTransactions {

	}

}
