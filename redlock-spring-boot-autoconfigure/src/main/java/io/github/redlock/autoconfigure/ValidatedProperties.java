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

import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import io.github.redlock.autoconfigure.RedLockConnectionDetails.Node;
import io.github.redlock.autoconfigure.RedLockConnectionDetails.Sentinel;
import io.github.redlock.quorum.LockOptions;
import io.github.redlock.quorum.QuorumSettings;
import io.github.redlock.redisson.MasterAddress;
import io.github.redlock.redisson.MasterCredentials;
import io.github.redlock.redisson.MasterTls;
import io.github.redlock.redisson.RedissonSettings;
import io.github.redlock.redisson.SentinelGroup;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.util.StringUtils;

/**
 * {@link RedLockProperties} as the library takes them, once they have been checked.
 */
class ValidatedProperties {

	private static final Log logger = LogFactory.getLog(ValidatedProperties.class);

	private static final Pattern ADDRESS = Pattern.compile("(?<scheme>rediss?|valkeys?)://"
			+ "((?<username>[^:@/]*):(?<password>[^@/]+)@)?(?<host>[\\w.-]+|\\[[\\da-fA-F:.]+]):(?<port>[1-9]\\d{0,4})/?");

	private static final int MAX_PORT = 65535;

	private static final Duration MAX_CONNECT_TIMEOUT = Duration.ofMinutes(5);

	/** A token may be 5 s ahead of a master's clock, and the next one 5 s behind it. */
	private static final Duration TWICE_THE_CLAMP = Duration.ofSeconds(10);

	/** For how long a primary that has been replaced may still grant leases. */
	private static final Duration UNFOLLOWED = Duration.ofSeconds(10);

	private static final String OWN_KEYS = "redlock:";

	private static final String EXAMPLE = "redis://10.0.0.1:6379, redis://10.0.0.2:6379, redis://10.0.0.3:6379";

	private final RedLockProperties properties;

	private final MasterBundles bundles;

	private final List<? extends RedLockConnectionDetails> connections;

	private final String keyPrefix;

	private final LockOptions defaultOptions;

	private final QuorumSettings quorumSettings;

	ValidatedProperties(RedLockProperties properties, List<? extends RedLockConnectionDetails> connections,
			MasterBundles bundles) {
		this.properties = properties;
		this.bundles = bundles;
		this.connections = connections;
		this.keyPrefix = keyPrefix(properties.getKeyPrefix());
		this.defaultOptions = defaultOptions(properties);
		this.quorumSettings = quorumSettings(properties);
	}

	String keyPrefix() {
		return this.keyPrefix;
	}

	/**
	 * Return the addresses of the Redis masters, which are checked only if they are
	 * wanted.
	 * @return the addresses
	 */
	List<MasterAddress> addresses() {
		List<MasterAddress> addresses = addresses(nodes(), this.bundles);
		warnIfUnwise(addresses.size());
		return addresses;
	}

	private List<Node> nodes() {
		return this.connections.stream().<Node>flatMap((connection) -> connection.getNodes().stream()).toList();
	}

	LockOptions defaultOptions() {
		return this.defaultOptions;
	}

	QuorumSettings quorumSettings() {
		return this.quorumSettings;
	}

	/**
	 * Return how the Redis masters are used, which is checked only if they are.
	 * @return the settings
	 */
	RedissonSettings redissonSettings() {
		Duration connectTimeout = notLonger("redlock.connect-timeout", this.properties.getConnectTimeout(),
				MAX_CONNECT_TIMEOUT);
		Duration retention = notShorter("redlock.fencing.retention", this.properties.getFencing().getRetention(),
				"redlock.max-lease", this.properties.getMaxLease());
		Duration quarantine = quarantine(this.properties, nodes());
		warnIfForgotten(retention, quarantine.plus(TWICE_THE_CLAMP));
		return new RedissonSettings(this.keyPrefix, connectTimeout, retention, quarantine,
				this.quorumSettings.nodeTimeout().dividedBy(2), this.properties.getRecovery().isTrustRestarts());
	}

	private static void warnIfForgotten(Duration retention, Duration enough) {
		if (retention.compareTo(enough) < 0) {
			logger.warn(("redlock.fencing.retention is %d ms: where clocks are wrong, the next token of a key that "
					+ "nobody used for so long may be smaller than its last one. Use at least %d ms.")
				.formatted(retention.toMillis(), enough.toMillis()));
		}
	}

