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

package io.github.redlock.autoconfigure;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import io.github.redlock.interceptor.transaction.OnActiveTransaction;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * Properties under {@code redlock}.
 *
 * @since 0.1.0
 */
@ConfigurationProperties("redlock")
public class RedLockProperties {

	private static final Duration DEFAULT_LEASE = Duration.ofSeconds(30);

	/**
	 * Whether to guard @RedLocked methods and to provide a RedLockClient. If not, the
	 * methods run without a lock, Lease.current() fails in them, and so do beans that
	 * want a RedLockClient.
	 */
	private boolean enabled = true;

	/**
	 * Where locks are kept.
	 */
	private Mode mode = Mode.REDIS;

	/**
	 * Addresses of the independent Redis masters, such as redis://10.0.0.1:6379: an odd
	 * number, at least three, and the same ones in all applications that share locks. An
	 * element may also give its parts one by one.
	 */
	private List<Node> nodes = new ArrayList<>();

	/**
	 * What precedes the name of a lock on the masters. Use the same value in all
	 * applications that share locks. Must neither be empty nor begin with 'redlock:', nor
	 * be a beginning of that.
	 */
	private String keyPrefix = "lock:";

	/**
	 * How long a master keeps a lock without being asked again, where nothing else is
	 * said. A lock is renewed every third of that, so this is how long it outlives a
	 * crashed process, and about how long a pause of its holder may be. At most
	 * 'redlock.max-lease', which it is by default if that is shorter than 30 s.
	 */
	private @Nullable Duration lease;

	/**
	 * How long to wait for a lock that is held elsewhere, or for a quorum of masters,
	 * where nothing else is said. Zero asks once.
	 */
	private Duration waitFor = Duration.ofSeconds(5);

	/**
	 * How long a master has to answer before it counts as silent: far below the lease,
	 * and well above a round trip to the nearest majority. Raise it if masters are far
	 * away, or are set aside though nothing is wrong with them.
	 */
	private Duration nodeTimeout = Duration.ofMillis(50);

	/**
	 * How long a connection to a master may take, and how long the start of the
	 * application waits for masters that do not answer. At most 5 minutes.
	 */
	private Duration connectTimeout = Duration.ofSeconds(1);

	/**
	 * The longest lease, and the longest 'atLeast', that may be asked for. A master that
	 * may have forgotten leases does not vote for about as long. Use the same value in
	 * all applications that share the masters.
	 */
	private Duration maxLease = Duration.ofMinutes(1);

	private final Retry retry = new Retry();

	private final Fencing fencing = new Fencing();

	private final Recovery recovery = new Recovery();

	private final Aspect aspect = new Aspect();

	private final Transaction transaction = new Transaction();

	private final Observations observations = new Observations();

	public boolean isEnabled() {
		return this.enabled;
	}

	public void setEnabled(boolean enabled) {
		this.enabled = enabled;
	}

	public Mode getMode() {
		return this.mode;
	}

	public void setMode(Mode mode) {
		this.mode = mode;
	}

	public List<Node> getNodes() {
		return this.nodes;
	}

	public void setNodes(List<Node> nodes) {
		this.nodes = nodes;
	}

	public String getKeyPrefix() {
		return this.keyPrefix;
	}

	public void setKeyPrefix(String keyPrefix) {
		this.keyPrefix = keyPrefix;
	}

	public Duration getLease() {
		if (this.lease != null) {
			return this.lease;
		}
		return (this.maxLease.compareTo(DEFAULT_LEASE) < 0) ? this.maxLease : DEFAULT_LEASE;
	}

	public void setLease(Duration lease) {
		this.lease = lease;
	}

	public Duration getWaitFor() {
		return this.waitFor;
	}

	public void setWaitFor(Duration waitFor) {
		this.waitFor = waitFor;
	}

	public Duration getNodeTimeout() {
		return this.nodeTimeout;
	}

	public void setNodeTimeout(Duration nodeTimeout) {
		this.nodeTimeout = nodeTimeout;
	}

	public Duration getConnectTimeout() {
		return this.connectTimeout;
	}

	public void setConnectTimeout(Duration connectTimeout) {
		this.connectTimeout = connectTimeout;
	}

	public Duration getMaxLease() {
		return this.maxLease;
	}

	public void setMaxLease(Duration maxLease) {
		this.maxLease = maxLease;
	}

