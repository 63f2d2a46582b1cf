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

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

import io.github.redlock.quorum.AcquireReply.Blank;
import org.jspecify.annotations.Nullable;

/**
 * A master as one client reaches it: over a connection that keeps the order, and that can
 * be slow, lose what is under way, or break, so that what was sent before arrives after
 * what is sent over the next one.
 */
final class SimulatedNode implements LockNode {

	private final SimulatedWorld world;

	private final SimulatedClient client;

	private final SimulatedMaster master;

	private final String name;

	private final boolean reliable;

	private long lastArrival;

	private long lastAnswer;

	private long connection;

	private int epoch;

	SimulatedNode(SimulatedWorld world, SimulatedClient client, SimulatedMaster master, String name, boolean reliable) {
		this.world = world;
		this.client = client;
		this.master = master;
		this.name = name;
		this.reliable = reliable;
	}

	@Override
	public String name() {
		return this.name;
	}

	@Override
	public CompletionStage<AcquireReply> acquire(LockRequest request, long proposal) {
		if (request.predecessor() != null) {
			this.client.released(request.predecessor());
		}
		return send(() -> this.master.acquire(request, proposal));
	}

	@Override
	public CompletionStage<AcquireReply> inspect(List<String> keys) {
		return send(() -> this.master.inspect(keys));
	}

	@Override
	public CompletionStage<Boolean> confirm(LockRequest request, long token, long bound) {
		return send(() -> this.master.confirm(request, token, bound));
	}

	@Override
	public CompletionStage<Boolean> extend(LockRequest request) {
		return send(() -> this.master.extend(request));
	}

	@Override
	public CompletionStage<Boolean> release(LockRequest request, int unanswered) {
		this.client.released(request.owner());
		return send(() -> this.master.release(request, unanswered));
	}

	@Override
	public CompletionStage<Boolean> repair(LockRequest request, long token) {
		return send(() -> this.master.repair(request, token));
	}

	@Override
	public CompletionStage<Boolean> breakLock(String key) {
		throw new UnsupportedOperationException("nobody breaks locks here");
	}

	@Override
	public CompletionStage<Boolean> admit(Blank blank) {
		return send(() -> this.master.admit(blank));
	}

	@Override
	public CompletionStage<Boolean> quarantine(Blank blank) {
		return send(() -> this.master.quarantine(blank));
	}

	@Override
	public CompletionStage<Timer.Cancellable> subscribe(List<String> keys, Runnable released) {
		Runnable listener = () -> {
			if (this.reliable || !this.world.chance(0.05)) {
				this.world.after(delay(), () -> this.client.execute(released));
			}
		};
		return send(() -> {
			this.master.subscribe(keys, listener);
			return () -> send(() -> {
				this.master.unsubscribe(keys, listener);
				return null;
			});
		});
	}

	@Override
	public CompletionStage<Long> countListeners(List<String> keys) {
		return send(() -> this.master.countListeners(keys));
	}

	@Override
	public CompletionStage<@Nullable Void> ping() {
		return send(() -> null);
	}

	private <T> CompletionStage<T> send(Supplier<T> command) {
		CompletableFuture<T> answer = new CompletableFuture<>();
		if (this.epoch != this.master.epoch) {
			this.epoch = this.master.epoch;
			reconnect();
		}
		if (this.master.down) {
			this.client.execute(() -> answer.completeExceptionally(new IllegalStateException("Connection refused")));
			return answer;
		}
		if (!this.reliable && this.world.chance(0.01)) {
			reconnect();
		}
		long sentOver = this.connection;
		int sentIn = this.epoch;
		boolean lost = !this.reliable && this.world.chance(0.01);
		boolean answerLost = !this.reliable && this.world.chance(0.01);
		if (lost) {
			reconnect();
			return answer;
		}
		this.lastArrival = Math.max(this.lastArrival, this.world.now() + delay());
		this.world.at(this.lastArrival, () -> {
			if (sentIn == this.master.epoch) {
				this.master.execute(List.of(this.name, this.client, sentOver),
						() -> answer(execution(command, answer), answerLost || sentOver != this.connection));
			}
		});
		return answer;
	}

	/**
	 * Have the master execute a command.
	 * @param <T> the type of the answer
	 * @param command the command
	 * @param answer the future answer
	 * @return completes it
	 */
	private <T> Runnable execution(Supplier<T> command, CompletableFuture<T> answer) {
		if (this.master.isRefusing()) {
			return () -> answer.completeExceptionally(new ErrorReplyException("MISCONF"));
		}
		T value = command.get();
		return () -> answer.complete(value);
	}

	private void answer(Runnable answer, boolean lost) {
		if (!lost) {
			this.lastAnswer = Math.max(this.lastAnswer, this.world.now() + delay());
			this.world.at(this.lastAnswer, () -> this.client.execute(answer));
		}
	}

	private void reconnect() {
		this.connection++;
		this.lastArrival = 0;
	}

	private long delay() {
		if (!this.reliable && this.world.chance(0.02)) {
			return this.world.between(0, 300 * SimulatedWorld.MILLIS);
		}
		return this.client.distance() + this.world.between(100_000, 3 * SimulatedWorld.MILLIS);
	}

}
