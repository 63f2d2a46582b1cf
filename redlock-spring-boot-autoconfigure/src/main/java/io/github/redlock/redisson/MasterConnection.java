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

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.redisson.client.RedisConnectionException;
import org.redisson.command.CommandAsyncExecutor;
import org.redisson.config.Config;
import org.redisson.connection.ConnectionManager;
import org.redisson.liveobject.core.RedissonObjectBuilder.ReferenceType;

import org.springframework.core.NestedExceptionUtils;

/**
 * The way to one master. Redisson connects on the calling thread, so that is done in the
 * background, until it has once succeeded; from then on Redisson reconnects by itself,
 * and what it reaches is looked at again.
 */
final class MasterConnection {

	private static final Log logger = LogFactory.getLog(MasterConnection.class);

	private static final Duration RETRY = Duration.ofMillis(200);

	/** For a person has to mend it first. */
	private static final Duration RETRY_AFTER_MISTAKE = Duration.ofSeconds(5);

	private static final long SHUTDOWN_MILLIS = 200;

	private final MasterAddress address;

	private final Config config;

	private final ClientResources resources;

	private final MasterCheck check;

	private final Duration timeout;

	private final CompletableFuture<@Nullable Void> firstAttempt = new CompletableFuture<>();

	private final AtomicBoolean looking = new AtomicBoolean();

	private volatile @Nullable MasterPipeline pipeline;

	private volatile String whyNot = "not connected yet";

	private volatile @Nullable Misconfiguration misconfiguration;

	private volatile @Nullable CommandAsyncExecutor client;

	private volatile Runnable givenUp = () -> {
	};

	// guarded by this
	private @Nullable String told;

	// guarded by this
	private boolean closed;

