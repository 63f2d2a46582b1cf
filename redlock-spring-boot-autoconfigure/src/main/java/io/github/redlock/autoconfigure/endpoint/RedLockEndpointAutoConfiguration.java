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

import io.github.redlock.autoconfigure.RedLockAutoConfiguration;
import io.github.redlock.quorum.QuorumLocks;

import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.annotation.Bean;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for {@link RedLockEndpoint}, and for
 * passwords that other endpoints must not show.
 *
 * @since 0.1.0
 */
@AutoConfiguration(after = RedLockAutoConfiguration.class)
@ConditionalOnClass(ConditionalOnAvailableEndpoint.class)
public final class RedLockEndpointAutoConfiguration {

	@Bean
	RedLockSanitizingFunction redLockSanitizingFunction() {
		return new RedLockSanitizingFunction();
	}

	@Bean
	@ConditionalOnBean(QuorumLocks.class)
	@ConditionalOnAvailableEndpoint
	@ConditionalOnMissingBean
	RedLockEndpoint redLockEndpoint(QuorumLocks locks, ApplicationEventPublisher events) {
		return new RedLockEndpoint(locks, events);
	}

}
