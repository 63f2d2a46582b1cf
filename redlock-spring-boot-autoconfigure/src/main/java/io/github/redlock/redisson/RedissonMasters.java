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

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import io.github.redlock.quorum.LockNode;
import io.github.redlock.quorum.Masters;
import io.github.redlock.quorum.QuorumSettings;
import io.github.redlock.quorum.Timer;
import org.redisson.client.codec.StringCodec;
import org.redisson.config.BaseConfig;
import org.redisson.config.Config;
import org.redisson.config.ConstantDelay;
import org.redisson.config.Credentials;
import org.redisson.config.ReadMode;
import org.redisson.config.SentinelServersConfig;
import org.redisson.config.SingleServerConfig;
import org.redisson.config.SubscriptionMode;

/**
 * The configured masters, each behind a Redisson client of its own; the clients share
 * their threads. No client is given away.
 *
 * @since 0.1.0
 */
public final class RedissonMasters implements Masters {

	/**
	 * Part of a command's timeout after which Redisson gives a silent connection up,
	 * without a log line.
	 */
	private static final double PING_INTERVAL = 0.8;

	private static final Duration RECONNECT_DELAY = Duration.ofMillis(200);

	private final ClientResources resources;

	private final List<MasterConnection> connections;

	private final List<LockNode> nodes;

	/**
	 * Connect to the masters as Redisson does by default.
	 * @param addresses the addresses of all masters
	 * @param settings how to use them
	 * @throws MisconfiguredMastersException if they cannot make a quorum
	 */
	public RedissonMasters(List<MasterAddress> addresses, RedissonSettings settings) {
		this(addresses, settings, List.of());
	}

	/**
	 * Connect to the masters, and return when each has been reached, or could not be, or
	 * when the time for that is over. Those that could not are tried on in the
	 * background.
	 * @param addresses the addresses of all masters
	 * @param settings how to use them
	 * @param customizers change how Redisson reaches them
	 * @throws MisconfiguredMastersException if two of them turn out to be the same
	 * server, or so many cannot be masters that no majority is left
	 */
	public RedissonMasters(List<MasterAddress> addresses, RedissonSettings settings,
			List<RedissonConfigCustomizer> customizers) {
		this.resources = new ClientResources(addresses.size());
		try {
			this.connections = connections(addresses, settings, customizers);
			LockKeys keys = new LockKeys(settings.keyPrefix());
			this.nodes = this.connections.stream()
				.<LockNode>map((connection) -> new RedissonLockNode(connection, keys, settings))
				.toList();
		}
		catch (RuntimeException | Error ex) {
			this.resources.close();
			throw ex;
		}
		connect(settings.connectTimeout());
		refuseMistakes();
	}

	private List<MasterConnection> connections(List<MasterAddress> addresses, RedissonSettings settings,
			List<RedissonConfigCustomizer> customizers) {
		MasterCheck check = new MasterCheck();
		return addresses.stream()
			.map((address) -> new MasterConnection(address, config(address, settings, customizers), this.resources,
					check, settings.connectTimeout()))
			.toList();
	}

	private void refuseMistakes() {
		List<Misconfiguration> wrong = this.connections.stream()
			.map(MasterConnection::misconfiguration)
			.filter(Objects::nonNull)
			.toList();
		boolean twice = wrong.stream().anyMatch(Misconfiguration::countsTwice);
		int usable = this.connections.size() - wrong.size();
		if (twice || usable < QuorumSettings.majorityOf(this.connections.size())) {
			close();
			throw new MisconfiguredMastersException(wrong);
		}
	}

