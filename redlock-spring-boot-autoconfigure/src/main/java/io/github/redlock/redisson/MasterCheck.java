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

package io.github.redlock.redisson;

import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

import javax.net.ssl.SSLHandshakeException;

import io.netty.handler.ssl.NotSslRecordException;
import io.netty.handler.ssl.SslHandshakeTimeoutException;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * Finds out whether what an address leads to can be a master, and no other address leads
 * to the same server. Shared by all connections.
 */
final class MasterCheck {

	private static final Log logger = LogFactory.getLog(MasterCheck.class);

	// guarded by this
	private final Map<String, String> runs = new HashMap<>();

	private final Set<String> warned = ConcurrentHashMap.newKeySet();

	/**
	 * Look at a server to which a connection has been made.
	 * @param name the name of the master
	 * @param sender sends commands to it
	 * @param atMost how long it has to answer
	 * @return what is wrong with it, or {@code null} if nothing is
	 * @throws Exception if it does not answer
	 */
	@Nullable Misconfiguration check(String name, LockScript.Sender sender, Duration atMost) throws Exception {
		List<String> identity = identity(sender, atMost);
		if (identity.get(1).equals("slave")) {
			return new Misconfiguration(name, "is a replica, and takes no locks",
					"List the primary instead; replicas of it give no safety, so that every master must be independent.");
		}
		if (identity.get(2).equals("cluster")) {
			return new Misconfiguration(name, "is a node of a Redis Cluster, and takes only a part of the keys",
					"List independent servers, with 'cluster-enabled no'.");
		}
		String other = register(name, identity.get(0));
		if (other != null) {
			return new Misconfiguration(name, "is the same server as " + other + ", whose vote would count twice",
					"List every server once, under one address; all of them must be independent.", true);
		}
		warnOfEviction(name, identity.get(3));
		return null;
	}

	private synchronized @Nullable String register(String name, String run) {
		this.runs.remove(name);
		for (Map.Entry<String, String> other : this.runs.entrySet()) {
			if (other.getValue().equals(run)) {
				return other.getKey();
			}
		}
		if (!run.isEmpty()) {
			this.runs.put(name, run);
		}
		return null;
	}

	private static List<String> identity(LockScript.Sender sender, Duration atMost) throws Exception {
		try {
			List<byte[]> answer = LockScript.IDENTITY.<List<byte[]>>evaluate(sender, List.of(), List.of())
				.toCompletableFuture()
				.get(atMost.toNanos(), TimeUnit.NANOSECONDS);
			return answer.stream().map((bytes) -> new String(bytes, StandardCharsets.UTF_8)).toList();
		}
		catch (ExecutionException ex) {
			throw (ex.getCause() instanceof Exception cause) ? cause : ex;
		}
	}

	private void warnOfEviction(String name, String policy) {
		if (!policy.isEmpty() && !policy.equals("noeviction") && this.warned.add(name + policy)) {
			logger.warn(("The Redis master %s forgets keys when its memory is full (maxmemory-policy %s), "
					+ "and locks with them; set 'maxmemory-policy noeviction' there")
				.formatted(name, policy));
		}
	}

	/**
	 * Tell whether a failure to connect will not pass by itself.
	 * @param name the name of the master
	 * @param failure the failure
	 * @return what is wrong, or {@code null} if the master may just be away
	 */
	static @Nullable Misconfiguration misconfiguration(String name, Throwable failure) {
		String refusal = answer(failure, (text) -> text.startsWith("WRONGPASS")
				|| text.startsWith("ERR invalid password") || text.startsWith("ERR AUTH"));
		if (refusal != null) {
			return new Misconfiguration(name, "refuses the user name and password (" + refusal + ")",
					"Correct 'username' and 'password' of that element of 'redlock.nodes'.");
		}
		if (answer(failure, (text) -> text.startsWith("NOAUTH")) != null) {
			return new Misconfiguration(name, "wants a password, and none is configured",
					"Set 'password', and 'username' if it is not the default user, of that element of 'redlock.nodes'.");
		}
		String denied = answer(failure, MasterCheck::isDenial);
		if (denied != null) {
			return new Misconfiguration(name, "denies the user a right that locks need (" + denied + ")",
					"Give the user the rights of the rule in docs/operations.md.");
		}
		if (find(failure, NotSslRecordException.class) != null) {
			return new Misconfiguration(name, "does not speak TLS at that port",
					"Write 'redis://' instead of 'rediss://', or the port for TLS.");
		}
		Throwable untrusted = find(failure, CertificateException.class);
		Throwable handshake = (untrusted != null) ? untrusted : find(failure, SSLHandshakeException.class);
		if (handshake != null && find(failure, SslHandshakeTimeoutException.class) == null) {
			return new Misconfiguration(name, "cannot be trusted (" + handshake.getMessage() + ")",
					"Name an SSL bundle that trusts its certificate, issued for that very host, by 'ssl-bundle' of that element of 'redlock.nodes'.");
		}
		return null;
	}

	// inside a script, each version of Redis has its own words
	private static boolean isDenial(String text) {
		return text.startsWith("NOPERM") || text.contains("-NOPERM") || text.contains("ACL failure in script")
				|| text.contains("The user executing the script can't run");
	}

	private static @Nullable String answer(Throwable failure, Predicate<String> wanted) {
		for (Throwable each = failure; each != null; each = each.getCause()) {
			String text = each.getMessage();
			if (text != null && wanted.test(text)) {
				return RedissonLockNode.serverText(each);
			}
		}
		return null;
	}

	private static @Nullable Throwable find(Throwable failure, Class<? extends Throwable> type) {
		for (Throwable each = failure; each != null; each = each.getCause()) {
			if (type.isInstance(each)) {
				return each;
			}
		}
		return null;
	}

}
