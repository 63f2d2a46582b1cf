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

import java.util.Iterator;
import java.util.List;

import io.github.redlock.RedLockListener;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.util.function.SingletonSupplier;

/**
 * The listeners of an application, made after the locks, since they may use them.
 */
class RedLockListeners implements Iterable<RedLockListener>, SmartInitializingSingleton {

	private final SingletonSupplier<List<RedLockListener>> listeners;

	/**
	 * Create listeners.
	 * @param listeners supplies them at the first event, or when all beans are there
	 */
	RedLockListeners(ObjectProvider<RedLockListener> listeners) {
		this.listeners = SingletonSupplier.of(() -> listeners.orderedStream().toList());
	}

	@Override
	public Iterator<RedLockListener> iterator() {
		return this.listeners.obtain().iterator();
	}

	@Override
	public void afterSingletonsInstantiated() {
		this.listeners.obtain();
	}

}
