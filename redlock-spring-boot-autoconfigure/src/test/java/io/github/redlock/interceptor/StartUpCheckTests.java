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

import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.util.List;

import io.github.redlock.LeaseLostException;
import io.github.redlock.LockBusyException;
import io.github.redlock.QuorumUnavailableException;
import io.github.redlock.RedLockException;
import io.github.redlock.RedLocked;
import io.github.redlock.RedLocked.WhenBusy;
import io.github.redlock.test.EmbeddedRedLock;
import io.github.redlock.test.RedisMasters;
import io.reactivex.rxjava3.core.Single;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import reactor.core.publisher.ConnectableFlux;

import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.diagnostics.FailureAnalyzer;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.core.io.support.SpringFactoriesLoader;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What is refused when the application starts, and what is said about it.
 */
@EmbeddedRedLock
class StartUpCheckTests {

	/** Method, part of the description, part of the action. */
	private static final String MISTAKES = """
			noSuchParameter       | key '#ordr.id' is not a key of this method: there is no parameter '#ordr' | #order
			withoutHash           | the parameter 'order' is written without its '#'                          | quotes
			unknownName           | key 'orders' is not a key of this method: there is no 'orders'            | "'orders'"
			unknownOfRoot         | there is no 'arg' to begin with                                           | #order.id
			unknownMethod         | there is no 'idOf' to begin with                                          | #order.id
			unknownFunction       | there is no function '#idOf                                               | #order.id
			unknownBean           | there is no bean 'ids'                                                    | #order.id
			unknownInProjection   | there is no parameter '#ordr'                                             | #order
			unknownInIndex        | there is no parameter '#ordr'                                             | #order
			notAnExpression       | key '#order.' is not a SpEL expression                                    | #order.id
			emptyExpression       | key '' is not a SpEL expression                                           | #order.id
			notADuration          | lease 'ten seconds' is not a duration                                     | 10s
			withoutUnit           | lease '10' is not a duration                                              | 10s
			tooLong               | lease '2m' is impossible                                                  | max-lease
			tooShort              | maxHold '1ms' is impossible                                               | seconds
			negative              | waitFor '-1s' is impossible                                               | seconds
			maxBelowMin           | maxHold '2s' is shorter than atLeast '3s'                                 | atLeast
			unknownPlaceholder    | lease '${no.such.property}' is a placeholder that cannot be resolved      | default
			future                | return type 'java.util.concurrent.Future' is                              | CompletableFuture
			callable              | return type 'java.util.concurrent.Callable' is                            | CompletableFuture
			stream                | return type 'java.util.stream.Stream' is                                  | List
			connectable           | return type 'reactor.core.publisher.ConnectableFlux' is                   | reactor.core.publisher.Flux
			skippedPrimitive      | whenBusy 'SKIP' is impossible with the return type 'int'                  | Optional
			skippedSingle         | whenBusy 'SKIP' is impossible with the return type 'io.reactivex          | Optional
			noSuchFallback        | fallback 'later' is not the name of another method                             | later
			fallsBackToItself     | fallback 'work' is not the name of another method                         | work
			twice                 | declaration 'RedLocked, OrderLocked' is one of several                    | Leave one
			lockedFallback        | fallback 'fallback' is a method with a @RedLocked of its own              | without @RedLocked
			controlName           | name 'a?b' is one with control characters                                 | without them
			longName              | is longer than a key may be                                               | 512
			otherParameters       | fallback 'wrongParameters' is not a method that fits                      | RedLockException
			otherReturnType       | fallback 'wrongReturnType' is not a method that fits                      | return type
			otherException        | fallback 'wrongException' is not a method that fits                       | RedLockException
			twoFallbacks          | fallback 'two' is not one method only that fits                           | one method
			skipAndFallback       | fallback 'two' is impossible together with whenBusy 'SKIP'                | Leave one
			privateMethod         | is not one that can be guarded                                            | private
			finalMethod           | is not one that can be guarded                                            | final
			staticMethod          | is not one that can be guarded                                            | static
			staticOfInterface     | is not one that can be guarded                                            | static
			privateOfInterface    | is not one that can be guarded                                            | private
			""";

