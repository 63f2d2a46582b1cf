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

import java.util.List;

import io.github.redlock.Lease;
import io.github.redlock.RedLockEvent;
import io.github.redlock.RedLockListener;

import org.springframework.context.ApplicationEventPublisher;

/**
 * Publishes what happens to locks as application events.
 */
class EventPublishingListener implements RedLockListener {

	private final ApplicationEventPublisher events;

	EventPublishingListener(ApplicationEventPublisher events) {
		this.events = events;
	}

	@Override
	public void acquired(Lease lease) {
		this.events.publishEvent(new RedLockEvent.Acquired(lease));
	}

	@Override
	public void busy(List<String> keys) {
		this.events.publishEvent(new RedLockEvent.Busy(keys));
	}

	@Override
	public void released(Lease lease) {
		this.events.publishEvent(new RedLockEvent.Released(lease));
	}

	@Override
	public void lost(Lease lease) {
		this.events.publishEvent(new RedLockEvent.Lost(lease));
	}

}
