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

import org.springframework.boot.autoconfigure.condition.ConditionMessage;
import org.springframework.boot.autoconfigure.condition.ConditionOutcome;
import org.springframework.boot.autoconfigure.condition.SpringBootCondition;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.core.type.AnnotatedTypeMetadata;

/**
 * Matches if a property, once it is bound, has a value. Unlike the conditions on its
 * text, it takes all spellings that binding takes ({@code on} for {@code true}, say), and
 * ends the start at one that is none, instead of leaving methods without their locks.
 *
 * @param <T> the type of the property
 */
public abstract class BoundPropertyCondition<T> extends SpringBootCondition {

	private final String name;

	private final T value;

	private final T byDefault;

	/**
	 * Create a condition.
	 * @param name the name of the property
	 * @param value the value at which it matches
	 * @param byDefault the value of the property if it is not set
	 */
	protected BoundPropertyCondition(String name, T value, T byDefault) {
		this.name = name;
		this.value = value;
		this.byDefault = byDefault;
	}

	@Override
	@SuppressWarnings("unchecked")
	public ConditionOutcome getMatchOutcome(ConditionContext context, AnnotatedTypeMetadata metadata) {
		T bound = Binder.get(context.getEnvironment())
			.bind(this.name, (Class<T>) this.value.getClass())
			.orElse(this.byDefault);
		return new ConditionOutcome(bound.equals(this.value),
				ConditionMessage.forCondition(this.name).because("is " + bound));
	}

	/**
	 * Matches unless {@code redlock.enabled} is false.
	 */
	public static final class OnEnabled extends BoundPropertyCondition<Boolean> {

		OnEnabled() {
			super("redlock.enabled", true, true);
		}

	}

	/**
	 * Matches if locks are kept in the memory of this JVM.
	 */
	static final class OnLocalMode extends BoundPropertyCondition<RedLockProperties.Mode> {

		OnLocalMode() {
			super("redlock.mode", RedLockProperties.Mode.LOCAL, RedLockProperties.Mode.REDIS);
		}

	}

	/**
	 * Matches if methods are guarded by proxies.
	 */
	static final class OnProxies extends BoundPropertyCondition<RedLockProperties.Aspect.Mode> {

		OnProxies() {
			super("redlock.aspect.mode", RedLockProperties.Aspect.Mode.PROXY, RedLockProperties.Aspect.Mode.PROXY);
		}

	}

	/**
	 * Matches if methods are guarded by woven code.
	 */
	static final class OnWeaving extends BoundPropertyCondition<RedLockProperties.Aspect.Mode> {

		OnWeaving() {
			super("redlock.aspect.mode", RedLockProperties.Aspect.Mode.ASPECTJ, RedLockProperties.Aspect.Mode.PROXY);
		}

	}

	/**
	 * Matches unless transactions are not guarded.
	 */
	static final class OnCommitGuard extends BoundPropertyCondition<Boolean> {

		OnCommitGuard() {
			super("redlock.transaction.commit-guard", true, true);
		}

	}

}
