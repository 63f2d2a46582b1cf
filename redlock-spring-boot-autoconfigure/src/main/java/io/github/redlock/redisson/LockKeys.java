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

import java.util.ArrayList;
import java.util.List;

import io.github.redlock.quorum.LockRequest;
import org.redisson.RedissonObject;

/**
 * The names under which a master stores what belongs to a lock.
 *
 * @param prefix what precedes the name of a lock
 */
record LockKeys(String prefix) {

	private static final String TOKEN_PREFIX = "redlock:token:";

	private static final String VOID_PREFIX = "redlock:void:";

	/** Which run of the server was admitted, which one recovers, which one is blank. */
	static final List<String> MEMBERSHIP = List.of("redlock:member", "redlock:recovery", "redlock:blank");

	/** Which run of the server was admitted. */
	static final String MEMBER = MEMBERSHIP.get(0);

	/** The channel on which Redisson's own locks announce a release. */
	private static final String CHANNEL_PREFIX = "redisson_lock__channel";

	List<String> locks(List<String> names) {
		List<String> keys = new ArrayList<>(2 * names.size() + 4);
		for (String key : names) {
			keys.add(this.prefix + key);
		}
		return keys;
	}

	List<String> locksAndTokens(LockRequest request) {
		List<String> keys = locks(request.keys());
		for (String key : request.keys()) {
			keys.add(TOKEN_PREFIX + this.prefix + key);
		}
		return keys;
	}

	List<String> locksAndTokensAndTombstone(LockRequest request) {
		List<String> keys = locksAndTokens(request);
		keys.add(tombstone(request));
		return keys;
	}

	String tombstone(LockRequest request) {
		return VOID_PREFIX + this.prefix + request.keys().get(0) + ":" + request.owner();
	}

	List<String> channels(List<String> keys) {
		List<String> channels = new ArrayList<>(keys.size());
		for (String key : keys) {
			channels.add(RedissonObject.prefixName(CHANNEL_PREFIX, this.prefix + key));
		}
		return channels;
	}

}
