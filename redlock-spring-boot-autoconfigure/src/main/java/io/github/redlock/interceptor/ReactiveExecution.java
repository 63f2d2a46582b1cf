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

package io.github.redlock.interceptor;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

import io.github.redlock.Lease;
import io.github.redlock.LeaseScope;
import io.github.redlock.RedLockException;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Operators;
import reactor.util.context.Context;

import org.springframework.core.ReactiveAdapter;

/**
 * For a method that returns a reactive type, or, adapted by Spring's proxies, a
 * suspending function of Kotlin: the lock is taken for each subscription. The only class
 * that needs Reactor.
 */
final class ReactiveExecution implements Execution {

	private final @Nullable ReactiveAdapter adapter;

	private final boolean single;

	/**
	 * Create one for a return type.
	 * @param adapter from and to the type, or {@code null} if the method returns a
	 * publisher
	 * @param single whether there is at most one element
	 */
	ReactiveExecution(@Nullable ReactiveAdapter adapter, boolean single) {
		this.adapter = adapter;
		this.single = single;
	}

	@Override
	public Object run(LockedCall call) {
		Flux<Object> locked = new LockedFlux(call);
		Publisher<Object> result = this.single ? Mono.fromDirect(locked) : locked;
		return (this.adapter != null) ? this.adapter.fromPublisher(result) : result;
	}

	private Publisher<?> publisher(LockedCall call, @Nullable Object result) {
		if (result == null) {
			throw new IllegalStateException("The @RedLocked method " + call.method()
					+ " returned null: when its work is done is not known; return a publisher");
		}
		return (this.adapter != null) ? this.adapter.toPublisher(result) : (Publisher<?>) result;
	}

	/**
	 * Takes the lock and runs the method for each subscriber.
	 */
	private final class LockedFlux extends Flux<Object> {

		private final LockedCall call;

		private LockedFlux(LockedCall call) {
			this.call = call;
		}

		@Override
		public void subscribe(CoreSubscriber<? super Object> actual) {
			LockedSubscription subscription = new LockedSubscription(this.call, actual);
			actual.onSubscribe(subscription);
			subscription.begin();
		}

	}

	/**
	 * One subscription, from asking for the lock until it is given back. Elements go
	 * straight to the subscriber, except that a single one waits until the lock was held
	 * to the end.
	 */
	private final class LockedSubscription extends Operators.DeferredSubscription {

		private final LockedCall call;

		private final CoreSubscriber<? super Object> actual;

		private final Body body;

		private volatile @Nullable Object held;

		private volatile @Nullable CompletableFuture<?> locked;

		private LockedSubscription(LockedCall call, CoreSubscriber<? super Object> actual) {
			this.call = call;
			this.actual = actual;
			this.body = new Body(call);
		}

		void begin() {
			if (isCancelled()) {
				return;
			}
			LeaseScope chain = this.actual.currentContext().getOrDefault(LeaseScope.class, null);
			CompletableFuture<@Nullable Void> future;
			try (LeaseScope scope = LeaseScope.resume(chain)) {
				future = this.call.lock().callAsync(this::subscribe);
			}
			catch (Throwable ex) {
				this.actual.onError(ex);
				return;
			}
			this.locked = future;
			if (isCancelled()) {
				future.cancel(true);
			}
			future.whenComplete((done, failure) -> end(failure));
		}

		private CompletionStage<@Nullable Void> subscribe(Lease lease) {
			Work work = new Work(this, lease);
			if (this.call.method().interruptWhenLost()) {
				lease.onLost(() -> work.cancel(lease));
			}
			try {
				Object result = this.body.call();
				if (this.body.isInterrupted()) {
					work.done.completeExceptionally(this.body.lost(lease));
				}
				else {
					publisher(this.call, result).subscribe(work);
				}
			}
			catch (Throwable ex) {
				work.done.completeExceptionally(ex);
			}
			return work.done;
		}

