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

import java.util.concurrent.Callable;

import io.github.redlock.Lease;
import io.github.redlock.LeaseLostException;
import org.jspecify.annotations.Nullable;

/**
 * The body of a locked method as far as the thread runs it that calls the method.
 */
final class Body implements Callable<@Nullable Object> {

	private final LockedCall call;

	private volatile boolean entered;

	private @Nullable InterruptedException interruption;

	Body(LockedCall call) {
		this.call = call;
	}

	/**
	 * Return whether the method has begun, so that nothing can take its place any more.
	 * @return whether it has been called
	 */
	boolean isEntered() {
		return this.entered;
	}

	@Override
	public @Nullable Object call() throws Exception {
		this.entered = true;
		return this.call.method().interruptWhenLost() ? proceedUntilLost() : this.call.proceed();
	}

	private @Nullable Object proceedUntilLost() throws Exception {
		LossInterrupt interrupt = LossInterrupt.begin();
		try {
			Lease.current().onLost(interrupt::interrupt);
			return this.call.proceed();
		}
		catch (InterruptedException ex) {
			if (!interrupt.isSent()) {
				throw ex;
			}
			// the caller gets a LeaseLostException instead, since the lease is lost
			this.interruption = ex;
			return null;
		}
		finally {
			interrupt.end();
		}
	}

	/**
	 * Return whether the method has thrown an exception because of a loss.
	 * @return whether its result is none
	 */
	boolean isInterrupted() {
		return this.interruption != null;
	}

	/**
	 * Add what the method has thrown because of the loss.
	 * @param lost what the caller gets
	 * @return the same
	 */
	LeaseLostException withInterruption(LeaseLostException lost) {
		if (this.interruption != null) {
			lost.addSuppressed(this.interruption);
		}
		return lost;
	}

	/**
	 * Return what the caller gets whose method is ended early.
	 * @param lease the lost lease
	 * @return the exception
	 */
	LeaseLostException lost(Lease lease) {
		return withInterruption(
				new LeaseLostException(
						"The lock on " + lease.keys() + " was lost while " + this.call.method()
								+ " was at work, which has been cancelled: others may have held it meanwhile",
						lease.keys()));
	}

}
