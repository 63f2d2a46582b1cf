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

package io.github.redlock.test;

import java.util.List;
import java.util.Map;

import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.MapPropertySource;
import org.springframework.test.context.ContextCustomizer;
import org.springframework.test.context.MergedContextConfiguration;

/**
 * Starts masters for an application context and closes them with it.
 *
 * @param masters how many
 * @param config further lines for each master's configuration
 */
record EmbeddedRedLockContextCustomizer(int masters, List<String> config) implements ContextCustomizer {

	private static final String BEAN_NAME = "redisMasters";

	@Override
	public void customizeContext(ConfigurableApplicationContext context, MergedContextConfiguration mergedConfig) {
		RedisMasters started = RedisMasters.start(this.masters, this.config.toArray(String[]::new));
		context.getEnvironment()
			.getPropertySources()
			.addFirst(new MapPropertySource("embeddedRedLock", Map.of("redlock.nodes", started.nodes())));
		DefaultListableBeanFactory beanFactory = (DefaultListableBeanFactory) context.getBeanFactory();
		beanFactory.registerSingleton(BEAN_NAME, started);
		// before all other beans, so that they are destroyed last, and also if the start
		// fails
		beanFactory.registerDisposableBean(BEAN_NAME, started::close);
	}

}
