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

import java.net.InetSocketAddress;
import java.util.List;
import java.util.function.Supplier;

import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.resolver.AbstractAddressResolver;
import io.netty.resolver.AddressResolver;
import io.netty.resolver.AddressResolverGroup;
import io.netty.resolver.dns.DnsServerAddressStreamProvider;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Promise;
import org.jspecify.annotations.Nullable;
import org.redisson.connection.AddressResolverGroupFactory;

/**
 * Makes what resolves host names once there is a name to resolve: it looks for name
 * servers and opens a socket to ask them for each master, which takes its time at a
 * start, and the addresses of masters need not be names.
 */
final class LazyResolvers implements AddressResolverGroupFactory {

	private final AddressResolverGroupFactory delegate;

	/**
	 * Create a factory.
	 * @param delegate makes what resolves names
	 */
	LazyResolvers(AddressResolverGroupFactory delegate) {
		this.delegate = delegate;
	}

	@Override
	public AddressResolverGroup<InetSocketAddress> create(Class<? extends DatagramChannel> datagrams,
			Class<? extends SocketChannel> sockets, DnsServerAddressStreamProvider nameServers) {
		return new Group(() -> this.delegate.create(datagrams, sockets, nameServers));
	}

	private static final class Group extends AddressResolverGroup<InetSocketAddress> {

		private final Supplier<AddressResolverGroup<InetSocketAddress>> delegate;

		// guarded by this
		private @Nullable AddressResolverGroup<InetSocketAddress> created;

		// guarded by this
		private boolean closed;

		Group(Supplier<AddressResolverGroup<InetSocketAddress>> delegate) {
			this.delegate = delegate;
		}

		@Override
		protected AddressResolver<InetSocketAddress> newResolver(EventExecutor executor) {
			return new Resolver(executor, () -> created().getResolver(executor));
		}

		private synchronized AddressResolverGroup<InetSocketAddress> created() {
			if (this.closed) {
				throw new IllegalStateException("closed");
			}
			if (this.created == null) {
				this.created = this.delegate.get();
			}
			return this.created;
		}

		@Override
		public void close() {
			super.close();
			synchronized (this) {
				this.closed = true;
				if (this.created != null) {
					this.created.close();
				}
			}
		}

	}

	private static final class Resolver extends AbstractAddressResolver<InetSocketAddress> {

		private final Supplier<AddressResolver<InetSocketAddress>> delegate;

		Resolver(EventExecutor executor, Supplier<AddressResolver<InetSocketAddress>> delegate) {
			super(executor, InetSocketAddress.class);
			this.delegate = delegate;
		}

		@Override
		protected boolean doIsResolved(InetSocketAddress address) {
			return !address.isUnresolved();
		}

		@Override
		protected void doResolve(InetSocketAddress address, Promise<InetSocketAddress> promise) {
			this.delegate.get().resolve(address, promise);
		}

		@Override
		protected void doResolveAll(InetSocketAddress address, Promise<List<InetSocketAddress>> promise) {
			this.delegate.get().resolveAll(address, promise);
		}

	}

}