	private static List<MasterAddress> addresses(List<Node> nodes, MasterBundles bundles) {
		if (nodes.isEmpty()) {
			throw new InvalidRedLockPropertyException("redlock.nodes", null, "There is no Redis master to ask",
					"List the addresses of all masters, such as 'redlock.nodes=" + EXAMPLE
							+ "', set 'redlock.mode=local' in a test, or 'redlock.enabled=false' to run without locks.");
		}
		Map<String, Integer> seen = new LinkedHashMap<>();
		List<MasterAddress> addresses = new ArrayList<>();
		for (int i = 0; i < nodes.size(); i++) {
			String property = "redlock.nodes[" + i + "]";
			MasterAddress address = address(property, nodes.get(i), bundles);
			for (String url : address.urls()) {
				SentinelGroup group = address.group();
				String server = url.substring(url.indexOf("://"));
				Integer same = seen.putIfAbsent((group != null) ? group.master() + server : server, i);
				if (same != null) {
					throw new InvalidRedLockPropertyException(property, (group != null) ? address.name() : url,
							"It is the same master as redlock.nodes[" + same + "], whose vote would count twice",
							"List every master once; all of them must be independent servers.");
				}
			}
			if (addresses.stream().map(MasterAddress::name).anyMatch(address.name()::equals)) {
				throw new InvalidRedLockPropertyException(property + ".name", address.name(),
						"Another master has that name", "Give every master a name of its own, or none.");
			}
			addresses.add(address);
		}
		return addresses;
	}

	private static void warnIfUnwise(int size) {
		if (size < 3) {
			logger.warn(("redlock.nodes lists %d master%s: no lock can be taken while one is down. "
					+ "Use an odd number of at least 3.")
				.formatted(size, (size == 1) ? "" : "s"));
		}
		else if (size % 2 == 0) {
			logger.warn(("redlock.nodes lists %d masters: they survive the loss of %d, no more than %d would, "
					+ "and can split a vote. Use an odd number.")
				.formatted(size, (size - 1) / 2, size - 1));
		}
	}

	private static MasterAddress address(String property, Node node, MasterBundles bundles) {
		if (node.getDatabase() < 0) {
			throw new InvalidRedLockPropertyException(property + ".database", node.getDatabase(), "It is negative",
					"Write the number of a database, such as 0.");
		}
		Sentinel sentinel = node.getSentinel();
		if (sentinel != null) {
			requirePassword(property, node, node.getPassword());
			return SentinelAddresses.address(property, node, sentinel, bundles);
		}
		String text = node.getAddress();
		if (!StringUtils.hasText(text)) {
			throw new InvalidRedLockPropertyException(property + ".address", text, "The address is missing",
					"Write one such as 'redis://10.0.0.1:6379'.");
		}
		Matcher parts = parts(text);
		if (parts == null) {
			throw new InvalidRedLockPropertyException(property, withoutPassword(text),
					"It is not the address of a master",
					"Write 'redis://host:port', or 'rediss://host:port' for TLS, such as 'redis://10.0.0.1:6379', "
							+ "and an IPv6 address in brackets, such as 'redis://[2001:db8::1]:6379'; "
							+ "a database, a user name and a password have properties of their own.");
		}
		requirePassword(property, node, credentials(node, parts).password());
		String url = url(parts);
		String name = StringUtils.hasText(node.getName()) ? node.getName() : url;
		List<String> urls = List.of(url);
		return new MasterAddress(name, urls, null, () -> credentials(node, parts), node.getDatabase(),
				tls(property, node, urls, bundles));
	}

	private static void requirePassword(String property, Node node, @Nullable String password) {
		if (StringUtils.hasText(node.getUsername()) && password == null) {
			throw new InvalidRedLockPropertyException(property + ".username", node.getUsername(),
					"There is no password for that user",
					"Set '" + property + ".password' too, or leave the user name out.");
		}
	}

	private static MasterCredentials credentials(Node node, Matcher address) {
		String username = (node.getUsername() != null) ? node.getUsername() : address.group("username");
		String password = (node.getPassword() != null) ? node.getPassword() : address.group("password");
		return new MasterCredentials(StringUtils.hasText(username) ? username : null, password);
	}

	static @Nullable MasterTls tls(String property, Node node, List<String> urls, MasterBundles bundles) {
		String bundle = node.getSslBundle();
		return StringUtils.hasText(bundle) ? bundles.tls(property + ".ssl-bundle", bundle, urls) : null;
	}

	static @Nullable Matcher parts(String text) {
		Matcher parts = ADDRESS.matcher(text);
		return (parts.matches() && Integer.parseInt(parts.group("port")) <= MAX_PORT && isHost(parts.group("host")))
				? parts : null;
	}

	private static boolean isHost(String host) {
		try {
			return !host.startsWith("[") || host.equals(new URI("redis", host, null, null).getHost());
		}
		catch (URISyntaxException ex) {
			return false;
		}
	}

	static String url(Matcher parts) {
		return parts.group("scheme") + "://" + parts.group("host") + ":" + parts.group("port");
	}

	static String withoutPassword(String text) {
		int at = text.lastIndexOf('@');
		return (at < 0) ? text : "******" + text.substring(at);
	}

