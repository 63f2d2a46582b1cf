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

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;

import io.github.redlock.quorum.AcquireReply;
import io.github.redlock.quorum.AcquireReply.Blank;
import io.github.redlock.quorum.AcquireReply.Busy;
import io.github.redlock.quorum.AcquireReply.Granted;
import io.github.redlock.quorum.AcquireReply.Recovering;
import io.github.redlock.quorum.AcquireReply.Unfollowed;
import org.redisson.client.handler.State;
import org.redisson.client.protocol.decoder.MultiDecoder;

/**
 * Reads what {@link LockScript#ACQUIRE} returns.
 */
final class AcquireReplyDecoder implements MultiDecoder<AcquireReply> {

	@Override
	public AcquireReply decode(List<Object> parts, State state) {
		return switch (number(parts, 0).intValue()) {
			case 0 -> new Busy((number(parts, 1) >= 0) ? Duration.ofMillis(number(parts, 1)) : null, number(parts, 2),
					new String((byte[]) parts.get(3), StandardCharsets.UTF_8));
			case 1 -> new Granted(number(parts, 1));
			case 2 -> new Recovering(Duration.ofMillis(number(parts, 1)));
			case 3 -> new Blank(number(parts, 1), Duration.ofMillis(number(parts, 2)));
			case 4 -> new AcquireReply.Void();
			default -> new Unfollowed();
		};
	}

	private static Long number(List<Object> parts, int index) {
		return (Long) parts.get(index);
	}

}
