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

package io.github.redlock.autoconfigure;

import java.util.Set;
import java.util.stream.Collectors;

import io.github.redlock.RedLockClient;
import io.github.redlock.RedLockListener;

import org.springframework.boot.test.util.TestPropertyValues;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;

/**
 * A running application, with nothing in it but locks.
 */
final class TestApplication implements AutoCloseable {

	private final AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext();

	TestApplication(String nodes, RedLockListener... listeners) {
		TestPropertyValues.of("redlock.nodes=" + nodes, "redlock.recovery.quarantine=300ms").applyTo(this.context);
		this.context.register(RedLockAutoConfiguration.class);
		for (int i = 0; i < listeners.length; i++) {
			RedLockListener listener = listeners[i];
			this.context.registerBean("listener" + i, RedLockListener.class, () -> listener);
		}
		this.context.refresh();
	}

	RedLockClient redLock() {
		return this.context.getBean(RedLockClient.class);
	}

	/**
	 * Return the threads of all applications in this process.
	 * @return the threads that the library has started
	 */
	static Set<Thread> threads() {
		return Thread.getAllStackTraces()
			.keySet()
			.stream()
			.filter((thread) -> thread.getName().startsWith("redlock-") || thread.getName().startsWith("redisson-"))
			.collect(Collectors.toSet());
	}

	@Override
	public void close() {
		this.context.close();
	}

}
