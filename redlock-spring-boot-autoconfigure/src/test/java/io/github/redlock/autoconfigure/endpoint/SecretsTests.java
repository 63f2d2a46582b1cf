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

import java.util.Map;

import io.github.redlock.autoconfigure.RedLockAutoConfiguration;
import org.junit.jupiter.api.Test;

import org.springframework.boot.actuate.autoconfigure.context.properties.ConfigurationPropertiesReportEndpointAutoConfiguration;
import org.springframework.boot.actuate.autoconfigure.endpoint.EndpointAutoConfiguration;
import org.springframework.boot.actuate.autoconfigure.env.EnvironmentEndpointAutoConfiguration;
import org.springframework.boot.actuate.context.properties.ConfigurationPropertiesReportEndpoint;
import org.springframework.boot.actuate.env.EnvironmentEndpoint;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * No endpoint shows the passwords of the masters, even if it shows all values.
 */
class SecretsTests {

	@Test
	void endpointsDoNotShowPasswords() {
		new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(RedLockAutoConfiguration.class,
					RedLockEndpointAutoConfiguration.class, EndpointAutoConfiguration.class,
					ConfigurationPropertiesReportEndpointAutoConfiguration.class,
					EnvironmentEndpointAutoConfiguration.class))
			.withPropertyValues("redlock.mode=local", "redlock.nodes[0].address=redis://me:s3cr3t,s3cr3t@10.0.0.1:6379",
					"redlock.nodes[1].address=redis://10.0.0.2:6379", "redlock.nodes[1].username=me",
					"redlock.nodes[1].password=s3cr3t", "redlock.nodes[2].sentinel.master=group",
					"redlock.nodes[2].sentinel.password=s3cr3t", "management.endpoint.configprops.show-values=always",
					"management.endpoint.env.show-values=always",
					"management.endpoints.web.exposure.include=configprops,env")
			.run((context) -> {
				Map<String, ?> contexts = context.getBean(ConfigurationPropertiesReportEndpoint.class)
					.configurationProperties()
					.getContexts();
				String properties = contexts.values()
					.stream()
					.map(ConfigurationPropertiesReportEndpoint.ContextConfigurationPropertiesDescriptor.class::cast)
					.flatMap((each) -> each.getBeans().values().stream())
					.map((bean) -> bean.getProperties() + " " + bean.getInputs())
					.toList()
					.toString();
				assertThat(properties).contains("10.0.0.2:6379", "******@10.0.0.1:6379").doesNotContain("s3cr3t");
				EnvironmentEndpoint environment = context.getBean(EnvironmentEndpoint.class);
				assertThat(environment.environment("redlock")
					.getPropertySources()
					.stream()
					.flatMap((source) -> source.getProperties().values().stream())
					.map((value) -> String.valueOf(value.getValue()))
					.toList()).anyMatch("redis://******@10.0.0.1:6379"::equals)
					.noneMatch((value) -> value.contains("s3cr3t"));
			});
	}

}
