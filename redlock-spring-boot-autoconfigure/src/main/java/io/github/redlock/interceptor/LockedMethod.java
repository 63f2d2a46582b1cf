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

package io.github.redlock.interceptor;

import java.lang.reflect.Method;
import java.time.Duration;

import io.github.redlock.RedLockClient.LockSpec;
import org.jspecify.annotations.Nullable;

/**
 * What {@link io.github.redlock.RedLocked @RedLocked} says of one method, checked and
 * resolved. An attribute that is left to the property is {@code null}.
 *
 * @param method the most specific method
 * @param targetClass the class of the bean
 * @param keys derives what a call locks
 * @param lease the lease
 * @param waitFor the longest wait
 * @param renew whether to renew
 * @param atLeast the shortest time to hold
 * @param maxHold the longest time to hold
 * @param instead what takes its place when it cannot have its lock
 * @param interruptWhenLost whether a loss interrupts it
 * @param execution runs it as its return type wants
 */
record LockedMethod(Method method, Class<?> targetClass, MethodKeys keys, @Nullable Duration lease,
		@Nullable Duration waitFor, boolean renew, @Nullable Duration atLeast, @Nullable Duration maxHold,
		Instead instead, boolean interruptWhenLost, Execution execution) {

	LockSpec apply(LockSpec spec) {
		spec.name(this.keys.name());
		if (this.lease != null) {
			spec.lease(this.lease);
		}
		if (this.waitFor != null) {
			spec.waitFor(this.waitFor);
		}
		if (this.atLeast != null) {
			spec.atLeast(this.atLeast);
		}
		if (this.maxHold != null) {
			spec.maxHold(this.maxHold);
		}
		return this.renew ? spec : spec.renew(false);
	}

	@Override
	public String toString() {
		return describe(this.method, this.targetClass);
	}

	static String describe(Method method, Class<?> targetClass) {
		return targetClass.getName() + "." + method.getName();
	}

}
