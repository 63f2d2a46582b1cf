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

import org.jspecify.annotations.Nullable;

/**
 * Makes a lease the one that {@link Lease#current()} returns on this thread, until the
 * scope is closed. Scopes nest, and are closed by the thread that opened them.
 *
 * @since 0.1.0
 */
public final class LeaseScope implements AutoCloseable {

	private static final ThreadLocal<@Nullable LeaseScope> current = new ThreadLocal<>();

	private final Lease lease;

	private final @Nullable LeaseScope outer;

	private LeaseScope(Lease lease, @Nullable LeaseScope outer) {
		this.lease = lease;
		this.outer = outer;
	}

	/**
	 * Open a scope on the current thread.
	 * @param lease the lease that is current until the scope is closed
	 * @return the scope, to be closed by the same thread
	 */
	public static LeaseScope open(Lease lease) {
		LeaseScope scope = new LeaseScope(lease, current.get());
		current.set(scope);
		return scope;
	}

	static @Nullable Lease currentLease() {
		LeaseScope scope = current.get();
		return (scope != null) ? scope.lease : null;
	}

	@Override
	public void close() {
		if (this.outer != null) {
			current.set(this.outer);
		}
		else {
			current.remove();
		}
	}

}
