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
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

import io.github.redlock.Lease;
import io.github.redlock.autoconfigure.MasterProbe;
import io.github.redlock.test.EmbeddedRedLock;
import io.github.redlock.test.RedisMaster;
import io.github.redlock.test.RedisMasters;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

import static org.awaitility.Awaitility.await;

/**
 * Two instances of an application on five masters, for the tests of a theme. What one of
 * them holds, only the masters can tell the other.
 */
@EmbeddedRedLock(masters = 5)
@TestInstance(Lifecycle.PER_CLASS)
abstract class TwoInstances {

	final RedisMasters masters;

	final Instance one;

	final Instance other;

	/** Of this test alone. */
	String key;

	TwoInstances(RedisMasters masters) {
		this.masters = masters;
		this.one = instance(masters.nodes());
		this.other = instance(masters.nodes());
	}

	@BeforeEach
	void name(TestInfo test) {
		this.key = test.getTestMethod().orElseThrow().getName();
	}

	@AfterEach
	void heal() {
		this.masters.heal();
		this.masters.forEach((master) -> probe(master).command("ACL", "SETUSER", "default", "+@all"));
		awaitVotes(this.one);
		awaitVotes(this.other);
	}

	@AfterAll
	void close() {
		this.one.close();
		this.other.close();
	}

	static Instance instance(String nodes, String... properties) {
		return Instance.start(nodes,
				Stream.concat(Stream.of("redlock.recovery.quarantine=300ms"), Stream.of(properties))
					.toArray(String[]::new));
	}

	private void awaitVotes(Instance instance) {
		soon().ignoreExceptions().until(() -> {
			try (Lease lease = instance.lock("votes").acquire()) {
				soon().atMost(Duration.ofMillis(200)).until(() -> holders("votes") == 5);
				return true;
			}
		});
	}

	/**
	 * Await a state that comes soon, without a pause before the first look.
	 * @return the conditions to await
	 */
	static ConditionFactory soon() {
		return await().pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(10));
	}

	static MasterProbe probe(RedisMaster master) {
		return MasterProbe.of(master);
	}

	MasterProbe probe(int index) {
		return probe(this.masters.get(index));
	}

	List<MasterProbe> probes() {
		return StreamSupport.stream(this.masters.spliterator(), false).map(TwoInstances::probe).toList();
	}

	/**
	 * Count the running masters that keep a lock.
	 * @param name the name of the lock
	 * @return the number of masters
	 */
	long holders(String name) {
		return MasterProbe.holders(this.masters, stored(name));
	}

	static String stored(String name) {
		return "lock:" + name;
	}

	/**
	 * Have masters refuse a command with an error, and obey it again.
	 * @param rule the command, after a minus to refuse it or a plus to obey it
	 * @param count how many masters, from the first one
	 */
	void permit(String rule, int count) {
		for (int i = 0; i < count; i++) {
			probe(i).command("ACL", "SETUSER", "default", rule);
		}
	}

	static Duration since(long start) {
		return Duration.ofNanos(System.nanoTime() - start);
	}

}
