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

package io.github.redlock.quorum;

import java.time.Duration;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * One acquisition as the masters see it: whose it is, what it covers, and for how long.
 *
 * @param keys the keys, all of which are granted or none
 * @param owner 128 random bits in hexadecimal, never used again
 * @param lease how long a master that grants keeps the keys
 * @param predecessor an owner of this process that gives up all keys to this one, or
 * {@code null}
 * @since 0.1.0
 */
public record LockRequest(List<String> keys, String owner, Duration lease, @Nullable String predecessor) {

	/**
	 * Create a request without a predecessor.
	 * @param keys the keys, all of which are granted or none
	 * @param owner 128 random bits in hexadecimal, never used again
	 * @param lease how long a master that grants keeps the keys
	 */
	public LockRequest(List<String> keys, String owner, Duration lease) {
		this(keys, owner, lease, null);
	}

	LockRequest withLease(Duration other) {
		return new LockRequest(this.keys, this.owner, other, this.predecessor);
	}

	LockRequest inPlaceOf(LockRequest other) {
		return new LockRequest(this.keys, this.owner, this.lease, other.owner);
	}

}
