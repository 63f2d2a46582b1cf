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
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;

import io.github.redlock.Lease;
import io.github.redlock.LockBusyException;
import io.github.redlock.QuorumUnavailableException;
import io.github.redlock.RedLockException;
import io.github.redlock.RedLockListener;
import org.jspecify.annotations.Nullable;

/**
 * Takes locks on a majority of independent masters, and keeps the list of what is held
 * and wanted by this process. Thread-safe.
 *
 * @since 0.1.0
 */
public final class QuorumLocks implements AutoCloseable {

	private static final Logger logger = System.getLogger(QuorumLocks.class.getName());

	private static final int MAX_DOUBLINGS = 16;

	private static final int YIELD_LENGTHS = 4;

	private static final Duration SHORTEST_YIELD = Duration.ofMillis(2);

	private static final Duration LONGEST_YIELD = Duration.ofMillis(10);

	private final Quorum quorum;

	private final RandomGenerator random;

	private final Owners owners;

	private final Executor callbacks;

	private final Iterable<? extends RedLockListener> listeners;

	private final QuorumObserver measures;

	private final Set<HeldLease> held = ConcurrentHashMap.newKeySet();

	private final Set<Acquisition> wanted = ConcurrentHashMap.newKeySet();

	private final Turns turns;

	private final Announcements announcements;

	private final LeaseObserver observer = new Observer();

	private volatile boolean closed;

	/**
	 * Create locks on the given masters.
	 * @param nodes all configured masters, reachable or not
	 * @param settings how long to wait for what
	 * @param clocks the clocks of this process
	 * @param timer runs tasks later
	 * @param random a source of randomness that no other process shares
	 * @param callbacks runs what depends on futures given to the caller, and tells of
	 * losses
	 * @param listeners are told what happens, and asked for at each event
	 * @throws IllegalArgumentException if there is no master
	 */
	public QuorumLocks(Collection<? extends LockNode> nodes, QuorumSettings settings, Clocks clocks, Timer timer,
			RandomGenerator random, Executor callbacks, Iterable<? extends RedLockListener> listeners) {
		this(nodes, settings, clocks, timer, random, callbacks, listeners, QuorumObserver.NONE);
	}

	/**
	 * Create locks on the given masters.
	 * @param nodes all configured masters, reachable or not
	 * @param settings how long to wait for what
	 * @param clocks the clocks of this process
	 * @param timer runs tasks later
	 * @param random a source of randomness that no other process shares
	 * @param callbacks runs what depends on futures given to the caller, and tells of
	 * losses
	 * @param listeners are told what happens, and asked for at each event
	 * @param observer measures what happens
	 * @throws IllegalArgumentException if there is no master
	 */
	public QuorumLocks(Collection<? extends LockNode> nodes, QuorumSettings settings, Clocks clocks, Timer timer,
			RandomGenerator random, Executor callbacks, Iterable<? extends RedLockListener> listeners,
			QuorumObserver observer) {
		this(new Quorum(masters(nodes, clocks, timer, observer), settings, clocks, timer), random, callbacks, listeners,
				observer);
	}

	QuorumLocks(Quorum quorum, RandomGenerator random, Executor callbacks,
			Iterable<? extends RedLockListener> listeners, QuorumObserver observer) {
		this.quorum = quorum;
		this.turns = new Turns(quorum.clocks());
		this.announcements = new Announcements(quorum);
		this.random = random;
		this.owners = new Owners(random);
		this.callbacks = callbacks;
		this.listeners = listeners;
		this.measures = observer;
	}

	static List<Master> masters(Collection<? extends LockNode> nodes, Clocks clocks, Timer timer,
			QuorumObserver observer) {
		if (nodes.isEmpty()) {
			throw new IllegalArgumentException("'nodes' must not be empty: there is no master to ask");
		}
		return nodes.stream().map((node) -> new Master(node, clocks, timer, observer)).toList();
	}

