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

package io.github.redlock.woven;

import java.util.function.Supplier;

import io.github.redlock.RedLocked;

/**
 * A class whose public methods are guarded.
 */
@RedLocked(name = "ledger", key = "#account")
public class Ledger {

	/**
	 * Run a body under the lock.
	 * @param account what is locked
	 * @param body what runs under the lock
	 * @param <T> the type of the result
	 * @return the result of the body
	 */
	public <T> T write(String account, Supplier<T> body) {
		return body.get();
	}

	<T> T writeThroughItself(String account, Supplier<T> body) {
		return write(account, body);
	}

	@Override
	public String toString() {
		return "a ledger";
	}

	/**
	 * A ledger that has a guarded method more.
	 */
	@RedLocked(name = "ledger", key = "#account")
	public static class Journal extends Ledger {

		/**
		 * Run a body under the lock.
		 * @param account what is locked
		 * @param body what runs under the lock
		 * @param <T> the type of the result
		 * @return the result of the body
		 */
		public <T> T append(String account, Supplier<T> body) {
			return body.get();
		}

	}

}
