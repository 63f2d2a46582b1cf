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
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CompletionStage;

import org.redisson.api.RScript;
import org.redisson.api.RScript.Mode;
import org.redisson.api.RScript.ReturnType;
import org.redisson.client.RedisNoScriptException;

/**
 * A Lua script that changes a master, sent by its digest. The text follows only when the
 * master does not know it.
 */
enum LockScript {

	/** Grants all keys or none. */
	ACQUIRE(ReturnType.LIST),

	/** Writes a fencing token back. */
	CONFIRM(ReturnType.LONG),

	/** Sets the time that is left. */
	EXTEND(ReturnType.LONG),

	/** Gives keys up. */
	RELEASE(ReturnType.LONG),

	/** Gives a free key back to the holder of the others. */
	REPAIR(ReturnType.LONG),

	/** Lets a blank master of a new installation vote. */
	ADMIT(ReturnType.LONG),

	/** Keeps a blank master among others from voting for a while. */
	QUARANTINE(ReturnType.LONG),

	/** Tells what the master does when its memory is full. */
	EVICTION(ReturnType.VALUE),

	/** Asks for a sign of life. */
	PING(ReturnType.LONG);

	private final String text;

	private final String digest;

	private final ReturnType returnType;

	LockScript(ReturnType returnType) {
		this.text = load(name().toLowerCase(java.util.Locale.ROOT) + ".lua");
		this.digest = digest(this.text);
		this.returnType = returnType;
	}

	/**
	 * Execute this script.
	 * @param <R> the type of the reply
	 * @param scripts the master
	 * @param keys the keys
	 * @param arguments the arguments
	 * @return the reply
	 */
	<R> CompletionStage<R> evaluate(RScript scripts, List<String> keys, List<String> arguments) {
		List<Object> encodedKeys = Arrays.asList(encode(keys));
		Object[] encodedArguments = encode(arguments);
		CompletionStage<R> reply = scripts.evalShaAsync(Mode.READ_WRITE, this.digest, this.returnType, encodedKeys,
				encodedArguments);
		return reply.exceptionallyCompose((failure) -> {
			if (failure instanceof RedisNoScriptException || failure.getCause() instanceof RedisNoScriptException) {
				return scripts.evalAsync(Mode.READ_WRITE, this.text, this.returnType, encodedKeys, encodedArguments);
			}
			return reply;
		});
	}

	// Redisson would take a pooled buffer outside the heap for each text
	private static Object[] encode(List<String> texts) {
		Object[] encoded = new Object[texts.size()];
		for (int i = 0; i < encoded.length; i++) {
			encoded[i] = texts.get(i).getBytes(StandardCharsets.UTF_8);
		}
		return encoded;
	}

	private static String load(String name) {
		try (InputStream resource = LockScript.class.getResourceAsStream(name)) {
			if (resource == null) {
				throw new IllegalStateException("The script '" + name + "' is missing from the jar");
			}
			return new String(resource.readAllBytes(), StandardCharsets.UTF_8);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static String digest(String text) {
		try {
			byte[] digest = MessageDigest.getInstance("SHA-1").digest(text.getBytes(StandardCharsets.UTF_8));
			return HexFormat.of().formatHex(digest);
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
