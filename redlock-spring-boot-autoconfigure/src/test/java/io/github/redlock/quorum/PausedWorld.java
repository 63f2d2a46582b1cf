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

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.concurrent.CompletableFuture;

import io.github.redlock.RedLockListener;
import org.jspecify.annotations.Nullable;

/**
 * One master that answers at once, and processes on one clock that goes on as the test
 * says: all of them stand still when a process is paused, which it can be at any reading
 * of the clock.
 */
final class PausedWorld implements InvocationHandler, Clocks {

	static final Duration LEASE = Duration.ofSeconds(5);

	private static final QuorumSettings SETTINGS = new QuorumSettings(Duration.ofMillis(50), Duration.ofMillis(5),
			Duration.ofMillis(100), LEASE);

	private final PriorityQueue<Task> tasks = new PriorityQueue<>(
			Comparator.comparingLong(Task::at).thenComparingLong(Task::number));

	private final LockTable table = new LockTable(() -> this.nanos / 1_000);

	private final List<Runnable> subscribers = new ArrayList<>();

	private final List<RedLockListener> listeners = new ArrayList<>();

	private final List<QuorumLocks> processes = new ArrayList<>();

	private long listenersElsewhere;

	private long scheduled;

	private long nanos = 1;

	private Duration wallAhead = Duration.ZERO;

	private long reads;

	private long pauseAtRead = Long.MAX_VALUE;

	private Duration pause = Duration.ZERO;

	/**
	 * Start another process.
	 * @return its locks
	 */
	QuorumLocks process() {
		LockNode master = (LockNode) Proxy.newProxyInstance(LockNode.class.getClassLoader(),
				new Class<?>[] { LockNode.class }, this);
		QuorumLocks process = new QuorumLocks(List.of(master), SETTINGS, this, this::schedule,
				new Random(this.processes.size()), Runnable::run, this.listeners);
		this.processes.add(process);
		return process;
	}

	/**
	 * Pause once, in the middle of what is done then.
	 * @param read at which reading of the clock from now on, beginning with 1
	 * @param length for how long
	 */
	void pauseAt(long read, Duration length) {
		this.pauseAtRead = this.reads + read;
		this.pause = length;
	}

	long reads() {
		return this.reads;
	}

	void setWallClockForward(Duration ahead) {
		this.wallAhead = ahead;
	}

	/**
	 * Have others listen for releases who never want the lock.
	 * @param count how many
	 */
	void listenElsewhere(long count) {
		this.listenersElsewhere = count;
	}

	void addListener(RedLockListener listener) {
		this.listeners.add(listener);
	}

	/**
	 * Return whose a lock is on the master.
	 * @param key the key
	 * @return the owner, or {@code null}
	 */
	@Nullable String holder(String key) {
		return this.table.holder(key);
	}

	/**
	 * Return what is left of the work that was done.
	 * @return locks on the master, subscribers, tasks to be done later, leases and
	 * acquisitions
	 */
	List<Object> leftovers() {
		List<Object> leftovers = new ArrayList<>(this.table.owners());
		leftovers.addAll(this.subscribers);
		leftovers.addAll(this.tasks);
		this.processes.forEach((process) -> {
			leftovers.addAll(process.held());
			leftovers.addAll(process.wanted());
		});
		return leftovers;
	}

	/**
	 * Let time go by.
	 * @param time how much
	 */
	void run(Duration time) {
		long end = this.nanos + time.toNanos();
		for (Task task = this.tasks.peek(); task != null && task.at <= end; task = this.tasks.peek()) {
			this.tasks.remove(task);
			this.nanos = Math.max(this.nanos, task.at);
			task.code.run();
		}
		this.nanos = Math.max(this.nanos, end);
	}

	Timer.Cancellable schedule(Runnable code, Duration delay) {
		Task task = new Task(this.nanos + Math.max(0, delay.toNanos()), this.scheduled++, code);
		this.tasks.add(task);
		return () -> this.tasks.remove(task);
	}

	@Override
	public long nanoTime() {
		this.reads++;
		if (this.reads == this.pauseAtRead) {
			this.nanos += this.pause.toNanos();
		}
		return this.nanos;
	}

	@Override
	public long wallMicros() {
		return (this.nanos + this.wallAhead.toNanos()) / 1_000;
	}

	@Override
	public Object invoke(Object proxy, Method method, @Nullable Object[] arguments) {
		return switch (method.getName()) {
			case "name" -> "master";
			case "ping" -> CompletableFuture.completedStage(null);
			case "acquire" -> CompletableFuture
				.completedStage(this.table.acquire((LockRequest) arguments[0], (Long) arguments[1], 0));
			case "confirm" -> CompletableFuture.completedStage(
					this.table.confirm((LockRequest) arguments[0], (Long) arguments[1], (Long) arguments[2]));
			case "extend" -> CompletableFuture.completedStage(this.table.extend((LockRequest) arguments[0]));
			case "release" -> announced(this.table.release((LockRequest) arguments[0], (Integer) arguments[1]));
			case "breakLock" -> announced(this.table.breakLock((String) arguments[0]));
			case "countListeners" ->
				CompletableFuture.completedStage(this.listenersElsewhere + this.subscribers.size());
			case "subscribe" -> subscribe((Runnable) arguments[1]);
			default -> throw new UnsupportedOperationException(method.getName());
		};
	}

	private Object subscribe(Runnable subscriber) {
		this.subscribers.add(subscriber);
		return CompletableFuture.<Timer.Cancellable>completedStage(() -> this.subscribers.remove(subscriber));
	}

	private Object announced(List<String> released) {
		if (!released.isEmpty()) {
			List.copyOf(this.subscribers).forEach((subscriber) -> schedule(subscriber, Duration.ofNanos(1)));
		}
		return CompletableFuture.completedStage(!released.isEmpty());
	}

	private record Task(long at, long number, Runnable code) {

	}

}