	private final ApplicationContextRunner contexts;

	StartUpCheckTests(RedisMasters masters) {
		this.contexts = LockedApplication.runner(masters);
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = MISTAKES)
	void refuses(String method, String description, String action) {
		this.contexts.withBean(beanWith(method)).run((context) -> {
			assertThat(context).hasFailed();
			FailureAnalysis analysis = analysis(context.getStartupFailure());
			assertThat(analysis.getDescription())
				.startsWith("@RedLocked method " + beanWith(method).getName() + ".work:")
				.contains(description);
			assertThat(analysis.getAction()).contains(action).endsWith(".");
		});
	}

	@Test
	void refusesAClassWhoseNameIsNotTheSameEverywhere() {
		this.contexts.withBean("work", Work.class, () -> () -> {
		}).run((context) -> {
			assertThat(context).hasFailed();
			assertThat(analysis(context.getStartupFailure()).getAction()).startsWith("Give a name");
		});
	}

	@Test
	void refusesNamesThatAKeyCouldMakeOne() {
		this.contexts.withBean(Orders.class).withBean(OrderItems.class).run((context) -> {
			assertThat(context).hasFailed();
			FailureAnalysis analysis = analysis(context.getStartupFailure());
			assertThat(analysis.getDescription()).contains(
					"name 'orders:items' is in conflict with the name 'orders': a key could make one lock of both");
			assertThat(analysis.getAction()).contains("'orders-items' and 'orders'");
		});
	}

	@Test
	void refusesANameThatAKeyOfADefaultNameCouldMake() {
		this.contexts.withBean(Payments.class).run((context) -> {
			assertThat(context).hasFailed();
			assertThat(analysis(context.getStartupFailure()).getDescription()).contains("'Payments.pay:all'",
					"'Payments.pay'", "a key could make one lock of both");
		});
	}

	@Test
	void refusesABeanThatIsMadeBeforeThereAreProxies() {
		this.contexts.withBean("early", AllRight.class).withUserConfiguration(Early.class).run((context) -> {
			assertThat(context).hasFailed();
			FailureAnalysis analysis = analysis(context.getStartupFailure());
			assertThat(analysis.getDescription()).startsWith("@RedLocked method " + AllRight.class.getName())
				.contains("bean 'early' is made before Spring makes proxies");
			assertThat(analysis.getAction()).contains("ObjectProvider").endsWith(".");
		});
	}

	@Test
	void acceptsWhatSpringDoesNotMake() {
		this.contexts.withInitializer((context) -> context.getBeanFactory().registerSingleton("mock", new AllRight()))
			.run((context) -> assertThat(context).hasNotFailed());
	}

	@Test
	void acceptsWhatIsRight() {
		this.contexts.withBean(AllRight.class).run((context) -> assertThat(context).hasNotFailed());
	}

	private static Class<?> beanWith(String method) {
		String name = StartUpCheckTests.class.getName() + "$" + Character.toUpperCase(method.charAt(0))
				+ method.substring(1);
		try {
			return Class.forName(name);
		}
		catch (ClassNotFoundException ex) {
			throw new AssertionError(ex);
		}
	}

	private static FailureAnalysis analysis(Throwable failure) {
		return SpringFactoriesLoader.forDefaultResourceLocation()
			.load(FailureAnalyzer.class, SpringFactoriesLoader.FailureHandler.handleMessage((message, ex) -> {
			}))
			.stream()
			.filter((analyzer) -> analyzer.getClass().getName().startsWith("io.github.redlock"))
			.map((analyzer) -> analyzer.analyze(failure))
			.filter((analysis) -> analysis != null)
			.findFirst()
			.orElseThrow(() -> new AssertionError("no analysis", failure));
	}