	/**
	 * Prepare a connection.
	 * @param address where the master is
	 * @param config how to reach it
	 * @param resources the threads
	 * @param check looks at what is reached
	 * @param timeout how long it has to answer that
	 */
	MasterConnection(MasterAddress address, Config config, ClientResources resources, MasterCheck check,
			Duration timeout) {
		this.address = address;
		this.config = config;
		this.resources = resources;
		this.check = check;
		this.timeout = timeout;
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
	 * Return what sends commands to this master, and have it looked at if it has been
	 * reached anew.
	 * @return the pipeline
	 * @throws RedisConnectionException if it has not been reached yet
	 */
	MasterPipeline pipeline() {
		MasterPipeline current = connected(this.pipeline);
		if (!current.isKnown() && this.looking.compareAndSet(false, true)) {
			try {
				this.resources.connect(() -> lookAgain(current));
			}
			catch (RuntimeException | Error ex) {
				this.looking.set(false);
				current.failed(rootMessage(ex));
			}
		}
		return current;
	}

	// an address may lead to another server than before
	private void lookAgain(MasterPipeline reached) {
		try {
			Misconfiguration wrong = look(reached);
			if (wrong != null && isGroup()) {
				reached.failed(wrong.problem());
			}
			else if (wrong != null) {
				giveUp(reached, wrong);
			}
		}
		catch (Exception ex) {
			reached.failed(rootMessage(ex));
		}
		finally {
			this.looking.set(false);
		}
	}

	private @Nullable Misconfiguration look(MasterPipeline reached) throws Exception {
		return reached.lookAt((sender) -> this.check.check(name(), sender, this.timeout), this.timeout);
	}

	private void giveUp(MasterPipeline reached, Misconfiguration wrong) {
		CommandAsyncExecutor given;
		synchronized (this) {
			if (this.closed || this.pipeline != reached) {
				return;
			}
			given = this.client;
			this.pipeline = null;
			this.client = null;
			this.told = null;
		}
		if (given != null) {
			shutdown(given);
			this.givenUp.run();
		}
		retryLater(wrong, "");
	}

	/**
	 * Return Redisson's client of this master.
	 * @return the client
	 * @throws RedisConnectionException if the master has not been reached yet
	 */
	CommandAsyncExecutor client() {
		return connected(this.client);
	}

	boolean isGivenUp(CommandAsyncExecutor former) {
		return this.client != former;
	}

	/**
	 * Have something done when a client is given up, since it has reached another server
	 * than it should.
	 * @param action what to do, which does not block
	 */
	void onGivenUp(Runnable action) {
		this.givenUp = action;
	}

	void schedule(Runnable task, Duration delay) {
		this.resources.schedule(task, delay);
	}

	private <T> T connected(@Nullable T value) {
		if (value == null) {
			throw new RedisConnectionException(this.whyNot);
		}
		return value;
	}

	/**
	 * Return what is wrong with this master by what the last attempt has shown.
	 * @return what is wrong, or {@code null} if it is connected, or just away
	 */
	@Nullable Misconfiguration misconfiguration() {
		return this.misconfiguration;
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
		if (isClosed()) {
			return;
		}
		try {
			// its facade reads the manifest of every jar, and loads a class for every
			// kind of
			// object that Redisson has
			ConnectionManager manager = ConnectionManager.create(new Config(this.config));
			use(manager.createCommandExecutor(null, ReferenceType.DEFAULT));
			if (this.firstAttempt.isDone()) {
				logger.info("Connected to the Redis master " + name());
			}
		}
		catch (Exception | Error ex) {
			Misconfiguration wrong = MasterCheck.misconfiguration(name(), ex);
			retryLater(wrong, rootMessage(ex));
		}
		finally {
			this.firstAttempt.complete(null);
		}
	}

	private void use(CommandAsyncExecutor connected) throws Exception {
		Misconfiguration wrong;
		try {
			MasterPipeline ready = new MasterPipeline(connected);
			wrong = look(ready);
			if (wrong == null && use(connected, ready)) {
				return;
			}
		}
		finally {
			if (this.client != connected) {
				shutdown(connected);
			}
		}
		if (wrong != null) {
			retryLater(wrong, "");
		}
	}

	private synchronized boolean use(CommandAsyncExecutor connected, MasterPipeline ready) {
		if (!this.closed) {
			this.client = connected;
			this.pipeline = ready;
			this.misconfiguration = null;
		}
		return !this.closed;
	}

	private synchronized boolean isClosed() {
		return this.closed;
	}

	private synchronized void retryLater(@Nullable Misconfiguration wrong, String failure) {
		if (this.closed) {
			return;
		}
		// the same absence can show as now this failure, now that
		String kind = (wrong != null) ? wrong.problem() : "away";
		if (!kind.equals(this.told)) {
			if (wrong != null) {
				logger.error("The Redis master %s. %s It does not vote until then.".formatted(wrong, wrong.mend()));
			}
			else {
				logger.warn("Cannot connect to the Redis master %s (%s); trying on in the background".formatted(name(),
						failure));
			}
		}
		this.told = kind;
		this.whyNot = (wrong != null) ? wrong.problem() : "not connected: " + failure;
		this.misconfiguration = wrong;
		this.resources.schedule(this::connectAgain, (wrong != null) ? RETRY_AFTER_MISTAKE : RETRY);
	}

	private void connectAgain() {
		try {
			this.resources.connect(this::tryConnect);
		}
		catch (RuntimeException | Error ex) {
			// there is no thread for it just now
			retryLater(null, rootMessage(ex));
		}
	}

	void close() {
		CommandAsyncExecutor current;
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

	private static void shutdown(CommandAsyncExecutor client) {
		client.getConnectionManager().shutdown(0, SHUTDOWN_MILLIS, TimeUnit.MILLISECONDS);
	}

	private String rootMessage(Throwable failure) {
		Throwable cause = NestedExceptionUtils.getMostSpecificCause(failure);
		if (cause instanceof TimeoutException) {
			boolean tls = MasterAddress.isForTls(this.address.urls().get(0));
			return "no answer in time"
					+ (tls ? "; that is also how a server behaves that does not speak TLS there" : "");
		}
		return (cause.getMessage() != null) ? cause.getMessage() : cause.getClass().getSimpleName();
	}

}
