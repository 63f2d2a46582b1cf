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

import io.micrometer.common.docs.KeyName;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationConvention;
import io.micrometer.observation.docs.ObservationDocumentation;

/**
 * What is observed of locks.
 *
 * @since 0.1.0
 */
public enum RedLockObservationDocumentation implements ObservationDocumentation {

	/**
	 * From the moment at which a lock is asked for until it is granted, or not: as a
	 * timer, the wait.
	 */
	ACQUIRE {

		@Override
		public Class<? extends ObservationConvention<? extends Observation.Context>> getDefaultConvention() {
			return DefaultAcquireObservationConvention.class;
		}

		@Override
		public KeyName[] getHighCardinalityKeyNames() {
			return HighCardinalityKeys.values();
		}

	},

	/**
	 * From the moment at which a lock is granted until it is given back or lost.
	 */
	HOLD {

		@Override
		public Class<? extends ObservationConvention<? extends Observation.Context>> getDefaultConvention() {
			return DefaultHoldObservationConvention.class;
		}

		@Override
		public Observation.Event[] getEvents() {
			return HoldEvents.values();
		}

		@Override
		public KeyName[] getHighCardinalityKeyNames() {
			return new KeyName[] { HighCardinalityKeys.KEY, HighCardinalityKeys.TOKEN };
		}

	};

	@Override
	public KeyName[] getLowCardinalityKeyNames() {
		return LowCardinalityKeys.values();
	}

	@Override
	public String getPrefix() {
		return "redlock";
	}

	/**
	 * Keys of few values.
	 */
	public enum LowCardinalityKeys implements KeyName {

		/**
		 * The declared name of the lock, or {@code none}.
		 */
		NAME {

			@Override
			public String asString() {
				return "redlock.name";
			}

		},

		/**
		 * How it ended: {@code acquired}, {@code busy}, {@code no_quorum},
		 * {@code cancelled} or {@code failed}; of a lease {@code released} or
		 * {@code lost}; {@code none} until then.
		 */
		OUTCOME {

			@Override
			public String asString() {
				return "redlock.outcome";
			}

		}

	}

	/**
	 * Keys of many values, for traces only.
	 */
	public enum HighCardinalityKeys implements KeyName {

		/**
		 * The keys that are locked; only with
		 * {@code redlock.observations.include-keys=true}.
		 */
		KEY {

			@Override
			public String asString() {
				return "redlock.key";
			}

		},

		/**
		 * The fencing token.
		 */
		TOKEN {

			@Override
			public String asString() {
				return "redlock.token";
			}

		},

		/**
		 * How often the masters were asked.
		 */
		ATTEMPTS {

			@Override
			public String asString() {
				return "redlock.attempts";
			}

		}

	}

	/**
	 * What happens to a lease.
	 */
	public enum HoldEvents implements Observation.Event {

		/**
		 * A majority of the masters has extended the lease.
		 */
		RENEWED {

			@Override
			public String getName() {
				return "renewed";
			}

		},

		/**
		 * No majority of the masters has extended the lease; that is tried again.
		 */
		RENEWAL_FAILED {

			@Override
			public String getName() {
				return "renewal.failed";
			}

		}

	}

}
