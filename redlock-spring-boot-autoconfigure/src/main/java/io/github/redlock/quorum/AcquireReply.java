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

import org.jspecify.annotations.Nullable;

/**
 * What one master answered when it was asked for a lock.
 *
 * @since 0.1.0
 */
public sealed interface AcquireReply {

	/**
	 * The master keeps the lock for the owner.
	 *
	 * @param token the fencing token that the master stored
	 */
	record Granted(long token) implements AcquireReply {

		@Override
		public String toString() {
			return "granted";
		}

	}

	/**
	 * Someone else holds at least one of the keys.
	 *
	 * @param remaining when the last of them runs out unless it is renewed, or
	 * {@code null} if never
	 * @param token the largest fencing token that the master has stored for the keys
	 * @param holder the owner of one of the keys
	 */
	record Busy(@Nullable Duration remaining, long token, String holder) implements AcquireReply {

		@Override
		public String toString() {
			return "held elsewhere" + ((this.remaining != null) ? " for another " + this.remaining.toMillis() + " ms"
					: ", without an end");
		}

	}

	/**
	 * The master may have forgotten leases, and grants none until they are all over.
	 *
	 * @param remaining for how long
	 */
	record Recovering(Duration remaining) implements AcquireReply {

		@Override
		public String toString() {
			return "recovering for another " + this.remaining.toMillis() + " ms";
		}

	}

	/**
	 * The master knows of no lease ever: it is new, or has lost all its data.
	 *
	 * @param id which blank this is, other after each loss
	 * @param since for how long someone has known it
	 */
	record Blank(long id, Duration since) implements AcquireReply {

		@Override
		public String toString() {
			return "without data for " + this.since.toMillis() + " ms";
		}

	}

	/**
	 * The master is the primary of a group and no replica has acknowledged anything for
	 * 10 s, or not the lease in time: it may have been replaced without knowing so. It
	 * may hold the lock all the same.
	 */
	record Unfollowed() implements AcquireReply {

		@Override
		public String toString() {
			return "a primary that no replica seems to follow, so that it may have been replaced";
		}

	}

	/**
	 * The request came after its own release.
	 */
	record Void() implements AcquireReply {

		@Override
		public String toString() {
			return "refused, for it came after its release";
		}

	}

	/**
	 * The master was not asked.
	 *
	 * @param reason why
	 * @param silence for how long it has given no sign of life
	 */
	record NotAsked(String reason, Duration silence) implements AcquireReply {

		@Override
		public String toString() {
			return "not asked: " + this.reason;
		}

	}

	/**
	 * The master did not answer in time, or the way to it failed: it may or may not keep
	 * the lock.
	 *
	 * @param reason what is known
	 * @param unreachable whether there is no way to the master, rather than no answer yet
	 */
	record Unknown(String reason, boolean unreachable) implements AcquireReply {

		@Override
		public String toString() {
			return this.reason;
		}

	}

}