	public record Order(long id) {

	}

	@Configuration(proxyBeanMethods = false)
	static class Early {

		@Bean
		static OrderedProcessor processor(AllRight early) {
			return new OrderedProcessor();
		}

	}

	static class OrderedProcessor implements BeanPostProcessor, Ordered {

		@Override
		public int getOrder() {
			return LOWEST_PRECEDENCE;
		}

	}

	interface Work {

		@RedLocked
		void work();

	}

	static class NoSuchParameter {

		@RedLocked(key = "#ordr.id")
		void work(Order order) {
		}

	}

	static class WithoutHash {

		@RedLocked(key = "order.id")
		void work(Order order) {
		}

	}

	static class UnknownName {

		@RedLocked(key = "orders")
		void work(Order order) {
		}

	}

	static class UnknownOfRoot {

		@RedLocked(key = "#root.arg[0]")
		void work(Order order) {
		}

	}

	static class UnknownMethod {

		@RedLocked(key = "idOf(#order)")
		void work(Order order) {
		}

	}

	static class UnknownFunction {

		@RedLocked(key = "#idOf(#order)")
		void work(Order order) {
		}

	}

	static class UnknownBean {

		@RedLocked(key = "@ids.of(#order)")
		void work(Order order) {
		}

	}

	static class UnknownInProjection {

		@RedLocked(key = "#orders.![id + #ordr]")
		void work(List<Order> orders, Order order) {
		}

	}

	static class UnknownInIndex {

		@RedLocked(key = "#orders[#ordr.id]")
		void work(List<Order> orders, Order order) {
		}

	}

	static class NotAnExpression {

		@RedLocked(key = "#order.")
		void work(Order order) {
		}

	}

	static class EmptyExpression {

		@RedLocked(key = "")
		void work(Order order) {
		}

	}

	static class NotADuration {

		@RedLocked(lease = "ten seconds")
		void work() {
		}

	}

	static class WithoutUnit {

		@RedLocked(lease = "10")
		void work() {
		}

	}

	static class TooLong {

		@RedLocked(lease = "2m")
		void work() {
		}

	}

	static class TooShort {

		@RedLocked(maxHold = "1ms")
		void work() {
		}

	}

	static class Negative {

		@RedLocked(waitFor = "-1s")
		void work() {
		}

	}

	static class MaxBelowMin {

		@RedLocked(atLeast = "3s", maxHold = "2s")
		void work() {
		}

	}

	static class UnknownPlaceholder {

		@RedLocked(lease = "${no.such.property}")
		void work() {
		}

	}

	static class Future {

		@RedLocked
		java.util.concurrent.Future<String> work() {
			throw new AssertionError();
		}

	}

	static class Callable {

		@RedLocked
		java.util.concurrent.Callable<String> work() {
			throw new AssertionError();
		}

	}

	static class Stream {

		@RedLocked
		java.util.stream.Stream<String> work() {
			throw new AssertionError();
		}

	}

	static class Connectable {

		@RedLocked
		ConnectableFlux<String> work() {
			throw new AssertionError();
		}

	}

	static class SkippedPrimitive {

		@RedLocked(whenBusy = WhenBusy.SKIP)
		int work() {
			return 1;
		}

	}

	static class SkippedSingle {

		@RedLocked(whenBusy = WhenBusy.SKIP)
		Single<String> work() {
			return Single.just("");
		}

	}

	static class NoSuchFallback {

		@RedLocked(fallback = "later")
		void work(Order order) {
		}

	}

	@RedLocked(name = "orders")
	@Retention(RetentionPolicy.RUNTIME)
	@interface OrderLocked {

	}

	static class Twice {

		@RedLocked(name = "stock")
		@OrderLocked
		void work(Order order) {
		}

	}

	static class LockedFallback {

