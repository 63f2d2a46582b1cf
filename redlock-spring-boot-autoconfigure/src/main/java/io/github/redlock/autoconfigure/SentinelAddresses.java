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

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;

import io.github.redlock.autoconfigure.RedLockConnectionDetails.Node;
import io.github.redlock.autoconfigure.RedLockConnectionDetails.Sentinel;
import io.github.redlock.redisson.MasterAddress;
import io.github.redlock.redisson.MasterCredentials;
import io.github.redlock.redisson.SentinelGroup;
import org.jspecify.annotations.Nullable;

import org.springframework.util.StringUtils;

/**
 * The address of a master that is the primary of a group, once it has been checked.
 */
final class SentinelAddresses {

	private static final String EXAMPLE = "10.0.0.1:26379, 10.0.0.2:26379, 10.0.0.3:26379";

	private SentinelAddresses() {
	}

	/**
	 * Check the properties of a master.
	 * @param property the name of the property
	 * @param node its value
	 * @param sentinel the part of it that names the group
	 * @param bundles the SSL bundles
	 * @return the address
	 */
	static MasterAddress address(String property, Node node, Sentinel sentinel, MasterBundles bundles) {
		String master = sentinel.getMaster();
		if (StringUtils.hasText(node.getAddress())) {
			throw new InvalidRedLockPropertyException(property + ".address",
					ValidatedProperties.withoutPassword(node.getAddress()),
					"The Sentinels of '" + property + ".sentinel' tell the address of that master",
					"Leave out either the address, or all of '" + property + ".sentinel'.");
		}
		if (!StringUtils.hasText(master)) {
			throw new InvalidRedLockPropertyException(property + ".sentinel.master", master,
					"The name of the group is missing",
					"Write the name that 'sentinel monitor' gives it in sentinel.conf, such as 'mymaster'.");
		}
		List<String> urls = urls(property + ".sentinel.nodes", sentinel.getNodes());
		if (StringUtils.hasText(sentinel.getUsername()) && sentinel.getPassword() == null) {
			throw new InvalidRedLockPropertyException(property + ".sentinel.username", sentinel.getUsername(),
					"There is no password for that user",
					"Set '" + property + ".sentinel.password' too, or leave the user name out.");
		}
		String name = StringUtils.hasText(node.getName()) ? node.getName() : master + "@" + urls.get(0);
		SentinelGroup group = new SentinelGroup(master, textOrNull(sentinel.getUsername()), sentinel.getPassword());
		return new MasterAddress(name, urls, group,
				() -> new MasterCredentials(textOrNull(node.getUsername()), node.getPassword()), node.getDatabase(),
				ValidatedProperties.tls(property, node, urls, bundles));
	}

	private static List<String> urls(String property, List<String> texts) {
		if (texts.isEmpty()) {
			throw new InvalidRedLockPropertyException(property, null, "There is no Sentinel to ask",
					"List the addresses of the Sentinels, such as '" + EXAMPLE + "'.");
		}
		List<String> urls = new ArrayList<>();
		for (int i = 0; i < texts.size(); i++) {
			String url = url(property + "[" + i + "]", texts.get(i).trim());
			if (!url.startsWith(scheme(urls, url))) {
				throw new InvalidRedLockPropertyException(property + "[" + i + "]", url,
						"The first Sentinel is reached by '" + scheme(urls, url) + "'",
						"Write all of them with the same scheme; the master is reached by it, too.");
			}
			if (urls.contains(url)) {
				throw new InvalidRedLockPropertyException(property + "[" + i + "]", url,
						"It is the same Sentinel as " + property + "[" + urls.indexOf(url) + "]",
						"List every Sentinel once.");
			}
			urls.add(url);
		}
		return urls;
	}

	private static String scheme(List<String> urls, String otherwise) {
		String url = urls.isEmpty() ? otherwise : urls.get(0);
		return url.substring(0, url.indexOf("://") + "://".length());
	}

	private static String url(String property, String text) {
		Matcher parts = ValidatedProperties.parts(text.contains("://") ? text : "redis://" + text);
		if (parts == null || parts.group("password") != null) {
			throw new InvalidRedLockPropertyException(property, ValidatedProperties.withoutPassword(text),
					"It is not the address of a Sentinel",
					"Write 'host:port', or 'rediss://host:port' for TLS, such as '10.0.0.1:26379', "
							+ "and an IPv6 address in brackets, such as '[2001:db8::1]:26379'; "
							+ "a user name and a password have properties of their own.");
		}
		return ValidatedProperties.url(parts);
	}

	private static @Nullable String textOrNull(@Nullable String text) {
		return StringUtils.hasText(text) ? text : null;
	}

}
