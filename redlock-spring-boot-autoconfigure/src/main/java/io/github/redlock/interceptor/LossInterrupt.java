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

import org.jspecify.annotations.Nullable;

/**
 * Interrupts the thread that runs a body when the lease of that body is lost, never after
 * the body has ended, and leaves no interrupt of its own behind. Bodies nest: where one
 * ends whose surrounding one has lost its lease too, the thread stays interrupted.
 */
final class LossInterrupt {

	private static final ThreadLocal<@Nullable LossInterrupt> current = new ThreadLocal<>();

	private final @Nullable LossInterrupt outer;

	private final Flag flag;

	// guarded by the flag
	private boolean lost;

	// guarded by the flag
	private boolean sent;

	// guarded by the flag
	private boolean ended;

	private LossInterrupt(@Nullable LossInterrupt outer) {
		this.outer = outer;
		this.flag = (outer != null) ? outer.flag : new Flag(Thread.currentThread());
	}

	/**
	 * Begin a body on the current thread.
	 * @return what interrupts it
	 */
	static LossInterrupt begin() {
		LossInterrupt interrupt = new LossInterrupt(current.get());
		current.set(interrupt);
		return interrupt;
	}

	/**
	 * Interrupt the body unless it has ended.
	 */
	void interrupt() {
		synchronized (this.flag) {
			if (!this.ended) {
				this.lost = true;
				this.sent = this.flag.raise();
			}
		}
	}

	/**
	 * Return whether the thread has been interrupted for this body, and by nobody else
	 * before.
	 * @return whether an interrupt that the body sees is this one
	 */
	boolean isSent() {
		synchronized (this.flag) {
			return this.sent;
		}
	}

	/**
	 * End the body. To be called on its thread.
	 */
	void end() {
		if (this.outer != null) {
			current.set(this.outer);
		}
		else {
			current.remove();
		}
		synchronized (this.flag) {
			this.ended = true;
			if (this.lost) {
				this.flag.lower();
				if (isAnyOuterLost()) {
					this.flag.raise();
				}
			}
		}
	}

	private boolean isAnyOuterLost() {
		for (LossInterrupt each = this.outer; each != null; each = each.outer) {
			if (each.lost) {
				return true;
			}
		}
		return false;
	}

	/**
	 * The interrupt flag of a thread, and whether it was raised here.
	 */
	private static final class Flag {

		private final Thread thread;

		private boolean ours;

		private Flag(Thread thread) {
			this.thread = thread;
		}

		/**
		 * Interrupt the thread.
		 * @return {@code false} if someone else has interrupted it already
		 */
		private boolean raise() {
			this.ours |= !this.thread.isInterrupted();
			this.thread.interrupt();
			return this.ours;
		}

		/**
		 * Clear the flag of the current thread if it was raised here.
		 */
		private void lower() {
			if (this.ours) {
				Thread.interrupted();
				this.ours = false;
			}
		}

	}

}
