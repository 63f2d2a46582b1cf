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

package io.github.redlock.test;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

import io.github.redlock.Lease;
import io.github.redlock.LeaseLostException;
import io.github.redlock.LeaseScope;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * {@link TestLease} around code that asks for its lease.
 */
class TestLeaseTests {

	private final Importer importer = new Importer();

	@Test
	void isTheCurrentLeaseWhileTheTaskRuns() {
		assertThatIllegalStateException().isThrownBy(this.importer::keys);
		assertThat(TestLease.of("a", "b").<List<String>>call(this.importer::keys)).containsExactly("a", "b");
		TestLease.of("outer").run(() -> {
			TestLease.of("inner").run(() -> assertThat(this.importer.keys()).containsExactly("inner"));
			assertThat(this.importer.keys()).containsExactly("outer");
		});
		assertThatIllegalStateException().isThrownBy(this.importer::keys);
	}

	@Test
	void hasATokenThatGrowsOrIsAsWanted() {
		long token = TestLease.of("a").call(() -> Lease.current().token());
		assertThat(TestLease.of("a").<Long>call(() -> Lease.current().token())).isGreaterThan(token);
		assertThat(TestLease.of("a").token(7).<Long>call(() -> Lease.current().token())).isEqualTo(7);
	}

	@Test
	void isValidUntilTheTaskHasEnded() {
		TestLease lease = TestLease.of("a");
		lease.run(() -> {
			assertThat(Lease.current().isValid()).isTrue();
			assertThat(Lease.current().remaining()).isPositive();
			Lease.current().renew();
		});
		assertThat(lease.isValid()).isFalse();
		assertThat(lease.remaining()).isZero();
		assertThatExceptionOfType(LeaseLostException.class).isThrownBy(lease::renew)
			.withMessageContaining("given back already");
		assertThatIllegalStateException().isThrownBy(() -> lease.run(this.importer::run))
			.withMessageContaining("create another");
	}

	@Test
	void showsHowCodeReactsToALoss() {
		TestLease lease = TestLease.of("import");
		this.importer.afterFirst = lease::lose;
		assertThatExceptionOfType(LeaseLostException.class).isThrownBy(() -> lease.run(this.importer::run))
			.withMessage("The lock on [import] was lost by the test")
			.satisfies((lost) -> assertThat(lost.getKeys()).containsExactly("import"));
		assertThat(this.importer.done).containsExactly("first", "told");
	}

	@Test
	void lossIsToldToLateActionsAndRefusesRenewal() {
		TestLease lease = TestLease.of("a");
		lease.lose();
		assertThatExceptionOfType(LeaseLostException.class).isThrownBy(() -> lease.run(() -> {
			Lease.current().onLost(() -> this.importer.done.add("late"));
			assertThatExceptionOfType(LeaseLostException.class).isThrownBy(Lease.current()::renew);
			lease.lose();
		}));
		assertThat(this.importer.done).containsExactly("late");
	}

	@Test
	void failureOfTheTaskIsThrownAsItIs() {
		TestLease lease = TestLease.of("a");
		assertThatIOException().isThrownBy(() -> lease.call(() -> {
			lease.lose();
			throw new IOException("disk full");
		})).satisfies((ex) -> assertThat(ex.getSuppressed()).singleElement().isInstanceOf(LeaseLostException.class));
	}

	@Test
	void closedLeaseIsNotLost() {
		TestLease lease = TestLease.of("a");
		try (lease; LeaseScope scope = LeaseScope.open(lease)) {
			Lease.current().onLost(() -> this.importer.done.add("told"));
		}
		lease.lose();
		assertThat(this.importer.done).isEmpty();
	}

	@Test
	void refusesImpossibleArguments() {
		assertThatIllegalArgumentException().isThrownBy(TestLease::of).withMessageContaining("'keys'");
		assertThatIllegalArgumentException().isThrownBy(() -> TestLease.of("a").token(0))
			.withMessageContaining("'token'");
	}

	/**
	 * Code of an application.
	 */
	private static final class Importer {

		private final List<String> done = new ArrayList<>();

		private Runnable afterFirst = () -> {
		};

		List<String> keys() {
			return Lease.current().keys();
		}

		void run() {
			Lease lease = Lease.current();
			lease.onLost(() -> this.done.add("told"));
			this.done.add("first");
			this.afterFirst.run();
			if (lease.isValid()) {
				this.done.add("second");
			}
		}

	}

}
