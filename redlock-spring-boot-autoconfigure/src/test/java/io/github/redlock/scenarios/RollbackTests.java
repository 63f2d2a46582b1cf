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

package io.github.redlock.scenarios;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

import io.github.redlock.Lease;
import io.github.redlock.QuorumUnavailableException;
import io.github.redlock.RedLockException;
import io.github.redlock.test.RedisMaster;
import io.github.redlock.test.RedisMasters;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * What a failed or abandoned acquisition leaves: nothing.
 */
class RollbackTests extends TwoInstances {

	RollbackTests(RedisMasters masters) {
		super(masters);
	}

	@Test
	void mastersThatGrantedAndThenFailedAreReleasedToo() {
		long granted = probe(4).calls("hset");
		// the script keeps the lock, then may not store the token
		permit("-set", 5);
		assertThatExceptionOfType(QuorumUnavailableException.class)
			.isThrownBy(() -> this.one.lock(this.key).waitFor(Duration.ZERO).acquire())
			.withMessageContaining("failed: ");
		soon().until(() -> probe(4).calls("hset") > granted && holders(this.key) == 0);
		soon().during(Duration.ofMillis(200)).until(() -> holders(this.key) == 0);
	}

	@Test
	void anAcquireThatArrivesAfterItsReleaseIsRefused() throws Exception {
		try (Wire wire = new Wire(this.masters.get(4));
				Instance instance = instance(
						this.masters.nodes().replace(this.masters.get(4).address(), wire.address()))) {
			instance.lock("warm").acquire().close();
			foreignOn(this.key, 3);
			Wire.Delayed acquire = wire.breakBefore(stored(this.key));
			assertThat(instance.lock(this.key).waitFor(Duration.ZERO).tryAcquire()).isEmpty();
			soon().until(acquire::isUnderWay);
			String tombstones = "return #redis.call('keys', 'redlock:void:" + stored(this.key) + ":*')";
			soon().until(() -> probe(4).command("EVAL", tombstones, "0").equals(":1"));
			assertThat(acquire.arrive()).isNotEmpty();
			assertThat(probe(4).command("EXISTS", stored(this.key))).isEqualTo(":0");
		}
	}

	@Test
	void anAcquireThatIsExecutedLongAfterTheLeaseIsGivenBackAtOnce() throws Exception {
		this.masters.get(0).hang();
		try (Lease lease = this.one.lock(this.key).lease(Duration.ofSeconds(4)).renew(false).acquire()) {
			// so that the connection is given up on which the request was sent
			Thread.sleep(3000);
		}
		Thread.sleep(5000);
		this.masters.get(0).resume();
		Thread.sleep(1000);
		assertThat(holders(this.key)).isZero();
	}

	@Test
	void aLeaseThatWasGrantedTooLateIsGivenBack() {
		Duration lease = Duration.ofSeconds(2);
		try (Instance patient = instance(this.masters.nodes(), "redlock.node-timeout=20s",
				"redlock.connect-timeout=20s")) {
			patient.lock("warm").acquire().close();
			IntStream.range(0, 3).mapToObj(this.masters::get).forEach(RedisMaster::hang);
			long start = System.nanoTime();
			CompletableFuture<Lease> late = patient.lock(this.key).lease(lease).waitFor(Duration.ZERO).acquireAsync();
			soon().pollInterval(Duration.ofMillis(50)).until(() -> since(start).compareTo(lease) > 0);
			this.masters.heal();
			assertThat(late).failsWithin(Duration.ofSeconds(5))
				.withThrowableThat()
				.havingRootCause()
				.isInstanceOf(QuorumUnavailableException.class)
				.withMessageContaining("too late");
			// by themselves, the three would keep it for the lease
			soon().atMost(lease.dividedBy(2)).until(() -> holders(this.key) == 0);
		}
	}

	@Test
	void anInterruptEndsTheWaitForAnotherInstanceAtOnceAndLeavesNothing() throws Exception {
		Lease lease = this.other.lock(this.key).acquire();
		CompletableFuture<Throwable> ended = new CompletableFuture<>();
		Thread waiting = new Thread(() -> {
			try {
				this.one.lock(this.key).waitFor(Duration.ofMinutes(1)).acquire();
			}
			catch (RedLockException ex) {
				ended.complete(Thread.currentThread().isInterrupted() ? ex : null);
			}
		});
		waiting.start();
		soon().until(() -> subscribers() > 0);
		waiting.interrupt();
		assertThat(ended.get(1, TimeUnit.SECONDS)).isInstanceOf(RedLockException.class)
			.hasCauseInstanceOf(InterruptedException.class);
		lease.close();
		soon().until(() -> holders(this.key) == 0);
		soon().during(Duration.ofMillis(300)).until(() -> holders(this.key) == 0);
	}

	@Test
	void aCancelledAcquisitionTakesBackWhatItWasGranted() {
		IntStream.range(0, 3).mapToObj(this.masters::get).forEach(RedisMaster::hang);
		CompletableFuture<Lease> wanted = this.one.lock(this.key).waitFor(Duration.ofMinutes(1)).acquireAsync();
		soon().until(() -> isKeptBy(3) && isKeptBy(4));
		wanted.cancel(true);
		assertThat(wanted).isCancelled();
		soon().atMost(Duration.ofSeconds(1)).until(() -> !isKeptBy(3) && !isKeptBy(4));
		this.masters.heal();
		soon().until(() -> holders(this.key) == 0);
		soon().during(Duration.ofMillis(300)).until(() -> holders(this.key) == 0);
	}

	private boolean isKeptBy(int index) {
		return probe(index).command("EXISTS", stored(this.key)).equals(":1");
	}

	private long subscribers() {
		String channels = probe(0).command("EVAL",
				"return #redis.call('pubsub', 'channels', '*" + stored(this.key) + "*')", "0");
		return Long.parseLong(channels.substring(1));
	}

	private void foreignOn(String name, int count) {
		for (int i = 0; i < count; i++) {
			probe(i).command("SET", stored(name), "foreign");
		}
	}

}