	private static String keyPrefix(String prefix) {
		if (!StringUtils.hasText(prefix) || prefix.startsWith(OWN_KEYS) || OWN_KEYS.startsWith(prefix)) {
			throw new InvalidRedLockPropertyException("redlock.key-prefix", prefix,
					"It is " + (StringUtils.hasText(prefix) ? "the space of the library's own keys" : "empty"),
					"Write another prefix, such as 'lock:'.");
		}
		return prefix;
	}

	private static Duration quarantine(RedLockProperties properties, List<Node> nodes) {
		Duration quarantine = properties.getRecovery().getQuarantine();
		if (quarantine == null) {
			boolean group = nodes.stream().anyMatch((node) -> node.getSentinel() != null);
			Duration longest = properties.getMaxLease().plus(group ? UNFOLLOWED : Duration.ZERO);
			return longest.plus(longest.minus(QuorumSettings.validityOf(longest)));
		}
		if (quarantine.isNegative()) {
			throw new InvalidRedLockPropertyException("redlock.recovery.quarantine", quarantine, "It is negative",
					"Leave it out, or write a time that no lease exceeds, such as '61s'.");
		}
		return quarantine;
	}

	private static QuorumSettings quorumSettings(RedLockProperties properties) {
		RedLockProperties.Retry retry = properties.getRetry();
		return new QuorumSettings(
				shorter("redlock.node-timeout", properties.getNodeTimeout(), "redlock.lease", properties.getLease()),
				positive("redlock.retry.min-delay", retry.getMinDelay()), notShorter("redlock.retry.max-delay",
						retry.getMaxDelay(), "redlock.retry.min-delay", retry.getMinDelay()),
				properties.getMaxLease());
	}

	private static LockOptions defaultOptions(RedLockProperties properties) {
		Duration maxLease = held("redlock.max-lease", properties.getMaxLease());
		Duration lease = held("redlock.lease", properties.getLease());
		notShorter("redlock.max-lease", maxLease, "redlock.lease", lease);
		Duration waitFor = properties.getWaitFor();
		if (waitFor.isNegative()) {
			throw new InvalidRedLockPropertyException("redlock.wait-for", waitFor, "It is negative",
					"Write '0s' to ask once, or how long to wait, such as '5s'.");
		}
		return new LockOptions(lease, waitFor);
	}

	private static Duration held(String property, @Nullable Duration value) {
		Duration lease = positive(property, value);
		if (QuorumSettings.validityOf(lease).compareTo(Duration.ZERO) <= 0) {
			throw new InvalidRedLockPropertyException(property, lease,
					"Nothing of it is left once 1 % and 2 ms are kept back for the drift of clocks",
					"Write some seconds, such as '30s'.");
		}
		return lease;
	}

	/**
	 * Check a duration that an annotation sets.
	 * @param attribute the name of the attribute
	 * @param value the value
	 * @param maxLease the longest lease
	 * @throws IllegalArgumentException if it is impossible
	 */
	static void check(String attribute, Duration value, Duration maxLease) {
		Duration shortest = QuorumSettings.validityOf(value);
		boolean held = attribute.equals("lease") || attribute.equals("maxHold");
		if (value.isNegative() || (held && shortest.compareTo(Duration.ZERO) <= 0)) {
			throw new IllegalArgumentException("it is too short");
		}
		boolean kept = attribute.equals("lease") || attribute.equals("atLeast");
		if (kept && value.compareTo(maxLease) > 0) {
			throw new IllegalArgumentException("it is longer than the longest lease, " + text(maxLease));
		}
	}

	private static Duration positive(String property, @Nullable Duration value) {
		if (value == null || value.compareTo(Duration.ZERO) <= 0) {
			throw new InvalidRedLockPropertyException(property, value, "It is not positive",
					"Write a duration such as '10s' or '500ms'.");
		}
		return value;
	}

	private static Duration notLonger(String property, Duration value, Duration bound) {
		positive(property, value);
		if (value.compareTo(bound) > 0) {
			throw new InvalidRedLockPropertyException(property, value, "It is longer than " + text(bound),
					"Write a duration such as '1s'.");
		}
		return value;
	}

	private static Duration shorter(String property, Duration value, String than, Duration bound) {
		positive(property, value);
		if (value.compareTo(bound) >= 0) {
			throw new InvalidRedLockPropertyException(property, value,
					"It is not shorter than '" + than + "', which is " + text(bound),
					"Write a small part of that, such as '50ms'.");
		}
		return value;
	}

	private static Duration notShorter(String property, Duration value, String than, Duration bound) {
		positive(property, value);
		if (value.compareTo(bound) < 0) {
			throw new InvalidRedLockPropertyException(property, value,
					"It is shorter than '" + than + "', which is " + text(bound), "Raise it, or lower the other.");
		}
		return value;
	}

	private static String text(Duration duration) {
		return InvalidRedLockPropertyException.text(duration);
	}

}
