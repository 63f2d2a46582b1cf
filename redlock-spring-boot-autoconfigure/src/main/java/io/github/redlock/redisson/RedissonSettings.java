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

import java.time.Duration;

/**
 * How the masters are used.
 *
 * @param keyPrefix what precedes the name of a lock
 * @param connectTimeout how long a connection may take
 * @param tokenRetention how long a master keeps a fencing token that is not used
 * @param quarantine how long a master that may have forgotten leases grants none
 * @param acknowledgement how long a replica of a group may take to acknowledge a lease
 * @param trustRestarts whether a master that was restarted with its data has forgotten
 * nothing
 * @since 0.1.0
 */
public record RedissonSettings(String keyPrefix, Duration connectTimeout, Duration tokenRetention, Duration quarantine,
		Duration acknowledgement, boolean trustRestarts) {

}
