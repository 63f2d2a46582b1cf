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

import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.HashedWheelTimer;
import io.netty.util.concurrent.DefaultThreadFactory;

/**
 * The threads that the clients of all masters share.
 */
final class ClientResources {

	private static final int EVENT_LOOPS = Math.max(1, Math.min(2, Runtime.getRuntime().availableProcessors() / 2));

	private static final int MAX_BACKGROUND_THREADS = 4;

	private static final long TICK_MILLIS = 5;

	private final EventLoopGroup eventLoops = new MultiThreadIoEventLoopGroup(EVENT_LOOPS,
			new DefaultThreadFactory("redlock-io", true), NioIoHandler.newFactory());

	private final HashedWheelTimer timer = new HashedWheelTimer(new DefaultThreadFactory("redlock-timer", true),
			TICK_MILLIS, TimeUnit.MILLISECONDS);

	private final ThreadPoolExecutor executor;

	ClientResources() {
		this.executor = new ThreadPoolExecutor(MAX_BACKGROUND_THREADS, MAX_BACKGROUND_THREADS, 5, TimeUnit.SECONDS,
				new LinkedBlockingQueue<>(), new DefaultThreadFactory("redlock-background", true));
		this.executor.allowCoreThreadTimeOut(true);
	}

	EventLoopGroup eventLoops() {
		return this.eventLoops;
	}

	HashedWheelTimer timer() {
		return this.timer;
	}

	ExecutorService executor() {
		return this.executor;
	}

	/**
	 * Run a task in the background, unless all is being closed.
	 * @param task the task
	 */
	void execute(Runnable task) {
		try {
			this.executor.execute(task);
		}
		catch (RejectedExecutionException ex) {
			if (!this.executor.isShutdown()) {
				throw ex;
			}
		}
	}

	void close() {
		this.timer.stop();
		this.executor.shutdownNow();
		this.eventLoops.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
		try {
			this.executor.awaitTermination(2, TimeUnit.SECONDS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

}
