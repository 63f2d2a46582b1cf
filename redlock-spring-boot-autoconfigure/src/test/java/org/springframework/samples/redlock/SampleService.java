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

package org.springframework.samples.redlock;

import io.github.redlock.Lease;
import io.github.redlock.RedLocked;

/**
 * A user's class in a package whose name begins as those of Spring do.
 */
public class SampleService {

	/**
	 * Run under the lock of a name.
	 * @param name the name
	 * @return the keys of the lease
	 */
	@RedLocked(name = "sample", key = "#name")
	public String keys(String name) {
		return String.join(",", Lease.current().keys());
	}

}