	/**
	 * Take a lock without holding a thread.
	 * @param keys the keys, all or none of which are taken
	 * @param options how the lock is wanted
	 * @return the future lease; cancelling it, or completing it otherwise, ends the
	 * acquisition
	 * @throws IllegalArgumentException if the lease is longer than the longest allowed
	 */
	public CompletableFuture<Lease> acquireAsync(List<String> keys, LockOptions options) {
		CompletableFuture<Lease> given = new CompletableFuture<>();
		acquireFor(given, this::give, keys, options);
		return given;
	}

	private void acquireFor(CompletableFuture<? super HeldLease> given, Predicate<HeldLease> accept, List<String> keys,
			LockOptions options) {
		CompletableFuture<HeldLease> acquisition = begin(keys, options);
		given.whenComplete((lease, failure) -> acquisition.cancel(false));
		acquisition.whenCompleteAsync((lease, failure) -> {
			if (given.isDone()) {
				acquisition.thenAccept(HeldLease::discard);
			}
			else if (failure != null) {
				tellIfBusy(failure, keys);
				given.completeExceptionally(failure);
			}
			else if (!accept.test(lease)) {
				given.completeExceptionally(endedException(keys));
			}
			else if (!given.complete(lease)) {
				lease.discard();
			}
		}, this.callbacks).exceptionally((failure) -> {
			// without a thread for it, nobody has been told
			given.completeExceptionally(failure);
			if (given.isCompletedExceptionally()) {
				acquisition.thenAccept(HeldLease::discard);
			}
			return null;
		});
	}

	/**
	 * Take a lock, and wait for it on the calling thread.
	 * @param keys the keys, all or none of which are taken
	 * @param options how the lock is wanted
	 * @return a valid lease
	 * @throws RedLockException if it cannot be had, or the thread is interrupted
	 * @throws IllegalArgumentException if the lease is longer than the longest allowed
	 */
	public Lease acquire(List<String> keys, LockOptions options) {
		return acquireHeld(keys, options);
	}

	/**
	 * Ask the masters when keys are free, without taking them. Unlike an acquisition, the
	 * answer is out of date at once: it is for looking, not for deciding who may go on.
	 * @param keys the keys
	 * @return the future time from now until a majority is free of whoever holds it at
	 * present: zero if it is free now, that of {@link ChronoUnit#FOREVER} if a key has no
	 * end; or a {@link QuorumUnavailableException} if too few masters answered
	 */
	public CompletableFuture<Duration> freeAfter(List<String> keys) {
		return new Inspection(this.quorum, keys).freeAfter().whenCompleteAsync((free, failure) -> {
		}, this.callbacks);
	}

	/**
	 * Ask every master whether it votes.
	 * @return the future answers in the order of the masters, never exceptional, and
	 * complete within the time that a master has to answer
	 */
	public CompletableFuture<List<MasterStatus>> checkMasters() {
		return new Checkup(this.quorum).begin().whenCompleteAsync((statuses, impossible) -> {
		}, this.callbacks);
	}

	/**
	 * Return what is held by this process now.
	 * @return the leases, in no order
	 */
	public List<HeldLock> held() {
		return this.held.stream()
			.map((lease) -> new HeldLock(lease.name(), lease.keys(), lease.age(), lease.remaining(), lease.token()))
			.toList();
	}

	/**
	 * Return what this process waits for now.
	 * @return the locks, in no order
	 */
	public List<WantedLock> wanted() {
		return this.wanted.stream().map(Acquisition::wanted).toList();
	}

	/**
	 * Take a lock away from whoever holds it, on all masters. Until the holder notices,
	 * at its next renewal or at the end of its lease, another may hold the lock beside
	 * it: this is for a person who knows that the holder does nothing any more.
	 * @param key the key, without the prefix
	 * @return the future number of masters that kept the lock
	 */
	public CompletableFuture<Integer> breakLock(String key) {
		this.held.stream().filter((lease) -> lease.keys().contains(key)).forEach(HeldLease::lose);
		return Poll.of(this.quorum, (index) -> this.quorum.masters().get(index).breakLock(key))
			.complete()
			.thenApplyAsync(Poll.Result::yes, this.callbacks);
	}

	/**
	 * Return how many masters must grant a lock.
	 * @return the majority
	 */
	public int majority() {
		return this.quorum.majority();
	}

