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

package io.github.redlock;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Too few masters answered in time: whether the lock is free is not known.
 *
 * @since 0.1.0
 */
public class QuorumUnavailableException extends RedLockException {

	private final Map<String, String> answers;

	/**
	 * Create a new instance.
	 * @param message what happened, each master's answer included
	 * @param keys the keys of the lock
	 * @param answers what each master answered, by its name
	 */
	public QuorumUnavailableException(String message, List<String> keys, Map<String, String> answers) {
		super(message, keys, null);
		this.answers = Collections.unmodifiableMap(new LinkedHashMap<>(answers));
	}

	/**
	 * Return what each master answered.
	 * @return the answers by the master's name, in the configured order
	 */
	public Map<String, String> getAnswers() {
		return this.answers;
	}

}
