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
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

import io.github.redlock.quorum.Timer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.HashedWheelTimer;
import io.netty.util.Timeout;
import io.netty.util.concurrent.DefaultThreadFactory;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * The threads that the clients of all masters share.
 */
final class ClientResources {

	private static final Log logger = LogFactory.getLog(ClientResources.class);

	private static final int EVENT_LOOPS = Math.max(1, Math.min(2, Runtime.getRuntime().availableProcessors() / 2));

	private static final long IDLE_SECONDS = 1;

	private static final long TICK_MILLIS = 5;

	private final EventLoopGroup eventLoops = new MultiThreadIoEventLoopGroup(EVENT_LOOPS,
			new DefaultThreadFactory("redlock-io", true), NioIoHandler.newFactory());

	private final HashedWheelTimer timer = new HashedWheelTimer(new DefaultThreadFactory("redlock-timer", true),
			TICK_MILLIS, TimeUnit.MILLISECONDS);

	private final ExecutorService redisson = pool("redlock-redisson", 1);

	private final ExecutorService connector;

	/** Without a bound: what runs on it may wait for something else that does. */
	private final ExecutorService callbacks = new ThreadPoolExecutor(0, Integer.MAX_VALUE, IDLE_SECONDS,
			TimeUnit.SECONDS, new SynchronousQueue<>(), new DefaultThreadFactory("redlock-callback", true));

	private volatile boolean closed;

	/**
	 * Create the threads.
	 * @param masters for how many masters
	 */
	ClientResources(int masters) {
		// a minority that cannot be reached leaves one thread for the others
		this.connector = pool("redlock-connect", masters / 2 + 1);
	}

	private static ExecutorService pool(String name, int threads) {
		ThreadPoolExecutor pool = new ThreadPoolExecutor(threads, threads, IDLE_SECONDS, TimeUnit.SECONDS,
				new LinkedBlockingQueue<>(), new DefaultThreadFactory(name, true));
		pool.allowCoreThreadTimeOut(true);
		return pool;
	}

	EventLoopGroup eventLoops() {
		return this.eventLoops;
	}

	/**
	 * Run a task later, unless all is closed then.
	 * @param task the task, which does not block
	 * @param delay the delay
	 * @return the means to cancel it
	 */
	Timer.Cancellable schedule(Runnable task, Duration delay) {
		try {
			return this.timer.newTimeout((expired) -> task.run(), Math.max(0, TimeUnit.NANOSECONDS.convert(delay)),
					TimeUnit.NANOSECONDS)::cancel;
		}
		catch (IllegalStateException ex) {
			if (!this.closed) {
				throw ex;
			}
			return () -> {
			};
		}
	}

	/**
	 * Return what Redisson's clients run their tasks on.
	 * @return the executor
	 */
	ExecutorService redisson() {
		return this.redisson;
	}

	/**
	 * Connect in the background, unless all is being closed.
	 * @param task connects, and may block
	 */
	void connect(Runnable task) {
		execute(this.connector, task);
	}

	/**
	 * Run what depends on a lock; on the calling thread once all is closed, for someone
	 * may wait for it.
	 * @param task the task, which may block
	 */
	void callBack(Runnable task) {
		if (!execute(this.callbacks, task)) {
			task.run();
		}
	}

	private static boolean execute(ExecutorService executor, Runnable task) {
		try {
			executor.execute(task);
			return true;
		}
		catch (RejectedExecutionException ex) {
			if (!executor.isShutdown()) {
				throw ex;
			}
			return false;
		}
	}

	void close() {
		this.closed = true;
		this.timer.stop().forEach(ClientResources::expire);
		List<ExecutorService> executors = List.of(this.redisson, this.connector, this.callbacks);
		executors.forEach(ExecutorService::shutdown);
		this.eventLoops.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
		executors.forEach(ClientResources::awaitEnd);
	}

	// someone may wait for what was to end at that time
	private static void expire(Timeout timeout) {
		try {
			timeout.task().run(timeout);
		}
		catch (Exception ex) {
			logger.debug("What was to be done later failed at the shutdown", ex);
		}
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
