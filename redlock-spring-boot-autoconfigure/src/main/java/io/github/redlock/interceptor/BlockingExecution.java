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

import io.github.redlock.LeaseLostException;
import io.github.redlock.RedLockException;
import org.jspecify.annotations.Nullable;

/**
 * For a method whose work is done when it returns.
 */
final class BlockingExecution implements Execution {

	@Override
	public @Nullable Object run(LockedCall call) throws Exception {
		Body body = new Body(call);
		try {
			return call.underLock(body);
		}
		catch (LeaseLostException ex) {
			throw body.withInterruption(ex);
		}
		catch (RedLockException ex) {
			if (body.isEntered() || !call.hasInstead(ex)) {
				throw ex;
			}
			return call.instead(ex);
		}
	}

}
