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

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import io.github.redlock.Lease;
import io.github.redlock.LeaseLostException;
import io.github.redlock.RedLockListener;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * A lock is kept for the least time that was asked for, however its work ended, but not
 * if there was none.
 */
class AtLeastTests {

	private static final Duration AT_LEAST = Duration.ofSeconds(4);

	private static final Duration SOON = Duration.ofMillis(100);

	private static final LockOptions OPTIONS = new LockOptions(PausedWorld.LEASE, Duration.ofSeconds(10));

	private final PausedWorld world = new PausedWorld();

	private final QuorumLocks locks = this.world.process();

	private final QuorumRedLockClient client = new QuorumRedLockClient(this.locks, OPTIONS);

	@Test
	void keptThoughTheTaskOutlivesTheShutdown() {
		CompletableFuture<String> task = new CompletableFuture<>();
		CompletableFuture<String> call = this.client.lock("a").atLeast(AT_LEAST).callAsync((lease) -> task);
		this.locks.close();
		task.complete("done");
		this.world.run(SOON);
		assertThat(call).isCompletedExceptionally();
		assertThat(this.world.holder("a")).isNotNull();
		this.world.run(AT_LEAST);
		assertThat(this.world.holder("a")).isNull();
	}

	@Test
	void keptThoughTheWallClockIsSetForward() {
		Lease lease = this.client.lock("a").atLeast(AT_LEAST).acquire();
		this.world.setWallClockForward(AT_LEAST.plusMillis(1));
		assertThat(lease.isValid()).isTrue();
		lease.close();
		this.world.run(SOON);
		assertThat(this.world.holder("a")).isNotNull();
	}

	@Test
	void notKeptForOneWhoCancelsWhileListenersAreTold() {
		Lease before = this.client.lock("a").acquire();
		CompletableFuture<Lease> next = this.client.lock("a").atLeast(AT_LEAST).acquireAsync();
		whenAcquired("a", () -> next.cancel(false));
		before.close();
		this.world.run(SOON);
		assertThat(next).isCancelled();
		assertThat(this.locks.held()).isEmpty();
		assertThat(this.world.holder("a")).isNull();
	}

	@Test
	void notKeptForATaskThatDoesNotBegin() {
		whenAcquired("a", () -> this.locks.breakLock("outer"));
		assertThatExceptionOfType(LeaseLostException.class).isThrownBy(() -> this.client.lock("outer").run(() -> {
			this.client.lock("outer", "a").atLeast(AT_LEAST).run(() -> {
				throw new IllegalStateException("not to be begun");
			});
		}));
		this.world.run(SOON);
		assertThat(this.locks.held()).isEmpty();
		assertThat(this.world.holder("a")).isNull();
	}

	private void whenAcquired(String key, Runnable action) {
		this.world.addListener(new RedLockListener() {

			@Override
			public void acquired(Lease lease) {
				if (lease.keys().equals(List.of(key))) {
					action.run();
				}
			}

		});
	}

}