	private void connect(Duration atMost) {
		CompletableFuture<?>[] attempts = this.connections.stream()
			.map(MasterConnection::connect)
			.toArray(CompletableFuture[]::new);
		try {
			CompletableFuture.allOf(attempts).get(atMost.toNanos(), TimeUnit.NANOSECONDS);
		}
		catch (TimeoutException ex) {
			// those masters are tried on in the background
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		catch (ExecutionException ex) {
			throw new IllegalStateException(ex.getCause());
		}
	}

	private Config config(MasterAddress address, RedissonSettings settings,
			List<RedissonConfigCustomizer> customizers) {
		Config config = new Config();
		customizers.forEach((customizer) -> customizer.customize(address.name(), config));
		config.setUseScriptCache(false);
		config.setReferenceEnabled(false);
		config.setUseThreadClassLoader(false);
		config.setCodec(StringCodec.INSTANCE);
		config.setAddressResolverGroupFactory(new LazyResolvers(config.getAddressResolverGroupFactory()));
		config.setNettyHook(new ConnectionOptions(config.getNettyHook()));
		config.setEventLoopGroup(this.resources.eventLoops());
		config.setExecutor(this.resources.redisson());
		MasterCredentials credentials = address.credentials().get();
		config.setUsername(credentials.username());
		config.setPassword(credentials.password());
		if (address.tls() != null) {
			SuppliedManagers.configure(address.tls(), config);
		}
		SentinelGroup group = address.group();
		configure(
				(group != null) ? sentinels(config, address, group, credentials) : server(config, address, credentials),
				settings);
		return config;
	}

	private static BaseConfig<?> server(Config config, MasterAddress address, MasterCredentials credentials) {
		if (credentials.password() != null) {
			config.setCredentialsResolver((server) -> current(address));
		}
		SingleServerConfig server = config.useSingleServer();
		server.setAddress(address.urls().get(0));
		server.setDatabase(address.database());
		server.setConnectionPoolSize(1);
		server.setConnectionMinimumIdleSize(1);
		server.setSubscriptionConnectionPoolSize(1);
		server.setSubscriptionConnectionMinimumIdleSize(0);
		return server;
	}

	private static CompletionStage<Credentials> current(MasterAddress address) {
		try {
			MasterCredentials credentials = address.credentials().get();
			return CompletableFuture.completedStage(new Credentials(credentials.username(), credentials.password()));
		}
		catch (RuntimeException ex) {
			return CompletableFuture.failedStage(ex);
		}
	}

	private static BaseConfig<?> sentinels(Config config, MasterAddress address, SentinelGroup group,
			MasterCredentials credentials) {
		SentinelServersConfig sentinels = config.useSentinelServers();
		sentinels.setSentinelAddresses(address.urls());
		sentinels.setMasterName(group.master());
		sentinels.setSentinelUsername(group.username());
		sentinels.setSentinelPassword(group.password());
		if (group.password() != null && credentials.password() == null) {
			// Redisson logs in at Sentinels only if it does so at the primary; there,
			// the default user without a password takes any
			config.setUsername("default");
			config.setPassword("");
		}
		sentinels.setCheckSentinelsList(false);
		sentinels.setDatabase(address.database());
		sentinels.setReadMode(ReadMode.MASTER);
		sentinels.setSubscriptionMode(SubscriptionMode.MASTER);
		sentinels.setMasterConnectionPoolSize(1);
		sentinels.setMasterConnectionMinimumIdleSize(1);
		sentinels.setSubscriptionConnectionPoolSize(1);
		sentinels.setSubscriptionConnectionMinimumIdleSize(0);
		return sentinels;
	}

	private static void configure(BaseConfig<?> server, RedissonSettings settings) {
		server.setClientName("redlock");
		server.setSubscriptionsPerConnection(Integer.MAX_VALUE);
		server.setSubscriptionTimeout((int) settings.connectTimeout().toMillis());
		server.setConnectTimeout((int) settings.connectTimeout().toMillis());
		server.setTimeout((int) settings.connectTimeout().toMillis());
		server.setRetryAttempts(0);
		// not used, but its random default makes Redisson's timer tick up to 100 times a
		// second
		server.setRetryDelay(new ConstantDelay(settings.connectTimeout()));
		server.setPingConnectionInterval((int) (PING_INTERVAL * settings.connectTimeout().toMillis()));
		server.setReconnectionDelay(new ConstantDelay(RECONNECT_DELAY));
	}

	@Override
	public List<LockNode> nodes() {
		return this.nodes;
	}

	@Override
	public Timer timer() {
		return this.resources::schedule;
	}

	@Override
	public Executor executor() {
		return this.resources::callBack;
	}

	@Override
	public void close() {
		List<Thread> closing = this.connections.stream().map((connection) -> new Thread(connection::close)).toList();
		closing.forEach(Thread::start);
		closing.forEach(RedissonMasters::join);
		this.resources.close();
	}

	private static void join(Thread thread) {
		try {
			thread.join();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

}
