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
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.redisson.Redisson;
import org.redisson.api.RedissonClient;
import org.redisson.client.RedisConnectionException;
import org.redisson.config.Config;

import org.springframework.core.NestedExceptionUtils;

/**
 * The way to one master. Redisson connects on the calling thread, so that is done in the
 * background, until it has once succeeded; from then on Redisson reconnects by itself.
 */
final class MasterConnection {

	private static final Log logger = LogFactory.getLog(MasterConnection.class);

	private static final Duration RETRY = Duration.ofMillis(200);

	private static final long SHUTDOWN_MILLIS = 200;

	private final MasterAddress address;

	private final Config config;

	private final ClientResources resources;

	private final CompletableFuture<@Nullable Void> firstAttempt = new CompletableFuture<>();

	private volatile @Nullable MasterPipeline pipeline;

	private volatile String whyNot = "not connected yet";

	private volatile @Nullable RedissonClient client;

	// guarded by this
	private boolean closed;

	MasterConnection(MasterAddress address, Config config, ClientResources resources) {
		this.address = address;
		this.config = config;
		this.resources = resources;
	}

	String name() {
		return this.address.name();
	}

	/**
	 * Return whether this is the primary of a group rather than always the same server.
	 * @return whether it may become another
	 */
	boolean isGroup() {
		return this.address.group() != null;
	}

	/**
	 * Return what sends commands to this master.
	 * @return the pipeline
	 * @throws RedisConnectionException if it has not been reached yet
	 */
	MasterPipeline pipeline() {
		return connected(this.pipeline);
	}

	/**
	 * Return the client.
	 * @return the client
	 * @throws RedisConnectionException if the master has not been reached yet
	 */
	RedissonClient client() {
		return connected(this.client);
	}

	private <T> T connected(@Nullable T value) {
		if (value == null) {
			throw new RedisConnectionException(this.whyNot);
		}
		return value;
	}

	/**
	 * Connect in the background, again and again until it succeeds.
	 * @return a future that completes after the first attempt, successful or not
	 */
	CompletableFuture<@Nullable Void> connect() {
		this.resources.connect(this::tryConnect);
		return this.firstAttempt;
	}

	private void tryConnect() {
		try {
			use(Redisson.create(this.config));
			if (this.firstAttempt.isDone()) {
				logger.info("Connected to the Redis master " + name());
			}
		}
		catch (RuntimeException ex) {
			String reason = "not connected: " + rootMessage(ex);
			if (!reason.equals(this.whyNot)) {
				logger.warn("Cannot connect to the Redis master %s (%s); trying on in the background".formatted(name(),
						rootMessage(ex)));
			}
			this.whyNot = reason;
			this.resources.schedule(() -> this.resources.connect(this::tryConnect), RETRY);
		}
		finally {
			this.firstAttempt.complete(null);
		}
	}

	private void use(RedissonClient connected) {
		synchronized (this) {
			if (!this.closed) {
				this.client = connected;
				MasterPipeline ready = new MasterPipeline(((Redisson) connected).getCommandExecutor());
				this.pipeline = ready;
				warnOfEviction(ready);
				return;
			}
		}
		shutdown(connected);
	}

	private void warnOfEviction(MasterPipeline ready) {
		CompletionStage<byte[]> answer = LockScript.EVICTION.evaluate(ready, List.of(), List.of());
		answer.thenAccept((bytes) -> {
			String policy = new String(bytes, StandardCharsets.UTF_8);
			if (!policy.equals("noeviction")) {
				logger.warn(("The Redis master %s forgets keys when its memory is full (maxmemory-policy %s), "
						+ "and locks with them; set 'maxmemory-policy noeviction' there")
					.formatted(name(), policy));
			}
		});
	}

	void close() {
		RedissonClient current;
		synchronized (this) {
			this.closed = true;
			this.whyNot = "closed";
			current = this.client;
			this.pipeline = null;
			this.client = null;
		}
		if (current != null) {
			shutdown(current);
		}
	}

	private static void shutdown(RedissonClient client) {
		client.shutdown(0, SHUTDOWN_MILLIS, TimeUnit.MILLISECONDS);
	}

	private static String rootMessage(Throwable failure) {
		Throwable cause = NestedExceptionUtils.getMostSpecificCause(failure);
		if (cause instanceof TimeoutException) {
			return "no answer in time";
		}
		return (cause.getMessage() != null) ? cause.getMessage() : cause.getClass().getSimpleName();
	}

}