	public Retry getRetry() {
		return this.retry;
	}

	public Fencing getFencing() {
		return this.fencing;
	}

	public Recovery getRecovery() {
		return this.recovery;
	}

	public Aspect getAspect() {
		return this.aspect;
	}

	public Transaction getTransaction() {
		return this.transaction;
	}

	public Observations getObservations() {
		return this.observations;
	}

	/**
	 * Where locks are kept.
	 */
	public enum Mode {

		/**
		 * On a quorum of independent Redis masters.
		 */
		REDIS,

		/**
		 * In the memory of this JVM, for tests: nothing is guarded beyond it. What
		 * concerns masters and connections is ignored.
		 */
		LOCAL

	}

	/**
	 * A Redis master.
	 */
	public static class Node implements RedLockConnectionDetails.Node {

		/**
		 * What to call the master in messages; by default its address.
		 */
		private @Nullable String name;

		/**
		 * Address of the master, such as redis://10.0.0.1:6379, or rediss:// for TLS.
		 */
		private @Nullable String address;

		/**
		 * User name at the master.
		 */
		private @Nullable String username;

		/**
		 * Password at the master.
		 */
		private @Nullable String password;

		/**
		 * Number of the database at the master.
		 */
		private int database;

		/**
		 * Name of the SSL bundle for a master that is reached by rediss://; by default,
		 * the JVM's own trust decides.
		 */
		private @Nullable String sslBundle;

		/**
		 * The group of a primary and its replicas whose primary is the master, instead of
		 * an address.
		 */
		private @Nullable Sentinel sentinel;

		/**
		 * Create a node from its address alone; used when the property is a text.
		 * @param address the address
		 * @return the node
		 */
		public static Node valueOf(String address) {
			Node node = new Node();
			node.setAddress(address.trim());
			return node;
		}

		@Override
		public @Nullable String getName() {
			return this.name;
		}

		public void setName(@Nullable String name) {
			this.name = name;
		}

		@Override
		public @Nullable String getAddress() {
			return this.address;
		}

		public void setAddress(@Nullable String address) {
			this.address = address;
		}

		@Override
		public @Nullable String getUsername() {
			return this.username;
		}

		public void setUsername(@Nullable String username) {
			this.username = username;
		}

		@Override
		public @Nullable String getPassword() {
			return this.password;
		}

		public void setPassword(@Nullable String password) {
			this.password = password;
		}

		@Override
		public int getDatabase() {
			return this.database;
		}

		public void setDatabase(int database) {
			this.database = database;
		}

		@Override
		public @Nullable String getSslBundle() {
			return this.sslBundle;
		}

		public void setSslBundle(@Nullable String sslBundle) {
			this.sslBundle = sslBundle;
		}

		@Override
		public @Nullable Sentinel getSentinel() {
			return this.sentinel;
		}

		public void setSentinel(@Nullable Sentinel sentinel) {
			this.sentinel = sentinel;
		}

	}

	/**
	 * A primary and its replicas, as Sentinels know them.
	 */
	public static class Sentinel implements RedLockConnectionDetails.Sentinel {

		/**
		 * Name of the group.
		 */
		private @Nullable String master;

		/**
		 * Addresses of the Sentinels, such as 10.0.0.1:26379, or rediss:// for TLS.
		 */
		private List<String> nodes = new ArrayList<>();

		/**
		 * User name at the Sentinels.
		 */
		private @Nullable String username;

		/**
		 * Password at the Sentinels.
		 */
		private @Nullable String password;

		@Override
		public @Nullable String getMaster() {
			return this.master;
		}

		public void setMaster(@Nullable String master) {
			this.master = master;
		}

		@Override
		public List<String> getNodes() {
			return this.nodes;
		}

		public void setNodes(List<String> nodes) {
			this.nodes = nodes;
		}

		@Override
		public @Nullable String getUsername() {
			return this.username;
		}

		public void setUsername(@Nullable String username) {
			this.username = username;
		}

		@Override
		public @Nullable String getPassword() {
			return this.password;
		}

		public void setPassword(@Nullable String password) {
			this.password = password;
		}

	}

	/**
	 * The pause between two rounds.
	 */
	public static class Retry {

