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

import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

import io.github.redlock.RedLocked;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * Guarded methods that no proxy can guard, and some that it could.
 */
public class Till implements Counter<String> {

	/**
	 * Call a guarded method of the same object.
	 * @param account what is locked
	 * @param body what runs under the lock
	 * @param <T> the type of the result
	 * @return the result of the body
	 */
	public <T> T payThroughItself(String account, Supplier<T> body) {
		return pay(account, body);
	}

	/**
	 * Call a private guarded method.
	 * @param account what is locked
	 * @param body what runs under the lock
	 * @param <T> the type of the result
	 * @return the result of the body
	 */
	public <T> T payInPrivate(String account, Supplier<T> body) {
		return payAlone(account, body);
	}

	@RedLocked(name = "till", key = "#account")
	<T> T pay(String account, Supplier<T> body) {
		return body.get();
	}

	@RedLocked(name = "till", key = "#account")
	private <T> T payAlone(String account, Supplier<T> body) {
		return body.get();
	}

	@RedLocked(name = "till", key = "#account", fallback = "payLater")
	final <T> T payOrElse(String account, Supplier<T> body) {
		return body.get();
	}

	private <T> @Nullable T payLater(String account, Supplier<T> body) {
		return null;
	}

	@RedLocked(name = "till", key = "#account")
	static <T> T payAnywhere(String account, Supplier<T> body) {
		return body.get();
	}

	@TillLocked
	<T> T payAs(String account, Supplier<T> body) {
		return body.get();
	}

	@RedLocked(name = "till", key = "#account")
	<T> Mono<T> payReactively(String account, Mono<T> body) {
		return body;
	}

	@RedLocked(name = "till", key = "#account")
	<T> CompletableFuture<T> payLater(String account, CompletableFuture<T> body) {
		return body;
	}

	@Override
	@RedLocked(name = "till", key = "#account")
	public void count(String account, Runnable body) {
		body.run();
	}

}
