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

import java.util.HexFormat;
import java.util.random.RandomGenerator;

/**
 * Who holds a lock, to the masters: 128 bits in hexadecimal digits, of which 96 are new
 * for each round. The others are the same for all rounds of a process, so that another
 * process can see whether a lock has gone on to someone else.
 */
final class Owners {

	private static final int PROCESS_DIGITS = 8;

	private static final int BYTES_OF_ROUND = 12;

	private final RandomGenerator random;

	private final String process;

	/**
	 * Create the owners of a process.
	 * @param random a source of randomness that no other process shares
	 */
	Owners(RandomGenerator random) {
		this.random = random;
		this.process = HexFormat.of().toHexDigits(random.nextInt());
	}

	/**
	 * Return an owner that nobody has had before.
	 * @return the owner
	 */
	String next() {
		byte[] bytes = new byte[BYTES_OF_ROUND];
		this.random.nextBytes(bytes);
		return this.process + HexFormat.of().formatHex(bytes);
	}

	/**
	 * Return whether an owner is one of this process.
	 * @param owner the owner
	 * @return whether it is
	 */
	boolean isOwn(String owner) {
		return owner.startsWith(this.process);
	}

	/**
	 * Return whose an owner is.
	 * @param owner the owner, perhaps one of Redisson's own locks, which begins with the
	 * identifier of its client
	 * @return what all owners of that process begin with
	 */
	static String processOf(String owner) {
		return owner.substring(0, Math.min(PROCESS_DIGITS, owner.length()));
	}

}
