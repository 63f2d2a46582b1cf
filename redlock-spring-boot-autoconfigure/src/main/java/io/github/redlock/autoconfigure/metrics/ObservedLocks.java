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

package io.github.redlock.autoconfigure.metrics;

import java.util.List;
import java.util.function.Supplier;

import io.github.redlock.Lease;
import io.github.redlock.autoconfigure.metrics.RedLockObservationDocumentation.HoldEvents;
import io.github.redlock.quorum.LockOptions;
import io.github.redlock.quorum.QuorumObserver;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * Makes observations of requests for locks and of leases, and has the answers of the
 * masters measured. A handler that fails breaks no lock.
 */
final class ObservedLocks implements QuorumObserver {

	private static final Log logger = LogFactory.getLog(ObservedLocks.class);

	private final ObservationRegistry registry;

	private final AcquireObservationConvention acquireConvention;

	private final HoldObservationConvention holdConvention;

	private final MasterMeters masters;

	ObservedLocks(ObservationRegistry registry, AcquireObservationConvention acquireConvention,
			HoldObservationConvention holdConvention, MasterMeters masters) {
		this.registry = registry;
		this.acquireConvention = acquireConvention;
		this.holdConvention = holdConvention;
		this.masters = masters;
	}

	@Override
	public Acquiring acquiring(List<String> keys, LockOptions options) {
		return guarded(() -> {
			AcquireObservationContext context = new AcquireObservationContext(options.name(), keys);
			Observation observation = Observation.createNotStarted(this.acquireConvention, () -> context,
					this.registry);
			return new ObservedAcquiring(observation.start(), context);
		}, Acquiring.NONE);
	}

	@Override
	public void asked(String master, long nanos, @Nullable Throwable failure) {
		guarded(() -> this.masters.record(master, nanos, failure));
	}

	private static void guarded(Runnable action) {
		guarded(() -> {
			action.run();
			return true;
		}, false);
	}

	private static <T> T guarded(Supplier<T> action, T otherwise) {
		try {
			return action.get();
		}
		catch (RuntimeException | Error ex) {
			logger.warn("An observation of a lock failed", ex);
			return otherwise;
		}
	}

	/**
	 * A request that is observed.
	 */
	private final class ObservedAcquiring implements Acquiring {

		private final Observation observation;

		private final AcquireObservationContext context;

		private ObservedAcquiring(Observation observation, AcquireObservationContext context) {
			this.observation = observation;
			this.context = context;
		}

		@Override
		public Holding acquired(Lease lease, int rounds) {
			return guarded(() -> {
				this.context.end(lease, rounds);
				this.observation.stop();
				HoldObservationContext held = new HoldObservationContext(lease);
				// this is the engine's thread, which knows nothing of the caller's trace
				held.setParentObservation(this.context.getParentObservation());
				Observation hold = Observation.createNotStarted(ObservedLocks.this.holdConvention, () -> held,
						ObservedLocks.this.registry);
				return new ObservedHolding(hold.start(), held);
			}, Holding.NONE);
		}

		@Override
		public void failed(Throwable failure, int rounds) {
			guarded(() -> {
				this.context.end(null, rounds);
				this.observation.error(failure);
				this.observation.stop();
			});
		}

	}

	/**
	 * A lease that is observed.
	 */
	private static final class ObservedHolding implements Holding {

		private final Observation observation;

		private final HoldObservationContext context;

		private ObservedHolding(Observation observation, HoldObservationContext context) {
			this.observation = observation;
			this.context = context;
		}

		@Override
		public void renewed(boolean succeeded) {
			guarded(() -> this.observation.event(succeeded ? HoldEvents.RENEWED : HoldEvents.RENEWAL_FAILED));
		}

		@Override
		public void ended(boolean lost) {
			guarded(() -> {
				this.context.end(lost);
				this.observation.stop();
			});
		}

	}

}
