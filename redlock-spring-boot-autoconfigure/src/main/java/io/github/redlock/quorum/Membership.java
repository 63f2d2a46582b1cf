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
import java.util.concurrent.CompletableFuture;

import io.github.redlock.quorum.AcquireReply.Blank;
import io.github.redlock.quorum.AcquireReply.Busy;
import io.github.redlock.quorum.AcquireReply.Granted;
import io.github.redlock.quorum.AcquireReply.NotAsked;
import io.github.redlock.quorum.AcquireReply.Recovering;
import io.github.redlock.quorum.AcquireReply.Unfollowed;
import io.github.redlock.quorum.AcquireReply.Unknown;

/**
 * Tells a new installation from a loss of data. A blank master cannot know by itself;
 * what the others answered in the same round decides:
 * <ul>
 * <li>a majority answered, all of it blank, and the others are dead: a new installation,
 * all may vote. One that is merely slow might know better;
 * <li>another master is not blank: this one has lost its data, or came later, and may
 * vote only once every lease that it may have forgotten is over.
 * </ul>
 */
final class Membership {

	/**
	 * How long a blank master is left alone, for it may be about to be admitted as a part
	 * of a new installation.
	 */
	private static final Duration SETTLING = Duration.ofSeconds(1);

	private Membership() {
	}

	/**
	 * Return whether the answers of a round tell of a new installation.
	 * @param replies the answers so far
	 * @param quorum the masters
	 * @return whether a majority is blank, and no other master could know of a lease
	 */
	static boolean isNewInstallation(Replies replies, Quorum quorum) {
		int blank = replies.count(Blank.class::isInstance);
		return blank >= quorum.majority() && blank + replies.count(Membership::isDead) == quorum.size();
	}

	private static boolean isDead(AcquireReply reply) {
		return (reply instanceof Unknown unknown && unknown.unreachable())
				|| (reply instanceof NotAsked notAsked && notAsked.silence().compareTo(SETTLING) >= 0);
	}

	/**
	 * Return whether the answers may turn out to tell of a new installation.
	 * @param replies the answers so far
	 * @return whether a master is blank, and none is known
	 */
	static boolean isUndecided(Replies replies) {
		return isAnyBlank(replies) && !isAnyKnown(replies);
	}

	private static boolean isAnyBlank(Replies replies) {
		return replies.count(Blank.class::isInstance) > 0;
	}

	private static boolean isAnyKnown(Replies replies) {
		return replies.count(Membership::isKnown) > 0;
	}

	private static boolean isKnown(AcquireReply reply) {
		return reply instanceof Granted || reply instanceof Busy || reply instanceof Recovering
				|| reply instanceof Unfollowed || reply instanceof AcquireReply.Void;
	}

	/**
	 * Let all blank masters of a new installation vote.
	 * @param quorum the masters
	 * @param replies their answers
	 * @return a future of whether a majority votes now
	 */
	static CompletableFuture<Boolean> admit(Quorum quorum, Replies replies) {
		Poll poll = Poll.of(quorum, (index) -> (replies.of(index) instanceof Blank blank)
				? quorum.masters().get(index).admit(blank) : null);
		return poll.complete().thenApply((result) -> {
			for (int index : result.missing()) {
				if (result.agreed() && replies.of(index) instanceof Blank blank) {
					admitAgain(quorum, quorum.masters().get(index), blank, quorum.nodeTimeout());
				}
			}
			return result.agreed();
		});
	}

	// it has granted nothing since it was seen blank, so that it is never too late
	private static void admitAgain(Quorum quorum, Master master, Blank blank, Duration pause) {
		quorum.timer().schedule(() -> {
			master.admit(blank);
			if (pause.compareTo(SETTLING) < 0) {
				admitAgain(quorum, master, blank, pause.multipliedBy(2));
			}
		}, pause);
	}

	/**
	 * Begin the quarantine of blank masters among others that are not.
	 * @param quorum the masters
	 * @param replies their answers
	 */
	static void quarantine(Quorum quorum, Replies replies) {
		if (!isAnyBlank(replies) || !isAnyKnown(replies)) {
			return;
		}
		for (int i = 0; i < quorum.size(); i++) {
			if (replies.of(i) instanceof Blank blank && blank.since().compareTo(SETTLING) >= 0) {
				quorum.masters().get(i).quarantine(blank);
			}
		}
	}

}
