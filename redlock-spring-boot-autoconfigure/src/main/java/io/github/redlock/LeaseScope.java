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

package io.github.redlock;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

import org.jspecify.annotations.Nullable;

/**
 * Makes a lease the one that {@link Lease#current()} returns on this thread, until the
 * scope is closed. Scopes nest, and are closed by the thread that opened them. Which
 * leases surround a scope stays known where it goes on on another thread.
 *
 * @since 0.1.0
 */
public final class LeaseScope implements AutoCloseable {

	private static final ThreadLocal<@Nullable LeaseScope> current = new ThreadLocal<>();

	private final @Nullable Lease lease;

	private final @Nullable LeaseScope outer;

	private final @Nullable LeaseScope previous;

	private LeaseScope(@Nullable Lease lease, @Nullable LeaseScope outer) {
		this.lease = lease;
		this.outer = outer;
		this.previous = current.get();
		current.set(this);
	}

	/**
	 * Open a scope on the current thread, inside the scope that is open there.
	 * @param lease the lease that is current until the scope is closed
	 * @return the scope, to be closed by the same thread
	 */
	public static LeaseScope open(Lease lease) {
		return new LeaseScope(lease, current.get());
	}

	/**
	 * Open a scope on the current thread, inside a scope of another one.
	 * @param lease the lease that is current until the scope is closed
	 * @param outer the surrounding scope, open or not, or {@code null} if there is none
	 * @return the scope, to be closed by the same thread
	 */
	public static LeaseScope open(Lease lease, @Nullable LeaseScope outer) {
		return new LeaseScope(lease, outer);
	}

	/**
	 * Go on with a scope of another thread on the current one.
	 * @param scope the scope, open or not, or {@code null} to be outside of all scopes
	 * @return the scope, to be closed by the same thread
	 */
	public static LeaseScope resume(@Nullable LeaseScope scope) {
		return (scope != null) ? new LeaseScope(scope.lease, scope.outer) : new LeaseScope(null, null);
	}

	/**
	 * Return the scope in which the current thread runs.
	 * @return the innermost scope, or {@code null} if there is none
	 */
	public static @Nullable LeaseScope current() {
		return current.get();
	}

	/**
	 * Return the leases of all scopes in which the current thread runs.
	 * @return the leases, that of the innermost scope first
	 */
	public static List<Lease> openLeases() {
		List<Lease> leases = new ArrayList<>();
		for (LeaseScope scope = current.get(); scope != null; scope = scope.outer) {
			if (scope.lease != null) {
				leases.add(scope.lease);
			}
		}
		return leases;
	}

	static @Nullable Lease currentLease() {
		LeaseScope scope = current.get();
		return (scope != null) ? scope.lease : null;
	}

	/**
	 * Look for a lease of this scope and of those around it.
	 * @param condition what the lease must fulfil
	 * @return the innermost such lease, or {@code null} if there is none
	 */
	public @Nullable Lease find(Predicate<? super Lease> condition) {
		for (LeaseScope scope = this; scope != null; scope = scope.outer) {
			if (scope.lease != null && condition.test(scope.lease)) {
				return scope.lease;
			}
		}
		return null;
	}

	@Override
	public void close() {
		if (this.previous != null) {
			current.set(this.previous);
		}
		else {
			current.remove();
		}
	}

}
