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
import java.util.stream.IntStream;

import io.github.redlock.Lease;
import io.github.redlock.QuorumUnavailableException;
import io.github.redlock.test.RedisMaster;
import io.github.redlock.test.RedisMasters;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * How many masters it takes.
 */
class QuorumTests extends TwoInstances {

	QuorumTests(RedisMasters masters) {
		super(masters);
	}

	@Test
	void withAMinorityDownLocksAreTakenRenewedAndGivenBack() {
		this.masters.get(0).kill();
		this.masters.get(3).kill();
		Lease lease = this.one.lock(this.key).lease(Duration.ofSeconds(10)).renew(false).acquire();
		soon().until(() -> holders(this.key) == 3);
		assertThat(this.other.lock(this.key).waitFor(Duration.ZERO).tryAcquire()).isEmpty();
		probe(1).command("PEXPIRE", stored(this.key), "3000");
		lease.renew();
		soon().until(() -> probe(1).ttl(stored(this.key)) > 5000);
		assertThat(lease.remaining()).isGreaterThan(Duration.ofSeconds(5));
		lease.close();
		soon().until(() -> holders(this.key) == 0);
		try (Lease next = this.other.lock(this.key).waitFor(Duration.ofSeconds(2)).acquire()) {
			assertThat(next.isValid()).isTrue();
		}
	}

	@Test
	void sixMastersNeedFour() {
		try (RedisMasters six = RedisMasters.start(6); Instance instance = instance(six.nodes())) {
			six.get(4).kill();
			six.get(5).kill();
			instance.lock(this.key).acquire().close();
			six.get(0).kill();
			assertThatExceptionOfType(QuorumUnavailableException.class)
				.isThrownBy(() -> instance.lock(this.key).waitFor(Duration.ofMillis(300)).acquire())
				.withMessageContaining("4 of 6 masters must grant it")
				.satisfies((ex) -> assertThat(ex.getAnswers()).hasSize(6));
			soon().until(() -> IntStream.range(1, 4)
				.noneMatch((i) -> probe(six.get(i)).command("EXISTS", stored(this.key)).equals(":1")));
		}
	}

	@Test
	void theQuorumIsOfTheConfiguredMastersNotOfTheConnectedOnes() {
		IntStream.range(0, 3).forEach((i) -> this.masters.get(i).kill());
		long granted = probe(3).calls("hset") + probe(4).calls("hset");
		try (Instance late = instance(this.masters.nodes())) {
			assertThatExceptionOfType(QuorumUnavailableException.class)
				.isThrownBy(() -> late.lock(this.key).waitFor(Duration.ofMillis(300)).acquire())
				.withMessageContaining("3 of 5 masters must grant it")
				.satisfies((ex) -> assertThat(ex.getAnswers()).hasSize(5));
			assertThat(probe(3).calls("hset") + probe(4).calls("hset")).isGreaterThan(granted);
			soon().until(() -> holders(this.key) == 0);
		}
	}

	@Test
	void foreignValuesOnAMinorityStayAsTheyAre() {
		probe(0).command("SET", stored(this.key), "foreign");
		probe(1).command("HSET", stored(this.key), "someone", "1");
		probe(1).command("PEXPIRE", stored(this.key), "600000");
		try (Lease lease = this.one.lock(this.key).waitFor(Duration.ZERO).acquire()) {
			soon().until(() -> holders(this.key) == 5);
			lease.renew();
			assertThat(lease.isValid()).isTrue();
		}
		soon().until(() -> holders(this.key) == 2);
		assertThat(probe(0).command("GET", stored(this.key))).isEqualTo("foreign");
		assertThat(probe(0).ttl(stored(this.key))).isEqualTo(-1);
		assertThat(probe(1).owners(stored(this.key))).isEqualTo("someone");
		assertThat(probe(1).ttl(stored(this.key))).isGreaterThan(60_000);
	}

	@Test
	void aHungMajorityKeepsNobodyLongerThanWanted() {
		Lease lease = this.one.lock(this.key).lease(Duration.ofSeconds(20)).acquire();
		IntStream.range(0, 3).mapToObj(this.masters::get).forEach(RedisMaster::hang);
		Duration slack = Duration.ofSeconds(1);
		assertThat(timeOfFailure(() -> this.other.lock(this.key + ":2").waitFor(Duration.ZERO).acquire()))
			.isLessThan(slack);
		assertThat(timeOfFailure(() -> this.other.lock(this.key + ":2").waitFor(Duration.ofMillis(700)).acquire()))
			.isLessThan(slack.plusMillis(700));
		assertThat(timeOfFailure(lease::renew)).isLessThan(slack);
		long start = System.nanoTime();
		lease.close();
		assertThat(since(start)).isLessThan(slack);
	}

	private static Duration timeOfFailure(Runnable call) {
		long start = System.nanoTime();
		assertThatExceptionOfType(QuorumUnavailableException.class).isThrownBy(call::run);
		return since(start);
	}

}
