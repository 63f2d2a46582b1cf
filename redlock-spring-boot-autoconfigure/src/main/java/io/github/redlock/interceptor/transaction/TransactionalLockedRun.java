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

import java.lang.reflect.Method;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

import io.github.redlock.Lease;
import io.github.redlock.LeaseLostException;
import io.github.redlock.LeaseScope;
import io.github.redlock.RedLockClient.LockSpec;
import io.github.redlock.interceptor.LockedRun;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.transaction.IllegalTransactionStateException;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.interceptor.TransactionAttribute;
import org.springframework.transaction.interceptor.TransactionAttributeSource;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.util.ClassUtils;
import org.springframework.util.function.SingletonSupplier;

/**
 * A call that may happen inside a transaction which commits after it.
 *
 * @since 0.1.0
 */
public final class TransactionalLockedRun implements LockedRun {

	private static final Log logger = LogFactory.getLog(TransactionalLockedRun.class);

	private final OnActiveTransaction onActive;

	private final Supplier<List<TransactionAttributeSource>> attributes;

	private final Set<String> warned = ConcurrentHashMap.newKeySet();

	/**
	 * Create a call.
	 * @param onActive what to do inside a transaction
	 * @param attributes supplies, when it is first needed, what is said of the
	 * transactions of methods
	 */
	public TransactionalLockedRun(OnActiveTransaction onActive, Supplier<List<TransactionAttributeSource>> attributes) {
		this.onActive = onActive;
		this.attributes = SingletonSupplier.of(attributes);
	}

	@Override
	public @Nullable Object call(Method method, Class<?> targetClass, List<String> keys, LockSpec lock,
			Callable<@Nullable Object> body) throws Exception {
		List<String> missing = missing(keys);
		if (missing.isEmpty()) {
			return lock.call(body);
		}
		List<Lease> kept = findKept(missing);
		if (!kept.isEmpty()) {
			return callUnder(kept, body);
		}
		if (!isInsideTransaction(method, targetClass)) {
			return lock.call(body);
		}
		switch (this.onActive) {
			case AFTER_COMPLETION -> {
				return callUnder(List.of(KeptLease.take(lock, missing)), body);
			}
			case FAIL -> throw new IllegalTransactionStateException(describe(method, targetClass));
			case WARN -> warnOnce(method, targetClass);
			case ALLOW -> {
			}
		}
		return lock.call(body);
	}

	/**
	 * Find out what this call chain does not hold.
	 * @param keys what is to be locked
	 * @return those of the keys that no open scope covers
	 */
	private static List<String> missing(List<String> keys) {
		LeaseScope chain = LeaseScope.current();
		return keys.stream()
			.filter((key) -> chain == null
					|| chain.find((lease) -> lease.isValid() && lease.keys().contains(key)) == null)
			.toList();
	}

	/**
	 * Find what is kept on this thread already.
	 * @param keys what is to be locked
	 * @return the leases that cover the keys, or none if nothing is kept on any of them
	 */
	private static List<Lease> findKept(List<String> keys) {
		List<Lease> kept = KeptLease.leases()
			.stream()
			.filter((lease) -> !Collections.disjoint(lease.keys(), keys))
			.toList();
		List<String> keptKeys = kept.stream().map(Lease::keys).flatMap(Collection::stream).toList();
		if (!kept.isEmpty() && !keptKeys.containsAll(keys)) {
			throw new IllegalTransactionStateException(
					"The transaction keeps the lock on %s already and cannot take the one on %s all or none: "
						.formatted(keptKeys, keys) + "let its first @RedLocked method lock all of the keys");
		}
		return kept;
	}

	private static @Nullable Object callUnder(List<Lease> leases, Callable<@Nullable Object> body) throws Exception {
		leases.forEach(TransactionalLockedRun::requireValid);
		Object result;
		try (LeaseScope scope = LeaseScope.open(leases.get(0))) {
			result = body.call();
		}
		catch (Throwable ex) {
			leases.stream()
				.filter((lease) -> !lease.isValid())
				.forEach((lease) -> ex.addSuppressed(lostException(lease)));
			throw ex;
		}
		leases.forEach(TransactionalLockedRun::requireValid);
		return result;
	}

	private static void requireValid(Lease lease) {
		if (!lease.isValid()) {
			throw lostException(lease);
		}
	}

	private static LeaseLostException lostException(Lease lease) {
		return new LeaseLostException(
				"The lock on " + lease.keys()
						+ ", kept for the transaction, is not held any more: others may have held it meanwhile",
				lease.keys());
	}

	private boolean isInsideTransaction(Method method, Class<?> targetClass) {
		// while the completion is told, the transaction is over but still called active
		return TransactionSynchronizationManager.isActualTransactionActive()
				&& TransactionSynchronizationManager.isSynchronizationActive()
				&& !willSuspendTransaction(method, targetClass);
	}

	private boolean willSuspendTransaction(Method method, Class<?> targetClass) {
		String own = ClassUtils.getQualifiedMethodName(method, targetClass);
		return !own.equals(TransactionSynchronizationManager.getCurrentTransactionName())
				&& this.attributes.get().stream().anyMatch((source) -> {
					TransactionAttribute attribute = source.getTransactionAttribute(method, targetClass);
					return attribute != null && suspends(attribute.getPropagationBehavior());
				});
	}

	private static boolean suspends(int propagationBehavior) {
		return propagationBehavior == TransactionDefinition.PROPAGATION_REQUIRES_NEW
				|| propagationBehavior == TransactionDefinition.PROPAGATION_NOT_SUPPORTED;
	}

	private void warnOnce(Method method, Class<?> targetClass) {
		if (this.warned.add(targetClass.getName() + "." + method)) {
			logger.warn(describe(method, targetClass));
		}
	}

	private static String describe(Method method, Class<?> targetClass) {
		String transaction = TransactionSynchronizationManager.getCurrentTransactionName();
		return ("@RedLocked method %s is called inside %s: its lock is given back before that transaction commits, "
				+ "so the next holder does not see what was written under it. "
				+ "Take the lock outside the transaction, or let the method have one of its own (REQUIRES_NEW), "
				+ "or set 'redlock.transaction.on-active=after-completion' to keep the lock until the transaction "
				+ "is over, or 'allow' if that does not matter.")
			.formatted(ClassUtils.getQualifiedMethodName(method, targetClass),
					(transaction != null) ? "the transaction '" + transaction + "'" : "a transaction");
	}

}
