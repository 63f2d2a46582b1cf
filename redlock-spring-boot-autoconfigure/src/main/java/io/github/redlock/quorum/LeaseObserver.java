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

import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Is told of the beginning and the end of leases, for listeners and for the list of what
 * is held. It is told on the engine's threads, which it must not hold up.
 */
interface LeaseObserver {

	/**
	 * A lease begins, and is about to be given to the caller.
	 * @param lease the lease
	 */
	void acquired(HeldLease lease);

	/**
	 * A lease was closed.
	 * @param lease the lease
	 */
	void released(HeldLease lease);

	/**
	 * A lease was lost.
	 * @param lease the lease
	 * @param actions what the caller wants to be run
	 * @return a future that completes when all who want to know have been told
	 */
	CompletableFuture<?> lost(HeldLease lease, List<Runnable> actions);

}
