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

import java.time.Duration;

import io.github.redlock.Lease;
import io.github.redlock.RedLockClient;
import io.github.redlock.autoconfigure.MasterProbe;
import io.github.redlock.autoconfigure.RedLockAutoConfiguration;
import io.github.redlock.test.RedisMaster;
import io.github.redlock.test.RedisMasters;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.aop.AopAutoConfiguration;
import org.springframework.boot.autoconfigure.context.PropertyPlaceholderAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.util.TestPropertyValues;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.util.StringUtils;

import static org.awaitility.Awaitility.await;

/**
 * A running application with some beans, on real masters.
 */
final class LockedApplication implements AutoCloseable {

	private static final AutoConfigurations AUTO_CONFIGURATIONS = AutoConfigurations
		.of(PropertyPlaceholderAutoConfiguration.class, AopAutoConfiguration.class, RedLockAutoConfiguration.class);

	private final AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext();

	private final RedisMasters masters;

	LockedApplication(RedisMasters masters, Class<?>... beans) {
		this.masters = masters;
		TestPropertyValues.of(properties(masters)).applyTo(this.context);
		for (Class<?> bean : beans) {
			this.context.registerBean(StringUtils.uncapitalize(bean.getSimpleName()), bean);
		}
		this.context.register(AutoConfigurations.getClasses(AUTO_CONFIGURATIONS));
		this.context.refresh();
		heal();
	}

	/**
	 * Create what runs applications that begin, or fail to, in the test.
	 * @param masters their masters
	 * @return the runner
	 */
	static ApplicationContextRunner runner(RedisMasters masters) {
		return new ApplicationContextRunner().withConfiguration(AUTO_CONFIGURATIONS)
			.withPropertyValues(properties(masters));
	}

	private static String[] properties(RedisMasters masters) {
		return new String[] { "redlock.nodes=" + masters.nodes(), "redlock.wait-for=0s", "redlock.connect-timeout=5s",
				"redlock.recovery.quarantine=300ms", "redlock.node-timeout=500ms", "orders.lease=3s" };
	}

	<T> T bean(Class<T> type) {
		return this.context.getBean(type);
	}

	RedLockClient redLock() {
		return bean(RedLockClient.class);
	}

	/**
	 * Count the masters on which a lock is held.
	 * @param key its key
	 * @return the number of masters
	 */
	long holders(String key) {
		return MasterProbe.holders(this.masters, "lock:" + key);
	}

	/**
	 * Make a majority of the masters forget a lock.
	 * @param key its key
	 */
	void forget(String key) {
		for (int i = 0; i <= this.masters.size() / 2; i++) {
			MasterProbe.of(this.masters.get(i)).command("DEL", "lock:" + key);
		}
	}

	/**
	 * Let all masters run, and wait until all of them vote.
	 */
	void heal() {
		this.masters.heal();
		await().ignoreExceptions().atMost(Duration.ofSeconds(20)).untilAsserted(() -> {
			try (Lease lease = redLock().lock("healed").acquire()) {
				await().atMost(Duration.ofMillis(200)).until(() -> holders("healed") == this.masters.size());
			}
		});
	}

	/**
	 * Count the locks on all masters.
	 * @return the number of locks
	 */
	long locks() {
		long locks = 0;
		for (RedisMaster master : this.masters) {
			String count = MasterProbe.of(master).command("EVAL", "return #redis.call('keys', 'lock:*')", "0");
			locks += Long.parseLong(count.substring(1));
		}
		return locks;
	}

	/**
	 * Count the scripts that all masters have executed.
	 * @return the number of calls
	 */
	long scripts() {
		long calls = 0;
		for (RedisMaster master : this.masters) {
			calls += MasterProbe.of(master).calls("evalsha") + MasterProbe.of(master).calls("eval");
		}
		return calls;
	}

	@Override
	public void close() {
		this.context.close();
	}

}
