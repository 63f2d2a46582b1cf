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

/**
 * Runs tasks later. The tasks are short and do not block.
 *
 * @since 0.1.0
 */
public interface Timer {

	/**
	 * Run a task once after a delay, unless it is cancelled before.
	 * @param task the task
	 * @param delay the delay; the task runs as soon as possible if it is not positive
	 * @return the means to cancel it
	 */
	Cancellable schedule(Runnable task, Duration delay);

	/**
	 * A task that waits for its time.
	 */
	@FunctionalInterface
	interface Cancellable {

		/**
		 * Forget the task unless it has begun.
		 */
		void cancel();

	}

}
