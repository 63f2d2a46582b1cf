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

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

import org.redisson.client.RedisNoScriptException;
import org.redisson.client.protocol.RedisCommand;
import org.redisson.client.protocol.RedisCommands;

/**
 * A Lua script that changes a master, sent by its digest. The text follows only when the
 * master does not know it.
 */
enum LockScript {

	/** Grants all keys or none. */
	ACQUIRE(new RedisCommand<>("EVAL", new AcquireReplyDecoder())),

	/** Writes a fencing token back. */
	CONFIRM(count()),

	/** Sets the time that is left. */
	EXTEND(count()),

	/** Gives keys up. */
	RELEASE(count()),

	/** Gives a free key back to the holder of the others. */
	REPAIR(count()),

	/** Removes a key, whoever's it is. */
	BREAK(count()),

	/** Lets a blank master of a new installation vote. */
	ADMIT(count()),

	/** Keeps a blank master among others from voting for a while. */
	QUARANTINE(count()),

	/** Tells which server this is, and whether it can be a master. */
	IDENTITY(RedisCommands.EVAL_LIST),

	/** Asks for a sign of life. */
	PING(RedisCommands.EVAL_VOID);

	private final byte[] text;

	private final byte[] digest;

	private final RedisCommand<?> eval;

	private final RedisCommand<?> evalSha;

	LockScript(RedisCommand<?> eval) {
		this.text = load(name().toLowerCase(Locale.ROOT) + ".lua");
		this.digest = digest(this.text).getBytes(StandardCharsets.US_ASCII);
		this.eval = eval;
		this.evalSha = new RedisCommand<>(eval, "EVALSHA");
	}

	// the reply is the number of keys that it was done for
	private static RedisCommand<Boolean> count() {
		return new RedisCommand<>("EVAL", (count) -> (Long) count > 0);
	}

	/**
	 * Execute this script.
	 * @param <R> the type of the reply
	 * @param master sends commands to the master
	 * @param keys the keys
	 * @param arguments the arguments
	 * @return the reply
	 */
	@SuppressWarnings("unchecked")
	<R> CompletionStage<R> evaluate(Sender master, List<String> keys, List<String> arguments) {
		Object[] parameters = parameters(keys, arguments);
		return master.send((RedisCommand<R>) this.evalSha, parameters).exceptionallyCompose((failure) -> {
			if (failure instanceof RedisNoScriptException || failure.getCause() instanceof RedisNoScriptException) {
				parameters[0] = this.text;
				return master.send((RedisCommand<R>) this.eval, parameters);
			}
			return CompletableFuture.failedStage(failure);
		});
	}

	// as bytes, since Redisson would take a pooled buffer outside the heap for each text
	private Object[] parameters(List<String> keys, List<String> arguments) {
		Object[] parameters = new Object[2 + keys.size() + arguments.size()];
		int count = 0;
		parameters[count++] = this.digest;
		parameters[count++] = encode(Integer.toString(keys.size()));
		for (String key : keys) {
			parameters[count++] = encode(key);
		}
		for (String argument : arguments) {
			parameters[count++] = encode(argument);
		}
		return parameters;
	}

	private static byte[] encode(String text) {
		return text.getBytes(StandardCharsets.UTF_8);
	}

	private static byte[] load(String name) {
		try (InputStream resource = LockScript.class.getResourceAsStream(name)) {
			if (resource == null) {
				throw new IllegalStateException("The script '" + name + "' is missing from the jar");
			}
			return resource.readAllBytes();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static String digest(byte[] text) {
		try {
			byte[] digest = MessageDigest.getInstance("SHA-1").digest(text);
			return HexFormat.of().formatHex(digest);
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * Sends commands to one master.
	 */
	interface Sender {

		<R> CompletionStage<R> send(RedisCommand<R> command, Object... parameters);

	}

}
