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

/**
 * What a lease is founded on.
 *
 * @param round the round that holds the lock on the masters, which several leases one
 * after the other may share
 * @param start since when the lease is held
 * @param token the fencing token
 * @param validity how long the lock may be trusted unless it is renewed
 */
record Grant(Round round, Moment start, long token, Validity validity) {

	/**
	 * Return what a round has won.
	 * @param won the round
	 * @param quorum the masters
	 * @return the grant
	 */
	static Grant of(Round won, Quorum quorum) {
		return new Grant(won, won.start(), won.token(),
				new Validity(won.start(), quorum.validityOf(won.request().lease())));
	}

}
