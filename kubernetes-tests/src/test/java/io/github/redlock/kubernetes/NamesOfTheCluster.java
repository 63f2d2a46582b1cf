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

package io.github.redlock.kubernetes;

import io.github.redlock.redisson.RedissonConfigCustomizer;
import io.netty.resolver.DefaultAddressResolverGroup;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * Lets the sample find the masters' names where the JDK does, in the file of hosts,
 * rather than at a name server.
 */
@Configuration(proxyBeanMethods = false)
class NamesOfTheCluster {

	@Bean
	RedissonConfigCustomizer namesFromTheFileOfHosts() {
		return (master, config) -> config.setAddressResolverGroupFactory(
				(channelType, socketChannelType, servers) -> DefaultAddressResolverGroup.INSTANCE);
	}

}
