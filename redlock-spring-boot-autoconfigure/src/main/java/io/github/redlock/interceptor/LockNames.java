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

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import org.jspecify.annotations.Nullable;

/**
 * The declared names of all locks. None may be the beginning of another up to a colon:
 * what is locked is the name, a colon and the key, and a key may come from a user's
 * request.
 */
final class LockNames {

	private final Set<String> names = ConcurrentHashMap.newKeySet();

	/**
	 * Add a name.
	 * @param name the name
	 * @return another name with which it must not be used, or {@code null} if there is
	 * none and the name has been added
	 */
	@Nullable String add(String name) {
		for (String other : this.names) {
			if (name.startsWith(other + ":") || other.startsWith(name + ":")) {
				return other;
			}
		}
		this.names.add(name);
		return null;
	}

}
