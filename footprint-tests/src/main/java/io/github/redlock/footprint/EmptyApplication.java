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

package io.github.redlock.footprint;

import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.ReferenceCountUtil;
import org.redisson.Redisson;
import org.redisson.api.RedissonClient;
import org.redisson.client.codec.StringCodec;
import org.redisson.config.Config;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.EventListener;

/**
 * A web application that has nothing else, unless it is told to connect by itself.
 */
@SpringBootApplication
public class EmptyApplication {

	static final String READY = "ready";

	/**
	 * Start the application.
	 * @param args its arguments
	 */
	public static void main(String[] args) {
		SpringApplication.run(EmptyApplication.class, args);
	}

	@EventListener
	void say(ApplicationReadyEvent ready) {
		boolean locks = ready.getApplicationContext().containsBean("redLockClient");
		System.out.println(READY + ": " + (locks ? "locks" : "no locks"));
	}

	/**
	 * Clients of Redisson that do nothing but connect, all at once, and of which each has
	 * as few connections as it can.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnProperty("redisson.addresses")
	static class RedissonConfiguration {

		@Bean
		List<RedissonClient> redissonClients(@Value("${redisson.addresses}") List<String> addresses) {
			List<CompletableFuture<RedissonClient>> clients = addresses.stream()
				.map((address) -> CompletableFuture.supplyAsync(() -> connect(address)))
				.toList();
			return clients.stream().map(CompletableFuture::join).toList();
		}

		private static RedissonClient connect(String address) {
			Config config = new Config();
			config.setCodec(StringCodec.INSTANCE);
			config.setReferenceEnabled(false);
			config.useSingleServer()
				.setAddress(address)
				.setConnectionPoolSize(1)
				.setConnectionMinimumIdleSize(1)
				.setSubscriptionConnectionPoolSize(1)
				.setSubscriptionConnectionMinimumIdleSize(0);
			return Redisson.create(config);
		}

	}

	/**
	 * What lies beneath: a connection of Netty's to each server, all at once, over which
	 * nothing goes but a {@code PING}.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnProperty("netty.addresses")
	static class NettyConfiguration {

		@Bean
		List<Channel> nettyChannels(@Value("${netty.addresses}") List<URI> addresses) {
			EventLoopGroup eventLoops = new MultiThreadIoEventLoopGroup(2, NioIoHandler.newFactory());
			List<CompletableFuture<Channel>> channels = addresses.stream()
				.map((address) -> connect(eventLoops, new InetSocketAddress(address.getHost(), address.getPort())))
				.toList();
			return channels.stream().map(CompletableFuture::join).toList();
		}

		private static CompletableFuture<Channel> connect(EventLoopGroup eventLoops, InetSocketAddress address) {
			CompletableFuture<Channel> answered = new CompletableFuture<>();
			new Bootstrap().group(eventLoops)
				.channel(NioSocketChannel.class)
				.handler(new ChannelInboundHandlerAdapter() {

					@Override
					public void channelActive(ChannelHandlerContext context) {
						context.writeAndFlush(Unpooled.copiedBuffer("PING\r\n", StandardCharsets.US_ASCII));
					}

					@Override
					public void channelRead(ChannelHandlerContext context, Object answer) {
						ReferenceCountUtil.release(answer);
						answered.complete(context.channel());
					}

				})
				.connect(address);
			return answered;
		}

	}

}
