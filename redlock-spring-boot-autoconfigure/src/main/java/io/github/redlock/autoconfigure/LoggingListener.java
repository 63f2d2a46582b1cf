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

import java.util.List;
import java.util.Objects;

import io.github.redlock.Lease;
import io.github.redlock.RedLockListener;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * Logs losses as warnings and all else for debugging, with fields for structured logging:
 * {@code redlock.name}, {@code redlock.key}, {@code redlock.token} and
 * {@code redlock.outcome}.
 */
class LoggingListener implements RedLockListener {

	private static final Logger logger = LoggerFactory.getLogger("io.github.redlock.Locks");

	@Override
	public void acquired(Lease lease) {
		log(Level.DEBUG, "acquired", lease, "The lock on {} was taken");
	}

	@Override
	public void busy(List<String> keys) {
		logger.atDebug()
			.addKeyValue("redlock.key", String.join(",", keys))
			.addKeyValue("redlock.outcome", "busy")
			.log("The lock on {} was held elsewhere until the wait was over", keys);
	}

	@Override
	public void released(Lease lease) {
		log(Level.DEBUG, "released", lease, "The lock on {} was given back");
	}

	@Override
	public void lost(Lease lease) {
		log(Level.WARN, "lost", lease,
				"The lock on {} was lost before it was given back: others may hold it while its work goes on");
	}

	private static void log(Level level, String outcome, Lease lease, String message) {
		LoggingEventBuilder event = logger.atLevel(level);
		event.addKeyValue("redlock.name", Objects.requireNonNullElse(lease.name(), "none"))
			.addKeyValue("redlock.key", String.join(",", lease.keys()))
			.addKeyValue("redlock.token", lease.token())
			.addKeyValue("redlock.outcome", outcome)
			.log(message, lease.keys());
	}

}
