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
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Predicate;

import io.github.redlock.quorum.AcquireReply;
import io.github.redlock.quorum.AcquireReply.Blank;
import io.github.redlock.quorum.AcquireReply.Granted;
import io.github.redlock.quorum.AcquireReply.Unfollowed;
import io.github.redlock.quorum.ErrorReplyException;
import io.github.redlock.quorum.LockNode;
import io.github.redlock.quorum.LockRequest;
import io.github.redlock.quorum.Timer;
import org.jspecify.annotations.Nullable;
import org.redisson.client.RedisConnectionException;
import org.redisson.client.RedisException;
import org.redisson.client.RedisNodeNotFoundException;
import org.redisson.client.RedisReconnectedException;
import org.redisson.client.RedisTimeoutException;
import org.redisson.client.protocol.RedisCommands;

/**
 * A master behind one pipelined connection: every operation is one script.
 */
final class RedissonLockNode implements LockNode {

	private static final String NOBODY = "";

	private final MasterConnection connection;

	private final LockKeys keys;

	private final String tokenRetention;

	private final String quarantine;

	private final String quarantineAfterRestart;

	/** How long a group's primary waits for a replica, in ms. */
	private final String acknowledgement;

	/** What names a run of this master in INFO: a group's primary has one a promotion. */
	private final String run;

	private final Subscriptions subscriptions;

	RedissonLockNode(MasterConnection connection, LockKeys keys, RedissonSettings settings) {
		this.connection = connection;
		this.subscriptions = new Subscriptions(connection);
		this.keys = keys;
		this.tokenRetention = millis(settings.tokenRetention());
		this.quarantine = millis(settings.quarantine());
		boolean trusted = settings.trustRestarts() && !connection.isGroup();
		this.quarantineAfterRestart = trusted ? "0" : this.quarantine;
		this.acknowledgement = millis(settings.acknowledgement());
		this.run = connection.isGroup() ? "master_replid" : "run_id";
	}

	@Override
	public String name() {
		return this.connection.name();
	}

	@Override
	public CompletionStage<AcquireReply> acquire(LockRequest request, long proposal) {
		return ask(request, millis(request.lease()), proposal, Granted.class::isInstance);
	}

	@Override
	public CompletionStage<AcquireReply> inspect(List<String> names) {
		return ask(new LockRequest(names, NOBODY, Duration.ZERO), "0", 0, (reply) -> false);
	}

	private CompletionStage<AcquireReply> ask(LockRequest request, String lease, long proposal,
			Predicate<AcquireReply> agreed) {
		List<String> scriptKeys = this.keys.locksAndTokensAndTombstone(request);
		scriptKeys.addAll(LockKeys.MEMBERSHIP);
		return vote(LockScript.ACQUIRE, agreed, new Unfollowed(), scriptKeys, request.owner(), lease,
				Long.toString(proposal), this.tokenRetention, this.quarantine, this.run,
				Objects.requireNonNullElse(request.predecessor(), NOBODY), this.quarantineAfterRestart);
	}

	private static Throwable withoutCommand(Throwable failure) {
		Throwable cause = unwrapped(failure);
		return isAnswer(cause) ? new ErrorReplyException(serverText(cause)) : failure;
	}

	static Throwable unwrapped(Throwable failure) {
		return (failure instanceof CompletionException && failure.getCause() != null) ? failure.getCause() : failure;
	}

	// what Redisson met on the way to the master, it gives a cause
	static boolean isAnswer(Throwable failure) {
		boolean silent = failure instanceof RedisConnectionException || failure instanceof RedisTimeoutException
				|| failure instanceof RedisReconnectedException || failure instanceof RedisNodeNotFoundException;
		return failure instanceof RedisException && !silent && failure.getCause() == null;
	}

	// what Redisson adds to it is the whole command
	static String serverText(Throwable failure) {
		return String.valueOf(failure.getMessage()).replaceFirst("\\. channel: (?s:.*)", "");
	}

	@Override
	public CompletionStage<Boolean> confirm(LockRequest request, long token, long bound) {
		return evaluate(LockScript.CONFIRM, this.keys.locksAndTokens(request), request.owner(), Long.toString(token),
				Long.toString(bound), this.tokenRetention);
	}

	@Override
	public CompletionStage<Boolean> extend(LockRequest request) {
		List<String> scriptKeys = this.keys.locks(request.keys());
		scriptKeys.add(LockKeys.MEMBER);
		return vote(LockScript.EXTEND, Boolean::booleanValue, false, scriptKeys, request.owner(),
				millis(request.lease()), this.run);
	}