		/**
		 * Upper bound of the first random pause between two rounds of asking the masters;
		 * it doubles from round to round. Raise it if many processes want the same lock
		 * and split the vote.
		 */
		private Duration minDelay = Duration.ofMillis(20);

		/**
		 * Upper bound of every random pause between two rounds. The release of a lock
		 * ends a pause anyway.
		 */
		private Duration maxDelay = Duration.ofMillis(500);

		public Duration getMinDelay() {
			return this.minDelay;
		}

		public void setMinDelay(Duration minDelay) {
			this.minDelay = minDelay;
		}

		public Duration getMaxDelay() {
			return this.maxDelay;
		}

		public void setMaxDelay(Duration maxDelay) {
			this.maxDelay = maxDelay;
		}

	}

	/**
	 * Fencing tokens.
	 */
	public static class Fencing {

		/**
		 * How long a master keeps the last fencing token of a key that is not used, and
		 * with it some memory for each key. At least 'redlock.max-lease'.
		 */
		private Duration retention = Duration.ofHours(24);

		public Duration getRetention() {
			return this.retention;
		}

		public void setRetention(Duration retention) {
			this.retention = retention;
		}

	}

	/**
	 * Masters that may have forgotten leases.
	 */
	public static class Recovery {

		/**
		 * How long a master that has been restarted, or has lost its data, grants no
		 * lock. Leave it out: by default it is 'redlock.max-lease' plus the drift of
		 * clocks, and 10 s more if a master is the primary of a group. Less is not safe.
		 * Use the same value in all applications that share the masters.
		 */
		private @Nullable Duration quarantine;

		/**
		 * Whether a master that was restarted with its data votes at once. Only for
		 * masters that all run with 'appendonly yes' and 'appendfsync always', and whose
		 * default user keeps its rights even if nobody can log in as it.
		 */
		private boolean trustRestarts;

		public @Nullable Duration getQuarantine() {
			return this.quarantine;
		}

		public void setQuarantine(@Nullable Duration quarantine) {
			this.quarantine = quarantine;
		}

		public boolean isTrustRestarts() {
			return this.trustRestarts;
		}

		public void setTrustRestarts(boolean trustRestarts) {
			this.trustRestarts = trustRestarts;
		}

	}

	/**
	 * The aspect around @RedLocked methods.
	 */
	public static class Aspect {

		/**
		 * Order of the aspect among the advice of a method, the lower the further
		 * outside: by default inside Spring Security's and outside that of transactions.
		 */
		private int order = 1000;

		/**
		 * What guards the methods.
		 */
		private Mode mode = Mode.PROXY;

		public Mode getMode() {
			return this.mode;
		}

		public void setMode(Mode mode) {
			this.mode = mode;
		}

		public int getOrder() {
			return this.order;
		}

		public void setOrder(int order) {
			this.order = order;
		}

		/**
		 * What guards the methods.
		 */
		public enum Mode {

			/**
			 * Proxies of the beans: calls from other beans are guarded.
			 */
			PROXY,

			/**
			 * Code that AspectJ has woven into the classes: every call is guarded, those
			 * of private methods and by the same object included.
			 */
			ASPECTJ

		}

	}

	/**
	 * Transactions around and inside @RedLocked methods.
	 */
	public static class Transaction {

		/**
		 * Whether a transaction that was begun under a lease is rolled back, instead of
		 * committed, if the lease has been lost by then.
		 */
		private boolean commitGuard = true;

		/**
		 * What to do when a @RedLocked method is called inside a transaction, which
		 * commits only after the lock would be given back.
		 */
		private OnActiveTransaction onActive = OnActiveTransaction.WARN;

		public boolean isCommitGuard() {
			return this.commitGuard;
		}

		public void setCommitGuard(boolean commitGuard) {
			this.commitGuard = commitGuard;
		}

		public OnActiveTransaction getOnActive() {
			return this.onActive;
		}

		public void setOnActive(OnActiveTransaction onActive) {
			this.onActive = onActive;
		}

	}

	/**
	 * What is measured and traced.
	 */
	public static class Observations {

		/**
		 * Whether traces tell which keys are locked. Metrics never do.
		 */
		private boolean includeKeys;

		public boolean isIncludeKeys() {
			return this.includeKeys;
		}

		public void setIncludeKeys(boolean includeKeys) {
			this.includeKeys = includeKeys;
		}

	}

}
