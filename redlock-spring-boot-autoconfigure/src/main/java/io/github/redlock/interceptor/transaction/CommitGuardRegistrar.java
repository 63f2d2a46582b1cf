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

package io.github.redlock.interceptor.transaction;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

import org.jspecify.annotations.Nullable;

import org.springframework.aop.framework.AopProxyUtils;
import org.springframework.aop.support.AopUtils;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.core.Ordered;
import org.springframework.core.PriorityOrdered;
import org.springframework.transaction.ConfigurableTransactionManager;
import org.springframework.transaction.TransactionExecutionListener;

/**
 * Adds the {@link CommitGuard} to every transaction manager among the beans, whoever
 * defines it, as the last of its listeners.
 *
 * @since 0.1.0
 */
public final class CommitGuardRegistrar implements BeanPostProcessor, PriorityOrdered {

	private final CommitGuard guard = new CommitGuard();

	@Override
	public int getOrder() {
		return Ordered.HIGHEST_PRECEDENCE;
	}

	@Override
	public Object postProcessAfterInitialization(Object bean, String beanName) {
		// the final methods of a proxy are those of an empty object
		register(AopUtils.isAopProxy(bean) ? AopProxyUtils.getSingletonTarget(bean) : bean);
		return bean;
	}

	private void register(@Nullable Object bean) {
		if (bean instanceof ConfigurableTransactionManager transactionManager) {
			Collection<TransactionExecutionListener> present = transactionManager.getTransactionExecutionListeners();
			if (present.stream().noneMatch(CommitGuard.class::isInstance)) {
				List<TransactionExecutionListener> listeners = new ArrayList<>(present);
				listeners.add(this.guard);
				transactionManager.setTransactionExecutionListeners(listeners);
			}
		}
	}

}
