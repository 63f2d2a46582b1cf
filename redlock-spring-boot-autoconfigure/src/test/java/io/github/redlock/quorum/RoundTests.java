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

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

import io.github.redlock.quorum.AcquireReply.Busy;
import io.github.redlock.quorum.AcquireReply.Granted;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What a {@link Round} asks of masters whose answers come late or never, or differ.
 */
class RoundTests {

	private static final LockRequest REQUEST = new LockRequest(List.of("a"), "owner", Duration.ofSeconds(5));

	private final Recorder master = new Recorder();

	private final List<Runnable> scheduled = new ArrayList<>();

	private final List<Duration> delays = new ArrayList<>();

	private final Quorum quorum = quorum(List.of(this.master));

	@Test
	void asksNobodyOnceItIsAbandoned() {
		Round round = new Round(this.quorum, REQUEST, 1);
		round.abandon();
		assertThat(round.begin()).isCompletedWithValue(Round.Verdict.NO_QUORUM);
		assertThat(this.master.calls).isEmpty();
	}

	@Test
	void anAbandonedSuccessorGivesUpWhatItShouldHaveTakenOver() {
		Round first = new Round(this.quorum, REQUEST, 1);
		first.begin();
		this.master.acquired.complete(new Granted(1));
		Round next = first.inPlace(new LockRequest(List.of("a"), "next", Duration.ofSeconds(5)), 2);
		next.abandon();
		next.begin();
		assertThat(this.master.calls).containsExactly("acquire", "release 0");
	}

	@Test
	void asksForTheReleaseOnlyOfMastersThatWereAsked() throws Exception {
		setAside();
		this.scheduled.clear();
		Round first = new Round(this.quorum, REQUEST, 1);
		first.begin();
		first.inPlace(new LockRequest(List.of("a"), "next", Duration.ofSeconds(5)), 2).begin();
		assertThat(this.scheduled).isEmpty();
		assertThat(this.master.calls).containsExactly("ping");
	}

	@Test
	void aMasterThatIsBackIsToldAtOnceWhatWasReleasedMeanwhile() throws Exception {
		Master master = setAside();
		master.releaseLater(REQUEST, () -> 1);
		this.scheduled.clear();
		this.master.pinged.complete(null);
		assertThat(master.isAside()).isFalse();
		assertThat(this.scheduled).hasSize(1);
		this.scheduled.get(0).run();
		assertThat(this.master.calls).containsExactly("ping", "release " + Integer.MAX_VALUE);
	}

	@Test
	void aMasterThatRefusesTheReleasesIsNotSentThemAllAgainAndAgain() {
		Master master = this.quorum.masters().get(0);
		for (int i = 0; i < 100; i++) {
			master.releaseLater(new LockRequest(List.of("a"), "owner-" + i, Duration.ofSeconds(5)), () -> 0);
		}
		this.master.released = CompletableFuture.failedStage(new ErrorReplyException("MISCONF"));
		runScheduled();
		assertThat(this.master.calls).hasSize(100).containsOnly("release 0");
		runScheduled();
		runScheduled();
		assertThat(this.master.calls).hasSize(102);
		assertThat(master.isAnswering()).isTrue();
		this.master.released = CompletableFuture.completedStage(true);
		runScheduled();
		runScheduled();
		assertThat(this.master.calls).hasSize(102 + 100);
		runScheduled();
		assertThat(this.scheduled).isEmpty();
	}

	@Test
	void aReleaseThatIsConfirmedLateIsNotSentAgain() {
		Master master = this.quorum.masters().get(0);
		CompletableFuture<Boolean> late = new CompletableFuture<>();
		this.master.released = late;
		master.release(REQUEST, 1);
		master.releaseLater(REQUEST, () -> 0);
		late.complete(true);
		runScheduled();
		assertThat(this.master.calls).containsExactly("release 1");
	}

	@Test
	void anErrorIsAnAnswer() {
		Round round = new Round(this.quorum, REQUEST, 1);
		CompletableFuture<Round.Verdict> verdict = round.begin();
		this.master.acquired.completeExceptionally(new ErrorReplyException("OOM"));
		assertThat(verdict).isCompletedWithValue(Round.Verdict.NO_QUORUM);
		assertThat(this.master.calls).containsExactly("acquire", "release 0");
		assertThat(round.answers()).containsEntry("master", "failed: OOM");
	}

	@Test
	void releasesLaterWhatAMasterHasBeenGivenBackBeforeItAnsweredWithErrors() {
		Round round = new Round(this.quorum, REQUEST, 1);
		round.begin();
		this.master.acquired.completeExceptionally(new ErrorReplyException("MISCONF"));
		this.master.calls.clear();
		this.scheduled.clear();
		this.master.released = CompletableFuture.failedStage(new ErrorReplyException("MISCONF"));
		round.release();
		assertThat(this.scheduled).isEmpty();
		round.repair(0);
		this.master.repaired.completeExceptionally(new ErrorReplyException("MISCONF"));
		round.release();
		assertThat(this.scheduled).hasSize(1);
	}

	@Test
	void doesNotWaitForALeadThatIsSlow() {
		List<Recorder> masters = List.of(this.master, new Recorder(), new Recorder());
		Round round = new Round(quorum(masters), REQUEST, 1);
		CompletableFuture<Round.Verdict> verdict = round.beginWithLead();
		assertThat(masters).extracting((master) -> master.calls.size()).containsExactly(1, 0, 0);
		assertThat(this.delays.get(1)).isLessThan(this.delays.get(0).dividedBy(2));
		this.scheduled.get(1).run();
		assertThat(masters).extracting((master) -> master.calls.size()).containsExactly(1, 1, 1);
		masters.get(2).acquired.complete(new Granted(1));
		masters.get(0).acquired.complete(new Granted(1));
		assertThat(verdict).isCompletedWithValue(Round.Verdict.WON);
		assertThat(masters).extracting((master) -> master.calls.size()).containsExactly(1, 1, 1);
	}

