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
import java.util.ArrayList;
import java.util.List;

import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.resolver.AddressResolver;
import io.netty.resolver.AddressResolverGroup;
import io.netty.resolver.DefaultAddressResolverGroup;
import io.netty.resolver.dns.DnsServerAddressStreamProvider;
import io.netty.util.concurrent.DefaultEventExecutor;
import io.netty.util.concurrent.EventExecutor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.redisson.connection.AddressResolverGroupFactory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

class LazyResolversTests {

	private static final DnsServerAddressStreamProvider NAME_SERVERS = (name) -> {
		throw new AssertionError("not asked here");
	};

	private static final InetSocketAddress NAME = InetSocketAddress.createUnresolved("localhost", 6379);

	private final List<AddressResolverGroup<InetSocketAddress>> created = new ArrayList<>();

	private final List<AddressResolverGroup<InetSocketAddress>> closed = new ArrayList<>();

	private final EventExecutor executor = new DefaultEventExecutor();

	private final AddressResolverGroupFactory delegate = (datagrams, sockets, nameServers) -> {
		AddressResolverGroup<InetSocketAddress> group = new AddressResolverGroup<>() {

			@Override
			protected AddressResolver<InetSocketAddress> newResolver(EventExecutor thread) {
				return DefaultAddressResolverGroup.INSTANCE.getResolver(thread);
			}

			@Override
			public void close() {
				super.close();
				LazyResolversTests.this.closed.add(this);
			}

		};
		this.created.add(group);
		return group;
	};

	private final AddressResolverGroup<InetSocketAddress> resolvers = new LazyResolvers(this.delegate)
		.create(NioDatagramChannel.class, NioSocketChannel.class, NAME_SERVERS);

	@AfterEach
	void stop() {
		this.executor.shutdownGracefully();
	}

	@Test
	void needsNothingForAnAddress() {
		InetSocketAddress address = new InetSocketAddress("127.0.0.1", 6379);
		AddressResolver<InetSocketAddress> resolver = this.resolvers.getResolver(this.executor);
		assertThat(resolver.isResolved(address)).isTrue();
		assertThat(resolver.resolve(address).syncUninterruptibly().getNow()).isEqualTo(address);
		this.resolvers.close();
		assertThat(this.created).isEmpty();
	}

	@Test
	void resolvesNamesByOneResolver() {
		AddressResolver<InetSocketAddress> resolver = this.resolvers.getResolver(this.executor);
		assertThat(resolver.isResolved(NAME)).isFalse();
		assertThat(resolver.resolve(NAME).syncUninterruptibly().getNow().getAddress().isLoopbackAddress()).isTrue();
		assertThat(resolver.resolveAll(NAME).syncUninterruptibly().getNow()).isNotEmpty();
		assertThat(this.created).hasSize(1);
		assertThat(this.closed).isEmpty();
		this.resolvers.close();
		assertThat(this.closed).isEqualTo(this.created);
	}

	@Test
	void resolvesNothingOnceClosed() {
		AddressResolver<InetSocketAddress> resolver = this.resolvers.getResolver(this.executor);
		this.resolvers.close();
		assertThatIllegalStateException().isThrownBy(() -> resolver.resolve(NAME).syncUninterruptibly());
		assertThat(this.created).isEmpty();
	}

}