		@RedLocked(fallback = "fallback")
		void work(Order order) {
		}

		@RedLocked
		void fallback(Order order) {
		}

	}

	static class ControlName {

		@RedLocked(name = "a\nb")
		void work(Order order) {
		}

	}

	static class LongName {

		@RedLocked(name = "0123456789012345678901234567890123456789012345678901234567890123456789"
				+ "0123456789012345678901234567890123456789012345678901234567890123456789"
				+ "0123456789012345678901234567890123456789012345678901234567890123456789"
				+ "0123456789012345678901234567890123456789012345678901234567890123456789"
				+ "0123456789012345678901234567890123456789012345678901234567890123456789"
				+ "0123456789012345678901234567890123456789012345678901234567890123456789"
				+ "0123456789012345678901234567890123456789012345678901234567890123456789"
				+ "0123456789012345678901234567890123456789012345678901234567890123456789")
		void work(Order order) {
		}

	}

	static class FallsBackToItself {

		@RedLocked(fallback = "work")
		void work(Order order) {
		}

	}

	static class OtherParameters {

		@RedLocked(fallback = "wrongParameters")
		void work(Order order) {
		}

		void wrongParameters(long id) {
		}

	}

	static class OtherReturnType {

		@RedLocked(fallback = "wrongReturnType")
		String work(Order order) {
			return "";
		}

		Object wrongReturnType(Order order) {
			return "";
		}

	}

	static class OtherException {

		@RedLocked(fallback = "wrongException")
		void work(Order order) {
		}

		void wrongException(Order order, LeaseLostException ex) {
		}

	}

	static class TwoFallbacks {

		@RedLocked(fallback = "two")
		void work(Order order) {
		}

		void two(Order order) {
		}

		void two(Order order, RedLockException ex) {
		}

	}

	static class SkipAndFallback {

		@RedLocked(fallback = "two", whenBusy = WhenBusy.SKIP)
		void work(Order order) {
		}

		void two(Order order) {
		}

	}

	static class PrivateMethod {

		@RedLocked
		private void work() {
		}

	}

	static class FinalMethod {

		@RedLocked
		final void work() {
		}

	}

	static class StaticMethod {

		@RedLocked
		static void work() {
		}

	}

	static class Payments {

		@RedLocked(key = "#id")
		void pay(String id) {
		}

		@RedLocked(name = "Payments.pay:all")
		void payAll() {
		}

	}

	static class Orders {

		@RedLocked(name = "orders", key = "#id")
		void work(String id) {
		}

	}

	static class OrderItems {

		@RedLocked(name = "orders:items", key = "#id")
		void work(String id) {
		}

	}

	static class AllRight {

		@RedLocked({ "#orders.![id]", "#p0[0].id", "#a1.id", "#root.args[1].id", "#root.method.name",
				"T(Long).toString(#order.id)", "targetClass.simpleName", "{id: #order.id}[id]",
				"#orders.?[id > #order.id].size()", "new String(#order.toString())", "#order?.id",
				"@environment.toString()", "'fixed'" })
		void work(List<Order> orders, Order order) {
		}

		@RedLocked(fallback = "busy")
		int busy(Order order) {
			return 1;
		}

		private Integer busy(Order order, LockBusyException ex) {
			return 1;
		}

		@RedLocked(fallback = "unavailable", waitFor = "0s", lease = "${lease:PT1S}", atLeast = "1s", maxHold = "1m")
		void general(Order order) {
		}

		static String unavailable(Order order, QuorumUnavailableException ex) {
			return "";
		}

	}

	static class StaticOfInterface implements WithStatic {

	}

	interface WithStatic {

		@RedLocked(key = "'a'")
		static void work() {
		}

	}

	static class PrivateOfInterface implements WithPrivate {

	}

	interface WithPrivate {

		default void run() {
			work();
		}

		@RedLocked(key = "'a'")
		private void work() {
		}

	}

}
