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

package io.github.redlock.redisson;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import org.redisson.client.NettyHook;

/**
 * Sets what connections to masters have in common.
 */
final class ConnectionOptions implements NettyHook {

	private final NettyHook next;

	/**
	 * Create the hook of a client.
	 * @param next what else is to be done with a connection
	 */
	ConnectionOptions(NettyHook next) {
		this.next = next;
	}

	@Override
	public void afterBoostrapInitialization(Bootstrap bootstrap) {
		bootstrap.option(ChannelOption.ALLOCATOR, HeapBuffers.INSTANCE);
		// or the system would go on sending what was asked when the locks are long over
		bootstrap.option(ChannelOption.SO_LINGER, 0);
		this.next.afterBoostrapInitialization(bootstrap);
	}

	@Override
	public void afterChannelInitialization(Channel channel) {
		this.next.afterChannelInitialization(channel);
	}

}
