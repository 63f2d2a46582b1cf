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

package io.github.redlock.autoconfigure.metrics;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import org.jspecify.annotations.Nullable;

/**
 * How long each master takes to answer, and how often it does not.
 */
class MasterMeters {

	/** Measures nothing. */
	static final MasterMeters NONE = new MasterMeters();

	void record(String master, long nanos, @Nullable Throwable failure) {
	}

	/**
	 * In a registry.
	 */
	static final class Registered extends MasterMeters {

		private final MeterRegistry registry;

		private final Map<String, Timer> answers = new ConcurrentHashMap<>();

		private final Map<String, Timer> failures = new ConcurrentHashMap<>();

		Registered(MeterRegistry registry) {
			this.registry = registry;
		}

		@Override
		void record(String master, long nanos, @Nullable Throwable failure) {
			Timer timer = (failure != null) ? this.failures.computeIfAbsent(master, (name) -> timer(name, "failed"))
					: this.answers.computeIfAbsent(master, (name) -> timer(name, "answered"));
			timer.record(nanos, TimeUnit.NANOSECONDS);
		}

		private Timer timer(String master, String outcome) {
			return Timer.builder("redlock.master.requests")
				.description("How long a Redis master takes to answer")
				.tag("redlock.master", master)
				.tag("redlock.outcome", outcome)
				.register(this.registry);
		}

	}

}