	HeldLease acquireHeld(List<String> keys, LockOptions options) {
		HeldLease lease = await(begin(keys, options), keys);
		if (!give(lease)) {
			throw endedException(keys);
		}
		return lease;
	}

	/**
	 * Take a lock for a task, and wait for it on the calling thread.
	 * @param keys the keys, all or none of which are taken
	 * @param options how the lock is wanted
	 * @return a valid lease, which a shutdown does not give back under the task
	 */
	HeldLease acquireGuarding(List<String> keys, LockOptions options) {
		HeldLease lease = acquireHeld(keys, options);
		if (!guard(lease)) {
			throw endedException(keys);
		}
		return lease;
	}

	/**
	 * Take a lock for a task without holding a thread.
	 * @param keys the keys, all or none of which are taken
	 * @param options how the lock is wanted
	 * @return the future lease, which a shutdown does not give back under the task;
	 * cancelling it, or completing it otherwise, ends the acquisition
	 */
	CompletableFuture<HeldLease> acquireGuardingAsync(List<String> keys, LockOptions options) {
		CompletableFuture<HeldLease> given = new CompletableFuture<>();
		acquireFor(given, (lease) -> give(lease) && guard(lease), keys, options);
		return given;
	}

	private static boolean guard(HeldLease lease) {
		if (lease.guard()) {
			return true;
		}
		lease.discard();
		return false;
	}

	// the listeners are told on the thread that gets the lease
	private boolean give(HeldLease lease) {
		if (lease.isValid() && lease.give()) {
			tell((listener) -> listener.acquired(lease));
		}
		if (lease.isValid()) {
			return true;
		}
		lease.discard();
		return false;
	}

	private void tellIfBusy(@Nullable Throwable failure, List<String> keys) {
		if (failure instanceof LockBusyException) {
			tell((listener) -> listener.busy(keys));
		}
	}

	private void tell(Consumer<RedLockListener> event) {
		try {
			this.listeners.forEach((listener) -> tell(listener, event));
		}
		catch (Throwable ex) {
			logger.log(Level.WARNING, "The RedLockListeners cannot be told", ex);
		}
	}

	private static void tell(RedLockListener listener, Consumer<RedLockListener> event) {
		try {
			event.accept(listener);
		}
		catch (Throwable ex) {
			logger.log(Level.WARNING, "A RedLockListener failed: " + listener, ex);
		}
	}

	static RedLockException shutDownException(List<String> keys) {
		return new RedLockException(
				"The lock on " + keys + " cannot be taken any more: the application is shutting down", keys, null);
	}

	private RedLockException endedException(List<String> keys) {
		return this.closed ? shutDownException(keys) : new QuorumUnavailableException("The lock on " + keys
				+ " was granted, but its time was over before it could be given on: the process must have been paused",
				keys, Map.of());
	}

	private HeldLease await(CompletableFuture<HeldLease> acquisition, List<String> keys) {
		try {
			return acquisition.get();
		}
		catch (InterruptedException ex) {
			if (!acquisition.cancel(false)) {
				acquisition.thenAccept(HeldLease::discard);
			}
			Thread.currentThread().interrupt();
			throw new RedLockException("Interrupted while waiting for the lock on " + keys, keys, ex);
		}
		catch (ExecutionException ex) {
			tellIfBusy(ex.getCause(), keys);
			throw rethrowable(ex.getCause(), keys);
		}
		catch (CancellationException ex) {
			throw new RedLockException("The lock on " + keys + " is not wanted any more", keys, ex);
		}
	}

	private static RedLockException rethrowable(@Nullable Throwable failure, List<String> keys) {
		if (failure instanceof RedLockException expected) {
			expected.fillInStackTrace();
			return expected;
		}
		return new RedLockException("The lock on " + keys + " cannot be taken", keys, failure);
	}

