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

/**
 * A mistake that the simulation must find.
 */
enum PlantedBug {

	/** The lease is trusted whatever the clock says. */
	NO_VALIDITY_CHECK,

	/** Half of the masters are enough. */
	QUORUM_OF_HALF,

	/** A release removes whoever's lock. */
	RELEASE_WITHOUT_OWNER_CHECK,

	/** An acquire that comes after its release is granted. */
	NO_TOMBSTONE,

	/** A master that has lost its data votes at once. */
	NO_QUARANTINE,

	/** In some lists, a master stands in the place of another. */
	MASTER_REPLACED,

	/** The largest token is taken, but not written back. */
	TOKEN_WITHOUT_WRITE_BACK,

	/** The token is written back to any master that is asked. */
	TOKEN_WITH_UNCONDITIONAL_WRITE_BACK,

	/** The token is written back although the lock is another's. */
	TOKEN_WITHOUT_HOLDER_CHECK,

	/** The token is written back although a larger one is stored. */
	TOKEN_WITHOUT_BOUND

}
