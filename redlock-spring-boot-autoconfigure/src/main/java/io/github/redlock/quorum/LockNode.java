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

import java.util.List;
import java.util.concurrent.CompletionStage;

import io.github.redlock.quorum.AcquireReply.Blank;
import org.jspecify.annotations.Nullable;

/**
 * One master, asked without waiting. Every operation is atomic on the master and
 * idempotent for the same request; operations of one process reach the master in the
 * order of the calls unless the connection breaks between them. No method blocks or
 * throws: what fails, fails the stage, with an {@link ErrorReplyException} if the master
 * answered so; an answer that is lost never completes it.
 *
 * @since 0.1.0
 */
public interface LockNode {

	/**
	 * Return what to call this master in messages.
	 * @return the name, without any secret
	 */
	String name();

	/**
	 * Ask for all keys of a request; its predecessor's are given up before, whatever the
	 * answer is.
	 * @param request the request
	 * @param proposal the fencing token to store if it is greater than all stored ones
	 * @return the answer
	 */
	CompletionStage<AcquireReply> acquire(LockRequest request, long proposal);

	/**
	 * Answer as to an acquire of an owner that holds nothing, but grant nothing.
	 * @param keys the keys
	 * @return the answer; {@code Granted} says that all keys are free
	 */
	CompletionStage<AcquireReply> inspect(List<String> keys);

	/**
	 * Store a fencing token for the keys of a request, if they are still its owner's and
	 * the stored tokens are not above a bound.
	 * @param request the request
	 * @param token the token
	 * @param bound the bound, which is not above the token
	 * @return whether it was stored
	 */
	CompletionStage<Boolean> confirm(LockRequest request, long token, long bound);

	/**
	 * Set the time that is left for the keys of a request to its lease, if all are still
	 * its owner's.
	 * @param request the request
	 * @return whether they were
	 */
	CompletionStage<Boolean> extend(LockRequest request);

	/**
	 * Give up those keys of a request that are its owner's, and tell who waits for them.
	 * @param request the request
	 * @param unanswered how many requests of this owner that take or repair the lock have
	 * not been answered: those that have not been executed yet are to be refused
	 * @return whether a key was given up
	 */
	CompletionStage<Boolean> release(LockRequest request, int unanswered);

	/**
	 * Give the keys of a request back to their owner where they are free, so that as many
	 * masters as possible keep the lock. A master that does not vote refuses: its share
	 * in the lock would count towards the next renewal, though it may have forgotten that
	 * it granted the keys to another one.
	 * @param request the request
	 * @param token the fencing token of the lease
	 * @return whether all are the owner's now
	 */
	CompletionStage<Boolean> repair(LockRequest request, long token);

	/**
	 * Remove a key, whoever's it is, and tell who waits for it.
	 * @param key the key
	 * @return whether it was there
	 */
	CompletionStage<Boolean> breakLock(String key);

	/**
	 * Let a blank master vote from now on, unless something has happened to it since.
	 * @param blank what it answered
	 * @return whether it votes
	 */
	CompletionStage<Boolean> admit(Blank blank);

	/**
	 * Keep a blank master from voting until all leases that it may have forgotten are
	 * over, unless something has happened to it since.
	 * @param blank what it answered
	 * @return whether the quarantine begins
	 */
	CompletionStage<Boolean> quarantine(Blank blank);

	/**
	 * Hear of releases.
	 * @param keys the keys
	 * @param released runs after each release of one of them, on any thread
	 * @return the means to stop, once the subscription is in force
	 */
	CompletionStage<Timer.Cancellable> subscribe(List<String> keys, Runnable released);

	/**
	 * Count those that hear of releases, those of this process included.
	 * @param keys the keys
	 * @return the number for the key with the most
	 */
	CompletionStage<Long> countListeners(List<String> keys);

	/**
	 * Ask for a sign of life.
	 * @return a stage that completes when the master answers
	 */
	CompletionStage<@Nullable Void> ping();

}
