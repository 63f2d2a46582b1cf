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

package io.github.redlock.autoconfigure.endpoint;

import java.security.Principal;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

import io.github.redlock.quorum.HeldLock;
import io.github.redlock.quorum.MasterStatus;
import io.github.redlock.quorum.QuorumLocks;
import io.github.redlock.quorum.WantedLock;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.boot.actuate.audit.AuditEvent;
import org.springframework.boot.actuate.audit.listener.AuditApplicationEvent;
import org.springframework.boot.actuate.endpoint.Access;
import org.springframework.boot.actuate.endpoint.InvalidEndpointRequestException;
import org.springframework.boot.actuate.endpoint.SecurityContext;
import org.springframework.boot.actuate.endpoint.annotation.DeleteOperation;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.Selector.Match;
import org.springframework.context.ApplicationEventPublisher;

/**
 * {@link Endpoint @Endpoint} that shows the masters, and what this instance holds and
 * waits for. Where {@code management.endpoint.redlock.access=unrestricted} allows it, it
 * also takes a stuck lock away from its holder, and an {@link AuditEvent} tells who did
 * so.
 *
 * @since 0.1.0
 */
@Endpoint(id = "redlock", defaultAccess = Access.READ_ONLY)
public class RedLockEndpoint {

	private static final Log logger = LogFactory.getLog(RedLockEndpoint.class);

	/** The type of the audit event. */
	static final String LOCK_BROKEN = "REDLOCK_BROKEN";

	private final QuorumLocks locks;

	private final ApplicationEventPublisher events;

	/**
	 * Create the endpoint.
	 * @param locks the locks of this instance
	 * @param events publishes audit events
	 */
	public RedLockEndpoint(QuorumLocks locks, ApplicationEventPublisher events) {
		this.locks = locks;
		this.events = events;
	}

	/**
	 * Show how the masters are, and what this instance holds and waits for.
	 * @return a future of the description, complete once the masters have answered or had
	 * their time
	 */
	@ReadOperation
	public CompletableFuture<Description> describe() {
		return this.locks.checkMasters()
			.thenApply((masters) -> new Description(
					new QuorumDescription(masters.size(), MasterStatus.countVoting(masters), this.locks.majority()),
					masters, this.locks.held(), this.locks.wanted()));
	}

	/**
	 * Take a lock away from whoever holds it. The holder notices at its next renewal.
	 * @param key the key, without the prefix; what the path splits at slashes
	 * @param security who asks
	 * @return a future of how many masters kept the lock
	 */
	@DeleteOperation
	public CompletableFuture<Broken> breakLock(@Selector(match = Match.ALL_REMAINING) String[] key,
			SecurityContext security) {
		String name = String.join("/", key);
		if (name.isBlank()) {
			throw new InvalidEndpointRequestException("The path does not name the lock to break", "Name the lock");
		}
		Principal principal = security.getPrincipal();
		String by = (principal != null) ? principal.getName() : "anonymous";
		return this.locks.breakLock(name).thenApply((masters) -> {
			logger.warn("The lock on '%s' was broken by %s on %d masters".formatted(name, by, masters));
			this.events
				.publishEvent(new AuditApplicationEvent(by, LOCK_BROKEN, Map.of("key", name, "masters", masters)));
			return new Broken(name, masters);
		});
	}

	/**
	 * What the endpoint shows.
	 *
	 * @param quorum whether there is one
	 * @param masters the masters in the configured order
	 * @param held what this instance holds
	 * @param wanted what this instance waits for
	 */
	public record Description(QuorumDescription quorum, List<MasterStatus> masters, List<HeldLock> held,
			List<WantedLock> wanted) {

	}

	/**
	 * Whether there is a quorum.
	 *
	 * @param masters how many masters there are
	 * @param voting how many of them vote
	 * @param needed how many of them must grant a lock
	 */
	public record QuorumDescription(int masters, long voting, int needed) {

	}

	/**
	 * What has been broken.
	 *
	 * @param key the key, without the prefix
	 * @param masters how many masters kept the lock
	 */
	public record Broken(String key, int masters) {

	}

}
