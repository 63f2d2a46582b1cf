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

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * A master in the memory of this JVM instead of Redis masters, for tests: it guards
 * nothing beyond the JVM. All instances share it, so that several application contexts
 * exclude each other as they would on Redis.
 *
 * @since 0.1.0
 */
public final class LocalMasters implements Masters {

	private static final Logger logger = System.getLogger(LocalMasters.class.getName());

	private static final long IDLE_SECONDS = 1;

	private final ScheduledThreadPoolExecutor timer;

	private final ExecutorService callbacks;

	private final LocalNode node;

	/**
	 * Create a way to the master of this JVM, and warn of what it is.
	 * @param keyPrefix what precedes the name of a lock
	 */
	public LocalMasters(String keyPrefix) {
		this.timer = new ScheduledThreadPoolExecutor(1, daemons("redlock-timer"),
				new ThreadPoolExecutor.DiscardPolicy());
		this.timer.setRemoveOnCancelPolicy(true);
		this.timer.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
		// without a bound, for what runs here may wait for something else that does; once
		// closed on the calling thread, for someone may wait for it
		this.callbacks = new ThreadPoolExecutor(0, Integer.MAX_VALUE, IDLE_SECONDS, TimeUnit.SECONDS,
				new SynchronousQueue<>(), daemons("redlock-callback"), (task, closed) -> task.run());
		this.node = new LocalNode(keyPrefix, (released) -> schedule(released, Duration.ZERO));
		logger.log(Level.WARNING, "Locks are kept in the memory of this JVM (redlock.mode=local): "
				+ "nothing is guarded beyond it. This is for tests only");
	}

	private static ThreadFactory daemons(String name) {
		return (task) -> {
			Thread thread = new Thread(task, name);
			thread.setDaemon(true);
			return thread;
		};
	}

	@Override
	public List<LockNode> nodes() {
		return List.of(this.node);
	}

	@Override
	public Timer timer() {
		return this::schedule;
	}

	private Timer.Cancellable schedule(Runnable task, Duration delay) {
		Future<?> scheduled = this.timer.schedule(task, TimeUnit.NANOSECONDS.convert(delay), TimeUnit.NANOSECONDS);
		return () -> scheduled.cancel(false);
	}

	@Override
	public Executor executor() {
		return this.callbacks;
	}

	@Override
	public void close() {
		this.node.close();
		this.timer.shutdown();
		this.callbacks.shutdown();
		awaitEnd(this.timer);
		awaitEnd(this.callbacks);
	}

	private static void awaitEnd(ExecutorService executor) {
		try {
			if (!executor.awaitTermination(1, TimeUnit.SECONDS)) {
				executor.shutdownNow();
			}
		}
		catch (InterruptedException ex) {
			executor.shutdownNow();
			Thread.currentThread().interrupt();
		}
	}

}
