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

import org.springframework.beans.factory.DisposableBean;

/**
 * Has woven methods take their locks through an application, from its start to its end.
 *
 * @since 0.1.0
 */
public class RedLockedAspectBinding implements DisposableBean {

	private final RedLockedInterceptor interceptor;

	/**
	 * Bind the aspect to an application.
	 * @param interceptor takes the locks
	 */
	public RedLockedAspectBinding(RedLockedInterceptor interceptor) {
		this.interceptor = interceptor;
		RedLockedAspect.bind(interceptor);
	}

	@Override
	public void destroy() {
		RedLockedAspect.unbind(this.interceptor);
	}

}
