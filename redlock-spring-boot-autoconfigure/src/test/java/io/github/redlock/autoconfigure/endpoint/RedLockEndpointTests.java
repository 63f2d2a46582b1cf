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

package io.github.redlock.autoconfigure.endpoint;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import io.github.redlock.Lease;
import io.github.redlock.RedLockClient;
import io.github.redlock.autoconfigure.MasterProbe;
import io.github.redlock.autoconfigure.RedLockAutoConfiguration;
import io.github.redlock.quorum.MasterStatus.Condition;
import io.github.redlock.test.EmbeddedRedLock;
import io.github.redlock.test.RedisMasters;
import org.junit.jupiter.api.Test;

import org.springframework.boot.actuate.audit.listener.AuditApplicationEvent;
import org.springframework.boot.actuate.autoconfigure.endpoint.EndpointAutoConfiguration;
import org.springframework.boot.actuate.endpoint.InvalidEndpointRequestException;
import org.springframework.boot.actuate.endpoint.SecurityContext;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.event.EventListener;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * {@link RedLockEndpoint}.
 */
@EmbeddedRedLock
class RedLockEndpointTests {

	private final RedisMasters masters;

	private final ApplicationContextRunner runner;

	RedLockEndpointTests(RedisMasters masters) {
		this.masters = masters;
		this.runner = new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(RedLockAutoConfiguration.class,
					RedLockEndpointAutoConfiguration.class, EndpointAutoConfiguration.class))
			.withUserConfiguration(Audit.class)
			.withPropertyValues("redlock.nodes=" + masters.nodes(),
					"management.endpoints.web.exposure.include=redlock");
	}

	@Test
	void showsMastersLeasesAndThoseThatWait() {
		this.runner.run((context) -> {
			RedLockClient redLock = context.getBean(RedLockClient.class);
			RedLockEndpoint endpoint = context.getBean(RedLockEndpoint.class);
			Lease lease = redLock.lock("orders:42").name("orders").acquire();
			CompletableFuture<Lease> waiting = redLock.lock("orders:42")
				.name("orders")
				.waitFor(Duration.ofMinutes(1))
				.acquireAsync();
			RedLockEndpoint.Description description = endpoint.describe().join();
			assertThat(description.quorum()).isEqualTo(new RedLockEndpoint.QuorumDescription(3, 3, 2));
			assertThat(description.masters()).hasSize(3)
				.allSatisfy((master) -> assertThat(master.condition()).isEqualTo(Condition.UP));
			assertThat(description.held()).singleElement().satisfies((held) -> {
				assertThat(held.name()).isEqualTo("orders");
				assertThat(held.keys()).containsExactly("orders:42");
				assertThat(held.token()).isEqualTo(lease.token());
				assertThat(held.since()).isBetween(Duration.ZERO, Duration.ofSeconds(5));
				assertThat(held.remaining()).isBetween(Duration.ofSeconds(20), Duration.ofSeconds(30));
			});
			assertThat(description.wanted()).singleElement()
				.satisfies((wanted) -> assertThat(wanted.keys()).containsExactly("orders:42"));
			waiting.cancel(false);
			lease.close();
			description = endpoint.describe().join();
			assertThat(description.held()).isEmpty();
			assertThat(description.wanted()).isEmpty();
		});
	}

	@Test
	void breaksNothingWithoutAName() {
		this.runner.run((context) -> {
			RedLockEndpoint endpoint = context.getBean(RedLockEndpoint.class);
			assertThatExceptionOfType(InvalidEndpointRequestException.class)
				.isThrownBy(() -> endpoint.breakLock(new String[] { "" }, SecurityContext.NONE));
			assertThat(context.getBean(Audit.class).events).isEmpty();
		});
	}

	@Test
	void breaksAStuckLockOnAllMastersAndTellsWhoDidSo() {
		this.runner.run((other) -> this.runner.run((context) -> {
			Lease stuck = other.getBean(RedLockClient.class).lock("stuck/7").lease(Duration.ofSeconds(3)).acquire();
			RedLockClient redLock = context.getBean(RedLockClient.class);
			await().until(() -> MasterProbe.holders(this.masters, "lock:stuck/7") == 3);
			assertThat(redLock.lock("stuck/7").waitFor(Duration.ZERO).tryAcquire()).isEmpty();
			RedLockEndpoint.Broken broken = context.getBean(RedLockEndpoint.class)
				.breakLock(new String[] { "stuck", "7" }, SecurityContext.NONE)
				.join();
			assertThat(broken).isEqualTo(new RedLockEndpoint.Broken("stuck/7", 3));
			try (Lease next = redLock.lock("stuck/7").waitFor(Duration.ZERO).acquire()) {
				assertThat(next.token()).isGreaterThan(stuck.token());
				await().atMost(Duration.ofSeconds(3)).until(() -> !stuck.isValid());
				assertThat(next.isValid()).isTrue();
			}
			assertThat(context.getBean(Audit.class).events).singleElement().satisfies((event) -> {
				assertThat(event.getAuditEvent().getType()).isEqualTo("REDLOCK_BROKEN");
				assertThat(event.getAuditEvent().getPrincipal()).isEqualTo("anonymous");
				assertThat(event.getAuditEvent().getData()).containsEntry("key", "stuck/7").containsEntry("masters", 3);
			});
		}));
	}

	@Test
	void isThereOnlyIfExposed() {
		this.runner.withPropertyValues("management.endpoints.web.exposure.include=health")
			.run((context) -> assertThat(context).doesNotHaveBean(RedLockEndpoint.class));
	}

	static class Audit {

		private final List<AuditApplicationEvent> events = new ArrayList<>();

		@EventListener
		void onAudit(AuditApplicationEvent event) {
			this.events.add(event);
		}

	}

}