		private void end(@Nullable Throwable failure) {
			Object element = this.held;
			if (isCancelled()) {
				Operators.onDiscard(element, this.actual.currentContext());
			}
			else if (failure instanceof RedLockException refusal && !this.body.isEntered()
					&& this.call.hasInstead(refusal)) {
				instead(refusal);
			}
			else if (failure != null) {
				this.actual.onError(failure);
			}
			else {
				if (element != null) {
					this.actual.onNext(element);
				}
				this.actual.onComplete();
			}
		}

		private void instead(RedLockException refusal) {
			try {
				Object result = this.call.instead(refusal);
				Publisher<?> publisher = (result != null) ? publisher(this.call, result) : Mono.empty();
				publisher.subscribe(new Substitute(this));
			}
			catch (Throwable ex) {
				this.actual.onError(ex);
			}
		}

		@Override
		public void cancel() {
			super.cancel();
			CompletableFuture<?> future = this.locked;
			if (future != null) {
				future.cancel(true);
			}
		}

	}

	/**
	 * What the method is at work on, under the lock.
	 */
	private final class Work implements CoreSubscriber<Object> {

		private final LockedSubscription subscription;

		private final Context context;

		private final CompletableFuture<@Nullable Void> done = new CompletableFuture<>();

		private volatile @Nullable Subscription upstream;

		/** Whether the subscriber is being given an element; guarded by this. */
		private boolean giving;

		/** What to end with once it has that; guarded by this. */
		private @Nullable Throwable lost;

		private Work(LockedSubscription subscription, Lease lease) {
			this.subscription = subscription;
			this.context = subscription.actual.currentContext()
				.put(Lease.class, lease)
				.putNonNull(LeaseScope.class, LeaseScope.current());
		}

		@Override
		public Context currentContext() {
			return this.context;
		}

		@Override
		public void onSubscribe(Subscription upstream) {
			this.upstream = upstream;
			this.subscription.set(upstream);
			if (this.done.isDone()) {
				upstream.cancel();
			}
		}

		@Override
		public void onNext(Object element) {
			if (!beginGiving()) {
				Operators.onNextDropped(element, this.context);
			}
			else if (ReactiveExecution.this.single) {
				this.subscription.held = element;
				endGiving();
			}
			else {
				this.subscription.actual.onNext(element);
				endGiving();
			}
		}

		private synchronized boolean beginGiving() {
			this.giving = !this.done.isDone() && this.lost == null;
			return this.giving;
		}

		private void endGiving() {
			Throwable failure;
			synchronized (this) {
				this.giving = false;
				failure = this.lost;
			}
			if (failure != null) {
				this.done.completeExceptionally(failure);
			}
		}

		@Override
		public void onError(Throwable failure) {
			if (!this.done.completeExceptionally(failure)) {
				Operators.onErrorDropped(failure, this.context);
			}
		}

		@Override
		public void onComplete() {
			this.done.complete(null);
		}

		/**
		 * End the work, whose lease is lost; the subscriber hears of it after the element
		 * that it is being given.
		 * @param lease the lease
		 */
		private void cancel(Lease lease) {
			Throwable failure = this.subscription.body.lost(lease);
			boolean later;
			synchronized (this) {
				this.lost = failure;
				later = this.giving;
			}
			boolean ended = later || this.done.completeExceptionally(failure);
			Subscription source = this.upstream;
			if (ended && source != null) {
				source.cancel();
			}
		}

	}

	/**
	 * What takes the place of the method, without the lock.
	 *
	 * @param subscription where its elements go
	 */
	private record Substitute(LockedSubscription subscription) implements CoreSubscriber<Object> {

		@Override
		public Context currentContext() {
			return this.subscription.actual.currentContext();
		}

		@Override
		public void onSubscribe(Subscription upstream) {
			this.subscription.set(upstream);
		}

		@Override
		public void onNext(Object element) {
			this.subscription.actual.onNext(element);
		}

		@Override
		public void onError(Throwable failure) {
			this.subscription.actual.onError(failure);
		}

		@Override
		public void onComplete() {
			this.subscription.actual.onComplete();
		}

	}

}
