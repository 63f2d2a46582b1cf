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

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * {@link LossInterrupt}.
 */
class LossInterruptTests {

	@AfterEach
	void clear() {
		Thread.interrupted();
	}

	@Test
	void neverHitsAThreadWhoseBodyHasEnded() throws Exception {
		ExecutorService losing = Executors.newSingleThreadExecutor();
		int hits = 0;
		for (int i = 0; i < 20_000; i++) {
			LossInterrupt interrupt = LossInterrupt.begin();
			Future<?> loss = losing.submit(interrupt::interrupt);
			for (int spin = 0; spin < i % 200; spin++) {
				Thread.onSpinWait();
			}
			interrupt.end();
			hits += interrupt.isSent() ? 1 : 0;
			assertThat(Thread.currentThread().isInterrupted()).isFalse();
			while (!loss.isDone()) {
				Thread.onSpinWait();
			}
			assertThat(Thread.currentThread().isInterrupted()).isFalse();
		}
		losing.shutdown();
		assertThat(losing.awaitTermination(5, TimeUnit.SECONDS)).isTrue();
		assertThat(hits).isPositive().isLessThan(20_000);
	}

	@Test
	void leavesAnInterruptOfSomeoneElseWhereItWas() {
		LossInterrupt interrupt = LossInterrupt.begin();
		Thread.currentThread().interrupt();
		interrupt.interrupt();
		assertThat(interrupt.isSent()).isFalse();
		interrupt.end();
		assertThat(Thread.interrupted()).isTrue();
	}

	@Test
	void leavesTheThreadInterruptedForTheSurroundingBodyThatHasLostItsLeaseToo() {
		LossInterrupt outer = LossInterrupt.begin();
		LossInterrupt inner = LossInterrupt.begin();
		inner.interrupt();
		outer.interrupt();
		assertThat(Thread.interrupted()).isTrue();
		inner.end();
		assertThat(Thread.currentThread().isInterrupted()).isTrue();
		outer.end();
		assertThat(Thread.currentThread().isInterrupted()).isFalse();
	}

	@Test
	void interruptsTheSurroundingBodyOnlyOnce() {
		LossInterrupt outer = LossInterrupt.begin();
		outer.interrupt();
		assertThat(Thread.interrupted()).isTrue();
		LossInterrupt inner = LossInterrupt.begin();
		inner.end();
		assertThat(Thread.currentThread().isInterrupted()).isFalse();
		outer.end();
	}

}
