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

package io.github.redlock.autoconfigure.health;

import java.util.LinkedHashMap;
import java.util.Map;

import io.github.redlock.autoconfigure.RedLockAutoConfiguration;
import io.github.redlock.autoconfigure.RedLockProperties;
import io.github.redlock.quorum.LockNode;
import io.github.redlock.quorum.Masters;
import io.github.redlock.quorum.QuorumLocks;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.contributor.CompositeHealthContributor;
import org.springframework.boot.health.contributor.HealthContributor;
import org.springframework.context.annotation.Bean;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for the health of the masters and of
 * the quorum.
 *
 * @since 0.1.0
 */
@AutoConfiguration(after = RedLockAutoConfiguration.class)
@ConditionalOnClass({ HealthContributor.class, ConditionalOnEnabledHealthIndicator.class })
@ConditionalOnBean({ QuorumLocks.class, Masters.class })
@ConditionalOnEnabledHealthIndicator("redlock")
public final class RedLockHealthAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean(name = { "redlockHealthContributor", "redlockHealthIndicator" })
	CompositeHealthContributor redlockHealthContributor(QuorumLocks locks, Masters masters,
			RedLockProperties properties) {
		MastersCheck check = new MastersCheck(locks, properties.getNodeTimeout().multipliedBy(2));
		Map<String, HealthContributor> entries = new LinkedHashMap<>();
		entries.put("quorum", new QuorumHealthIndicator(check));
		for (LockNode master : masters.nodes()) {
			String entry = entry(master.name());
			entries.put(entries.containsKey(entry) ? entry + "-" + entries.size() : entry,
					new MasterHealthIndicator(check, master.name()));
		}
		return CompositeHealthContributor.fromMap(entries);
	}

	// a name is part of a path
	private static String entry(String master) {
		return master.replaceFirst("^\\w+://", "").replace('/', '-');
	}

}