	private CompletableFuture<HeldLease> begin(List<String> keys, LockOptions options) {
		this.quorum.settings().check(options);
		Acquisition acquisition = new Acquisition(this, this.quorum, keys, options);
		this.wanted.add(acquisition);
		CompletableFuture<HeldLease> result = acquisition.result();
		result.whenComplete((lease, failure) -> this.wanted.remove(acquisition));
		if (this.closed) {
			acquisition.shutDown();
		}
		acquisition.begin();
		return result;
	}

	/**
	 * Return whether a lease is one of these locks, and not over.
	 * @param lease the lease
	 * @return whether it is held here
	 */
	boolean holds(Lease lease) {
		return lease instanceof HeldLease own && this.held.contains(own) && own.isValid();
	}

	Executor callbacks() {
		return this.callbacks;
	}

	QuorumSettings settings() {
		return this.quorum.settings();
	}

	Turns turns() {
		return this.turns;
	}

	Announcements announcements() {
		return this.announcements;
	}

	QuorumObserver measures() {
		return this.measures;
	}

	LeaseObserver observer() {
		return this.observer;
	}

	Owners owners() {
		return this.owners;
	}

	/**
	 * Return for how long to let others go first: for longer if it was too short for
	 * them, but not always, for they may not want it just now.
	 * @param inVain how often in a row it was in vain before
	 * @return a random time
	 */
	Duration randomYield(int inVain) {
		long nanos = this.random.nextLong(SHORTEST_YIELD.toNanos(), LONGEST_YIELD.toNanos());
		int doublings = inVain % (2 * YIELD_LENGTHS);
		return Duration.ofNanos((doublings < YIELD_LENGTHS) ? nanos << doublings : nanos);
	}

	Duration randomPause(int rounds) {
		QuorumSettings settings = this.quorum.settings();
		Duration grown = settings.retryMinDelay().multipliedBy(1L << Math.min(rounds - 1, MAX_DOUBLINGS));
		Duration bound = Collections.min(List.of(grown, settings.retryMaxDelay()));
		return Duration.ofNanos(this.random.nextLong(bound.toNanos()) + 1);
	}

	/**
	 * End all waiting, give all leases back, and refuse new ones. A lease under which a
	 * task still runs is lost instead: the masters keep the lock until it is over.
	 */
	@Override
	public void close() {
		this.closed = true;
		this.wanted.forEach(Acquisition::shutDown);
		this.held.forEach(HeldLease::abandon);
		awaitAllSent();
		this.quorum.masters().forEach(Master::close);
	}

	/**
	 * Wait until every master has executed all that was sent to it: it answers in order.
	 */
	private void awaitAllSent() {
		CompletableFuture<?>[] answers = this.quorum.masters()
			.stream()
			.map((master) -> master.ping().toCompletableFuture().exceptionally((failure) -> null))
			.toArray(CompletableFuture[]::new);
		Blocking.awaitQuietly(CompletableFuture.allOf(answers), this.quorum.longestWait());
	}

	/**
	 * Keeps the list of what is held, and tells of its end. Of a loss it is the engine
	 * that tells, so everyone is told on a thread of its own: one who blocks holds up
	 * nobody.
	 */
	private final class Observer implements LeaseObserver {

		@Override
		public void acquired(HeldLease lease) {
			QuorumLocks.this.held.add(lease);
		}

		@Override
		public void released(HeldLease lease) {
			QuorumLocks.this.held.remove(lease);
			if (lease.isGiven()) {
				tell((listener) -> listener.released(lease));
			}
		}

		@Override
		public CompletableFuture<?> lost(HeldLease lease, List<Runnable> actions) {
			QuorumLocks.this.held.remove(lease);
			List<Runnable> notices = new ArrayList<>(actions);
			if (lease.isGiven()) {
				notices.add(() -> tell((listener) -> listener.lost(lease)));
			}
			return CompletableFuture.allOf(notices.stream().map(this::begin).toArray(CompletableFuture[]::new));
		}

		private CompletableFuture<?> begin(Runnable notice) {
			try {
				return CompletableFuture.runAsync(notice, QuorumLocks.this.callbacks);
			}
			catch (RuntimeException | Error ex) {
				// there is no thread for it, and it must be told
				notice.run();
				return CompletableFuture.allOf();
			}
		}

	}

}
