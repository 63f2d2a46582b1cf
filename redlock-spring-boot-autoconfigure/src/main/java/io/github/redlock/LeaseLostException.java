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

import java.util.List;

/**
 * A lease ended before the work that it guarded: others may have held the lock meanwhile.
 *
 * @since 0.1.0
 */
public class LeaseLostException extends RedLockException {

	/**
	 * Create a new instance.
	 * @param message what happened
	 * @param keys the keys of the lock
	 */
	public LeaseLostException(String message, List<String> keys) {
		super(message, keys, null);
	}

}
