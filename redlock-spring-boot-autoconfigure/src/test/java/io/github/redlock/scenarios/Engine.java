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

package io.github.redlock.scenarios;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletionStage;
import java.util.stream.StreamSupport;

import io.github.redlock.RedLockListener;
import io.github.redlock.quorum.Clocks;
import io.github.redlock.quorum.LockNode;
import io.github.redlock.quorum.LockOptions;
import io.github.redlock.quorum.QuorumLocks;
import io.github.redlock.quorum.QuorumRedLockClient;
import io.github.redlock.quorum.QuorumSettings;
import io.github.redlock.redisson.MasterAddress;
import io.github.redlock.redisson.RedissonMasters;
import io.github.redlock.redisson.RedissonSettings;
import io.github.redlock.test.RedisMasters;

/**
 * A client on real masters, whose clocks a test can set: they go on by themselves, and a
 * pause of the process, or somebody who sets the wall clock, is a leap of them.
 */
final class Engine implements Clocks, AutoCloseable {

	private final RedissonMasters masters;

	private final QuorumLocks locks;

	private volatile long nanosAhead;

	private volatile long wallMicrosAhead;

	private volatile Runnable afterGrant = () -> {
	};

	/**
	 * Connect.
	 * @param masters the masters
	 * @param listeners are told what happens
	 */
	Engine(RedisMasters masters, RedLockListener... listeners) {
		List<MasterAddress> addresses = StreamSupport.stream(masters.spliterator(), false)
			.map((master) -> new MasterAddress(master.address(), master.address(), null, null, 0))
			.toList();
		this.masters = new RedissonMasters(addresses, new RedissonSettings("lock:", Duration.ofSeconds(1),
				Duration.ofHours(1), Duration.ofMillis(300), Duration.ofMillis(100), false));
		QuorumSettings settings = new QuorumSettings(Duration.ofMillis(200), Duration.ofMillis(20),
				Duration.ofMillis(500), Duration.ofMinutes(1));
		this.locks = new QuorumLocks(this.masters.nodes().stream().map(this::observed).toList(), settings, this,
				this.masters.timer(), new Random(), this.masters.executor(), List.of(listeners));
	}

	private LockNode observed(LockNode node) {
		return (LockNode) Proxy.newProxyInstance(getClass().getClassLoader(), new Class<?>[] { LockNode.class },
				(proxy, method, arguments) -> {
					try {
						Object result = method.invoke(node, arguments);
						return method.getName().equals("acquire")
								? ((CompletionStage<?>) result).whenComplete((reply, failure) -> this.afterGrant.run())
								: result;
					}
					catch (InvocationTargetException ex) {
						throw ex.getCause();
					}
				});
	}

	QuorumRedLockClient client() {
		return new QuorumRedLockClient(this.locks, new LockOptions(Duration.ofSeconds(10), Duration.ofSeconds(5)));
	}

	/**
	 * Have something happen whenever a master has answered an acquire, before anyone
	 * takes note of it.
	 * @param action what happens
	 */
	void afterEachAnswer(Runnable action) {
		this.afterGrant = action;
	}

	/**
	 * Let this process have been paused.
	 * @param pause for how long
	 */
	void pause(Duration pause) {
		this.nanosAhead += pause.toNanos();
		this.wallMicrosAhead += pause.toNanos() / 1000;
	}

	/**
	 * Let this machine have been suspended: its monotonic clock stood still.
	 * @param pause for how long
	 */
	void suspend(Duration pause) {
		this.nanosAhead -= pause.toNanos();
	}

	void setWallClockForward(Duration leap) {
		this.wallMicrosAhead += leap.toNanos() / 1000;
	}

	@Override
	public long nanoTime() {
		return Clocks.system().nanoTime() + this.nanosAhead;
	}

	@Override
	public long wallMicros() {
		return Clocks.system().wallMicros() + this.wallMicrosAhead;
	}

	@Override
	public void close() {
		this.locks.close();
		this.masters.close();
	}

}
