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

import io.github.redlock.Lease;
import io.github.redlock.test.RedisMasters;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Locks that are given back.
 */
@ExtendWith(OutputCaptureExtension.class)
class ReleaseTests extends TwoInstances {

	ReleaseTests(RedisMasters masters) {
		super(masters);
	}

	@Test
	void closingALeaseThatIsOverLeavesAnothersLockAlone() {
		Lease lease = this.one.lock(this.key).lease(Duration.ofMillis(300)).renew(false).acquire();
		soon().until(() -> holders(this.key) == 5);
		soon().until(() -> holders(this.key) == 0);
		try (Lease next = this.other.lock(this.key).acquire()) {
			soon().until(() -> holders(this.key) == 5);
			String owner = probe(0).owners(stored(this.key));
			lease.close();
			assertThat(probes()).allSatisfy((master) -> assertThat(master.owners(stored(this.key))).isEqualTo(owner));
			assertThat(next.isValid()).isTrue();
		}
	}

	@Test
	void aMinorityThatFailsToGiveTheLockBackDoesNotMatter(CapturedOutput output) {
		Lease lease = this.one.lock(this.key).acquire();
		soon().until(() -> holders(this.key) == 5);
		permit("-hdel", 2);
		lease.close();
		try (Lease next = this.other.lock(this.key).waitFor(Duration.ofSeconds(5)).acquire()) {
			assertThat(next.isValid()).isTrue();
		}
		assertThat(output).doesNotContain("confirmed the end of the lock on [" + this.key + "]");
		permit("+hdel", 2);
		soon().until(() -> holders(this.key) == 0);
	}

	@Test
	void aMajorityThatFailsToGiveTheLockBackIsReported(CapturedOutput output) {
		Lease lease = this.one.lock(this.key).acquire();
		soon().until(() -> holders(this.key) == 5);
		permit("-hdel", 3);
		lease.close();
		assertThat(output).containsOnlyOnce(" of 5 masters confirmed the end of the lock on [" + this.key + "]");
		assertThat(lease.isValid()).isFalse();
		permit("+hdel", 3);
		soon().until(() -> holders(this.key) == 0);
	}

}
