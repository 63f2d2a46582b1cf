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

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import io.github.redlock.RedLocked;
import io.github.redlock.autoconfigure.RedLockAutoConfiguration;
import org.redisson.Redisson;
import org.redisson.RedissonRedLock;
import org.redisson.api.RLock;
import org.redisson.api.RedissonClient;
import org.redisson.client.codec.StringCodec;
import org.redisson.config.Config;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.autoconfigure.aop.AopAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * An instance of a shop, of its release with {@code RedissonRedLock} or of the one with
 * this library, in a process of its own: it sells lamps until its standard input ends,
 * and fails if another one sells at the same time.
 */
public final class ShopInstance {

	private static final int THREADS = 2;

	private final Path stock;

	private final Path sold;

	private volatile boolean closing;

	private ShopInstance(Path stock, Path sold) {
		this.stock = stock;
		this.sold = sold;
	}

	/**
	 * Run an instance.
	 * @param args the release, {@code old} or {@code new}, the masters, the file with the
	 * number of lamps left, and the file that gets a byte for each one sold
	 * @throws Exception if it cannot be run
	 */
	public static void main(String[] args) throws Exception {
		ShopInstance instance = new ShopInstance(Path.of(args[2]), Files.createFile(Path.of(args[3])));
		if (args[0].equals("old")) {
			instance.runOldRelease(args[1]);
		}
		else {
			instance.runNewRelease(args[1]);
		}
	}

	private void runOldRelease(String nodes) throws Exception {
		List<RedissonClient> clients = Arrays.stream(nodes.split(",")).map(ShopInstance::client).toList();
		sellUntilTheInputEnds(() -> {
			RLock lock = lock(clients);
			if (lock.tryLock(30, 10, TimeUnit.SECONDS)) {
				try {
					sell();
				}
				finally {
					lock.unlock();
				}
			}
		});
		clients.forEach(RedissonClient::shutdown);
	}

	private static RedissonClient client(String address) {
		Config config = new Config();
		config.setCodec(StringCodec.INSTANCE);
		config.useSingleServer().setAddress(address);
		return Redisson.create(config);
	}

	@SuppressWarnings("deprecation")
	private static RLock lock(List<RedissonClient> clients) {
		return new RedissonRedLock(
				clients.stream().map((client) -> client.getLock("shop:lamp:7")).toArray(RLock[]::new));
	}

	private void runNewRelease(String nodes) throws Exception {
		try (ConfigurableApplicationContext context = new SpringApplicationBuilder(NewRelease.class)
			.web(WebApplicationType.NONE)
			.properties("redlock.nodes=" + nodes, "redlock.key-prefix=shop:", "redlock.wait-for=30s")
			.run()) {
			Guarded guarded = context.getBean(Guarded.class);
			sellUntilTheInputEnds(() -> guarded.sell("7", this::sell));
		}
	}

	private void sellUntilTheInputEnds(Action saleOfOne) throws Exception {
		List<Thread> threads = Stream.generate(() -> new Thread(() -> sellUntilClosing(saleOfOne)))
			.limit(THREADS)
			.toList();
		threads.forEach(Thread::start);
		System.in.readAllBytes();
		this.closing = true;
		for (Thread thread : threads) {
			thread.join();
		}
	}

	private void sellUntilClosing(Action saleOfOne) {
		try {
			while (!this.closing) {
				saleOfOne.run();
			}
		}
		catch (Throwable ex) {
			ex.printStackTrace();
			Runtime.getRuntime().halt(1);
		}
	}

	private void sell() throws IOException, InterruptedException {
		Path selling = Files.createFile(this.stock.resolveSibling("selling"));
		long left = Long.parseLong(Files.readString(this.stock));
		TimeUnit.MILLISECONDS.sleep(1);
		Files.writeString(this.stock, Long.toString(left - 1));
		Files.writeString(this.sold, ".", StandardOpenOption.APPEND);
		Files.delete(selling);
	}

	/**
	 * An action that may fail.
	 */
	interface Action {

		void run() throws Exception;

	}

	/**
	 * A bean of the new release.
	 */
	static class Guarded {

		/**
		 * Sell one.
		 * @param lamp which
		 * @param sale the sale
		 * @throws Exception if it fails
		 */
		@RedLocked(name = "lamp", key = "#lamp")
		void sell(String lamp, Action sale) throws Exception {
			sale.run();
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration({ AopAutoConfiguration.class, RedLockAutoConfiguration.class })
	static class NewRelease {

		@Bean
		Guarded guarded() {
			return new Guarded();
		}

	}

}
