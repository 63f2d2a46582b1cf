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

package io.github.redlock.benchmarks;

import java.util.List;
import java.util.concurrent.TimeUnit;

import com.baomidou.lock.DefaultLockFailureStrategy;
import com.baomidou.lock.DefaultLockKeyBuilder;
import com.baomidou.lock.LockTemplate;
import com.baomidou.lock.annotation.Lock4j;
import com.baomidou.lock.aop.LockAnnotationAdvisor;
import com.baomidou.lock.aop.LockInterceptor;
import com.baomidou.lock.executor.LockExecutor;
import com.baomidou.lock.spring.boot.autoconfigure.Lock4jProperties;
import io.github.redlock.RedLocked;
import io.github.redlock.interceptor.LockedMethods;
import io.github.redlock.interceptor.LockedRun;
import io.github.redlock.interceptor.RedLockedAdvisor;
import io.github.redlock.interceptor.RedLockedInterceptor;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

import org.springframework.aop.Advisor;
import org.springframework.aop.framework.ProxyFactory;
import org.springframework.beans.factory.support.DefaultListableBeanFactory;

/**
 * What the annotation costs beside the lock: a call of a proxied method whose key is one
 * property of its argument, with an engine that grants everything and does nothing.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 3)
@Measurement(iterations = 5, time = 3)
@Fork(3)
public class AnnotationOverheadBenchmark {

	private final Order order = new Order(7);

	private Orders redlock = new Orders();

	private Orders lock4j = new Orders();

	private final Orders unguarded = new Orders();

	/**
	 * Make the proxies.
	 * @throws Exception if lock4j cannot be set up
	 */
	@Setup
	public void proxies() throws Exception {
		LockedMethods methods = new LockedMethods(new DefaultListableBeanFactory(), (attribute, value) -> {
		});
		this.redlock = proxy(new RedLockedAdvisor(
				new RedLockedInterceptor(NoLocks::new, () -> methods, () -> LockedRun.DIRECT), () -> 1000));
		this.lock4j = proxy(lock4jAdvisor());
	}

	private static Advisor lock4jAdvisor() throws Exception {
		Lock4jProperties properties = new Lock4jProperties();
		LockTemplate template = new LockTemplate();
		template.setProperties(properties);
		template.setExecutors(List.of(new NoExecutor()));
		template.afterPropertiesSet();
		LockInterceptor interceptor = new LockInterceptor(template,
				List.of(new DefaultLockKeyBuilder(new DefaultListableBeanFactory())),
				List.of(new DefaultLockFailureStrategy()), properties);
		interceptor.afterPropertiesSet();
		return new LockAnnotationAdvisor(interceptor, 0);
	}

	private static Orders proxy(Advisor advisor) {
		ProxyFactory factory = new ProxyFactory(new Orders());
		factory.addAdvisor(advisor);
		return (Orders) factory.getProxy();
	}

	/**
	 * This library.
	 * @return the result of the method
	 */
	@Benchmark
	public long redlock() {
		return this.redlock.redLocked(this.order);
	}

	/**
	 * The peer.
	 * @return the result of the method
	 */
	@Benchmark
	public long lock4j() {
		return this.lock4j.lock4j(this.order);
	}

	/**
	 * No lock, and no proxy.
	 * @return the result of the method
	 */
	@Benchmark
	public long unguarded() {
		return this.unguarded.redLocked(this.order);
	}

	/**
	 * What is ordered.
	 *
	 * @param id the number of the order
	 */
	public record Order(long id) {

	}

	/**
	 * The same method for each library.
	 */
	public static class Orders {

		/**
		 * Guarded by this library.
		 * @param order the order
		 * @return its number
		 */
		@RedLocked(name = "orders", key = "#order.id", lease = "10s")
		public long redLocked(Order order) {
			return order.id();
		}

		/**
		 * Guarded by the peer.
		 * @param order the order
		 * @return its number
		 */
		@Lock4j(name = "orders", keys = "#order.id", expire = 10_000)
		public long lock4j(Order order) {
			return order.id();
		}

	}

	/**
	 * Grants every lock of lock4j.
	 */
	private static final class NoExecutor implements LockExecutor<String> {

		@Override
		public String acquire(String key, String value, long expire, long acquireTimeout) {
			return key;
		}

		@Override
		public boolean releaseLock(String key, String value, String instance) {
			return true;
		}

	}

}
