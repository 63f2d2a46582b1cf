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

import io.github.redlock.autoconfigure.BoundPropertyCondition;
import io.github.redlock.autoconfigure.RedLockAutoConfiguration;
import io.github.redlock.autoconfigure.RedLockProperties;
import io.github.redlock.quorum.QuorumObserver;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.observation.ObservationRegistry;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for observations of locks, and for
 * meters of the masters.
 *
 * @since 0.1.0
 */
@AutoConfiguration(before = RedLockAutoConfiguration.class,
		afterName = { "org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration",
				"org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration" })
@ConditionalOnClass(ObservationRegistry.class)
@ConditionalOnBean(ObservationRegistry.class)
@Conditional(BoundPropertyCondition.OnEnabled.class)
@EnableConfigurationProperties(RedLockProperties.class)
public final class RedLockObservationAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean(QuorumObserver.class)
	ObservedLocks redLockObservedLocks(ObservationRegistry registry, RedLockProperties properties,
			ObjectProvider<AcquireObservationConvention> acquireConvention,
			ObjectProvider<HoldObservationConvention> holdConvention, ObjectProvider<MasterMeters> masters) {
		boolean includeKeys = properties.getObservations().isIncludeKeys();
		return new ObservedLocks(registry,
				acquireConvention.getIfAvailable(() -> new DefaultAcquireObservationConvention(includeKeys)),
				holdConvention.getIfAvailable(() -> new DefaultHoldObservationConvention(includeKeys)),
				masters.getIfAvailable(() -> MasterMeters.NONE));
	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(MeterRegistry.class)
	@ConditionalOnBean(MeterRegistry.class)
	static class MeterConfiguration {

		@Bean
		MasterMeters redLockMasterMeters(MeterRegistry registry) {
			return new MasterMeters.Registered(registry);
		}

	}

}
