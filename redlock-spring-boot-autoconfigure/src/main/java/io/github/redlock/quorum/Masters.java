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
import java.util.concurrent.Executor;

/**
 * The configured masters, and the threads on which they are used.
 *
 * @since 0.1.0
 */
public interface Masters extends AutoCloseable {

	/**
	 * Return the masters.
	 * @return the masters in the configured order
	 */
	List<LockNode> nodes();

	/**
	 * Return a timer that runs its tasks on a thread of the masters, some milliseconds
	 * late at most.
	 * @return the timer
	 */
	Timer timer();

	/**
	 * Return the executor for what depends on a lock.
	 * @return the executor
	 */
	Executor executor();

	/**
	 * Close all connections and end all threads.
	 */
	@Override
	void close();

}
