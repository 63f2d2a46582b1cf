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
import java.util.List;
import java.util.UUID;

import io.github.redlock.Lease;
import io.github.redlock.LeaseLostException;
import io.github.redlock.LeaseScope;
import io.github.redlock.RedLockClient;
import io.github.redlock.RedLockClient.LockSpec;
import io.github.redlock.autoconfigure.RedLockAutoConfiguration;
import io.github.redlock.test.EmbeddedRedLock;
import io.github.redlock.test.RedisMasters;
import io.r2dbc.spi.ConnectionFactories;
import io.r2dbc.spi.ConnectionFactory;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.r2dbc.connection.R2dbcTransactionManager;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.transaction.ReactiveTransactionManager;
import org.springframework.transaction.reactive.TransactionalOperator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Reactive transactions under leases, on real masters and a real database: a transaction
 * is begun under the leases of the thread that subscribes to it.
 */
@EmbeddedRedLock
class ReactiveTransactionTests {

	private final ApplicationContextRunner contexts;

	ReactiveTransactionTests(RedisMasters masters) {
		this.contexts = new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(RedLockAutoConfiguration.class))
			.withUserConfiguration(ReactiveDatabase.class)
			.withPropertyValues("redlock.nodes=" + masters.nodes());
	}

	@Test
	void commitsUnderAValidLease() {
		this.contexts.run((context) -> {
			context.getBean(RedLockClient.class).lock("valid").run(() -> writing(context, Mono.empty()).block());
			assertThat(rows(context)).containsExactly("written");
		});
	}

	@Test
	void rollsBackWhatAGuardedMethodWaitsFor() {
		this.contexts.run((context) -> {
			assertThatExceptionOfType(LeaseLostException.class)
				.isThrownBy(() -> shortLock(context).run(() -> writing(context, loss(Lease.current())).block()))
				.withMessageContaining("is rolled back");
			assertThat(rows(context)).isEmpty();
		});
	}

	@Test
	void rollsBackWhatIsSubscribedToInTheScopeOfALease() {
		this.contexts.run((context) -> {
			Mono<Void> guarded = Mono.fromFuture(shortLock(context)::acquireAsync)
				.flatMap((lease) -> inScope(lease, writing(context, loss(lease))));
			assertThatExceptionOfType(LeaseLostException.class).isThrownBy(guarded::block)
				.withMessageContaining("is rolled back");
			assertThat(rows(context)).isEmpty();
		});
	}

	private static Mono<Void> inScope(Lease lease, Mono<Void> body) {
		return Mono.from((subscriber) -> {
			try (LeaseScope scope = LeaseScope.open(lease)) {
				body.subscribe(subscriber);
			}
		});
	}

	private static LockSpec shortLock(ApplicationContext context) {
		return context.getBean(RedLockClient.class).lock("short").lease(Duration.ofMillis(700)).renew(false);
	}

	private static Mono<Void> loss(Lease lease) {
		return Mono.<Void>fromRunnable(() -> await().until(() -> !lease.isValid()))
			.subscribeOn(Schedulers.boundedElastic());
	}

	private static Mono<Void> writing(ApplicationContext context, Mono<Void> then) {
		return context.getBean(DatabaseClient.class)
			.sql("insert into written values ('written')")
			.then()
			.then(then)
			.as(TransactionalOperator.create(context.getBean(ReactiveTransactionManager.class))::transactional);
	}

	private static List<String> rows(ApplicationContext context) {
		return context.getBean(DatabaseClient.class)
			.sql("select text from written")
			.mapValue(String.class)
			.all()
			.collectList()
			.block();
	}

	@Configuration(proxyBeanMethods = false)
	static class ReactiveDatabase {

		@Bean
		ConnectionFactory connectionFactory() {
			return ConnectionFactories.get("r2dbc:h2:mem:///" + UUID.randomUUID() + "?options=DB_CLOSE_DELAY=-1");
		}

		@Bean
		R2dbcTransactionManager transactionManager(ConnectionFactory connectionFactory) {
			return new R2dbcTransactionManager(connectionFactory);
		}

		@Bean
		DatabaseClient databaseClient(ConnectionFactory connectionFactory) {
			DatabaseClient client = DatabaseClient.create(connectionFactory);
			client.sql("create table written (text varchar(100))").then().block();
			return client;
		}

	}

}