	@Test
	void tellsHowManyRequestsMayStillCome() {
		Round round = new Round(this.quorum, REQUEST, 1);
		round.begin();
		round.release();
		this.master.acquired.complete(new Granted(1));
		round.release();
		assertThat(this.master.calls).containsExactly("acquire", "release 1", "release 0");
	}

	@Test
	void refusesAllThatIsLateOnARepairedMaster() {
		Round round = new Round(quorum(List.of(this.master, granting(), granting())), REQUEST, 1);
		assertThat(round.begin()).isCompletedWithValue(Round.Verdict.WON);
		round.repair(0);
		this.master.repaired.complete(true);
		round.release();
		assertThat(this.master.calls).containsExactly("acquire", "repair", "release " + Integer.MAX_VALUE);
	}

	@Test
	void aRepairDoesNotHideThatTheLockBeforeMayStillBeThere() {
		this.master.acquired.complete(new Granted(1));
		Round first = new Round(quorum(List.of(this.master, granting(), granting())), REQUEST, 1);
		first.begin();
		this.master.acquired = new CompletableFuture<>();
		Round next = first.inPlace(new LockRequest(List.of("a"), "next", Duration.ofSeconds(5)), 1);
		assertThat(next.begin()).isCompletedWithValue(Round.Verdict.WON);
		next.repair(0);
		runScheduled();
		assertThat(this.master.calls).containsExactly("acquire", "acquire", "repair", "release 0");
	}

	@Test
	void reservesTokensOnlyWhereNoneLargerThanItsOwnIsStored() {
		List<Recorder> masters = List.of(granting(2), granting(2), new Recorder());
		Round round = new Round(quorum(masters), REQUEST, 1);
		assertThat(round.begin()).isCompletedWithValue(Round.Verdict.WON);
		round.reserveTokens(2);
		assertThat(masters).extracting((master) -> List.copyOf(master.calls))
			.containsOnly(List.of("acquire", "confirm 4 from 2"));
		assertThat(round.nextToken()).isZero();
		masters.forEach((master) -> master.confirmed.complete(true));
		assertThat(List.of(round.nextToken(), round.nextToken(), round.nextToken())).containsExactly(3L, 4L, 0L);
	}

	@Test
	void tellsTheLargestTokenOfGrantsAndRefusals() {
		Round round = new Round(quorum(List.of(granting(3), granting(7), this.master)), REQUEST, 1);
		round.begin();
		assertThat(round.largestToken()).isEqualTo(7);
		this.master.acquired.complete(new Busy(Duration.ofSeconds(1), 8, "another"));
		assertThat(round.largestToken()).isEqualTo(8);
	}

	private Quorum quorum(List<Recorder> masters) {
		List<LockNode> nodes = masters.stream().map(Recorder::node).toList();
		return new Quorum(QuorumLocks.masters(nodes, Clocks.system(), this::never, QuorumObserver.NONE),
				Simulation.SETTINGS, Clocks.system(), this::never);
	}

	private static Recorder granting() {
		return granting(1);
	}

	private static Recorder granting(long token) {
		Recorder granting = new Recorder();
		granting.acquired.complete(new Granted(token));
		return granting;
	}

	private void runScheduled() {
		List<Runnable> due = List.copyOf(this.scheduled);
		this.scheduled.clear();
		due.forEach(Runnable::run);
	}

	private Master setAside() throws InterruptedException {
		Master master = this.quorum.masters().get(0);
		master.missed();
		Thread.sleep(150);
		master.missed();
		master.missed();
		assertThat(master.isAside()).isTrue();
		return master;
	}

	private Timer.Cancellable never(Runnable task, Duration delay) {
		this.scheduled.add(task);
		this.delays.add(delay);
		return () -> {
		};
	}

	/**
	 * A master that answers when the test says so.
	 */
	private static final class Recorder implements InvocationHandler {

		private final List<String> calls = new ArrayList<>();

		private CompletableFuture<AcquireReply> acquired = new CompletableFuture<>();

		private final CompletableFuture<Boolean> confirmed = new CompletableFuture<>();

		private final CompletableFuture<Boolean> repaired = new CompletableFuture<>();

		private CompletionStage<Boolean> released = CompletableFuture.completedStage(true);

		private final CompletableFuture<Void> pinged = new CompletableFuture<>();

		private LockNode node() {
			return (LockNode) Proxy.newProxyInstance(LockNode.class.getClassLoader(), new Class<?>[] { LockNode.class },
					this);
		}

		@Override
		public Object invoke(Object proxy, Method method, @Nullable Object[] arguments) {
			return switch (method.getName()) {
				case "name" -> "master";
				case "ping" -> record("ping", this.pinged);
				case "acquire" -> record("acquire", this.acquired);
				case "confirm" -> record("confirm " + arguments[1] + " from " + arguments[2], this.confirmed);
				case "repair" -> record("repair", this.repaired);
				case "release" -> record("release " + arguments[1], this.released);
				default -> throw new UnsupportedOperationException(method.getName());
			};
		}

		private Object record(String call, CompletionStage<?> answer) {
			this.calls.add(call);
			return answer;
		}

	}

}