	@Override
	public CompletionStage<Boolean> release(LockRequest request, int unanswered) {
		List<String> scriptKeys = this.keys.locks(request.keys());
		scriptKeys.add(this.keys.tombstone(request));
		List<String> arguments = new ArrayList<>();
		arguments.add(request.owner());
		arguments.add(Integer.toString(unanswered));
		arguments.add(millis(request.lease()));
		arguments.addAll(this.keys.channels(request.keys()));
		return evaluate(LockScript.RELEASE, scriptKeys, arguments.toArray(String[]::new));
	}

	@Override
	public CompletionStage<Boolean> repair(LockRequest request, long token) {
		List<String> scriptKeys = this.keys.locksAndTokensAndTombstone(request);
		scriptKeys.add(LockKeys.MEMBER);
		return vote(LockScript.REPAIR, Boolean::booleanValue, false, scriptKeys, request.owner(),
				millis(request.lease()), Long.toString(token), this.tokenRetention, this.run);
	}

	@Override
	public CompletionStage<Boolean> breakLock(String key) {
		return evaluate(LockScript.BREAK, this.keys.locks(List.of(key)), this.keys.channels(List.of(key)).get(0));
	}

	@Override
	public CompletionStage<Boolean> admit(Blank blank) {
		return evaluate(LockScript.ADMIT, LockKeys.MEMBERSHIP, Long.toString(blank.id()), this.run);
	}

	@Override
	public CompletionStage<Boolean> quarantine(Blank blank) {
		return evaluate(LockScript.QUARANTINE, LockKeys.MEMBERSHIP, Long.toString(blank.id()), this.quarantine,
				this.run);
	}

	@Override
	public CompletionStage<Timer.Cancellable> subscribe(List<String> names, Runnable released) {
		try {
			List<CompletionStage<Timer.Cancellable>> started = new ArrayList<>();
			for (String channel : this.keys.channels(names)) {
				started.add(this.subscriptions.subscribe(channel, released));
			}
			return all(started);
		}
		catch (RuntimeException ex) {
			return CompletableFuture.failedStage(ex);
		}
	}

	private static CompletionStage<Timer.Cancellable> all(List<CompletionStage<Timer.Cancellable>> subscriptions) {
		Timer.Cancellable all = () -> subscriptions
			.forEach((subscription) -> subscription.thenAccept(Timer.Cancellable::cancel));
		CompletableFuture<?>[] futures = subscriptions.stream()
			.map(CompletionStage::toCompletableFuture)
			.toArray(CompletableFuture[]::new);
		return CompletableFuture.allOf(futures).whenComplete((done, failure) -> {
			if (failure != null) {
				all.cancel();
			}
		}).thenApply((done) -> all);
	}

	@Override
	public CompletionStage<Long> countListeners(List<String> names) {
		try {
			CompletionStage<Long> most = CompletableFuture.completedStage(0L);
			for (String channel : this.keys.channels(names)) {
				most = most.thenCombine(this.subscriptions.count(channel), Math::max);
			}
			return most;
		}
		catch (RuntimeException ex) {
			return CompletableFuture.failedStage(ex);
		}
	}

	@Override
	public CompletionStage<@Nullable Void> ping() {
		return evaluate(LockScript.PING, List.of());
	}

	// a group's primary has agreed once a replica has acknowledged just that: what was
	// acknowledged before may be read when the replicas follow another primary
	private <R> CompletionStage<R> vote(LockScript script, Predicate<R> agreed, R unfollowed, List<String> scriptKeys,
			String... arguments) {
		if (!this.connection.isGroup()) {
			return evaluate(script, scriptKeys, arguments);
		}
		return exchange((sender) -> script.<R>evaluate(sender, scriptKeys, List.of(arguments))
			.thenCompose((reply) -> agreed.test(reply)
					? sender.send(RedisCommands.WAIT, "1", this.acknowledgement)
						.thenApply((replicas) -> (replicas > 0) ? reply : unfollowed)
					: CompletableFuture.completedStage(reply)));
	}

	private <R> CompletionStage<R> evaluate(LockScript script, List<String> scriptKeys, String... arguments) {
		return exchange((sender) -> script.evaluate(sender, scriptKeys, List.of(arguments)));
	}

	private <R> CompletionStage<R> exchange(Function<LockScript.Sender, CompletionStage<R>> commands) {
		try {
			return this.connection.pipeline()
				.exchange(commands)
				.exceptionallyCompose((failure) -> CompletableFuture.failedStage(withoutCommand(failure)));
		}
		catch (RuntimeException | LinkageError ex) {
			return CompletableFuture.failedStage(ex);
		}
	}

	private static String millis(Duration duration) {
		return Long.toString(Math.max(1, duration.toMillis()));
	}

}
