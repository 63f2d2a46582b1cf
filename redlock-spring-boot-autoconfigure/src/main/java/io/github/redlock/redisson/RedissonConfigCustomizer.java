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

package io.github.redlock.redisson;

import org.redisson.config.Config;

/**
 * Changes how Redisson reaches a master, in ways for which there is no property: the
 * resolution of names, say, or Netty's options. Beans of this type are called for each
 * master, before the library makes those settings on which its promises lean.
 *
 * @since 0.1.0
 */
@FunctionalInterface
public interface RedissonConfigCustomizer {

	/**
	 * Change the settings.
	 * @param master the name of the master
	 * @param config its settings, to be changed
	 */
	void customize(String master, Config config);

}
