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

import java.io.IOException;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import java.util.function.Supplier;

import io.github.redlock.Lease;
import io.github.redlock.LockBusyException;
import io.github.redlock.RedLockClient;
import io.github.redlock.RedLocked;
import io.github.redlock.RedLocked.WhenBusy;
import io.github.redlock.autoconfigure.RedLockAutoConfiguration;
import io.github.redlock.test.EmbeddedRedLock;
import io.github.redlock.test.RedisMasters;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.aop.AopAutoConfiguration;
import org.springframework.boot.autoconfigure.context.PropertyPlaceholderAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.core.annotation.AliasFor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * {@link RedLocked @RedLocked} on beans, on real masters.
 */
@EmbeddedRedLock
class RedLockedAspectTests {

	private final ApplicationContextRunner contexts;

	private Stock stock;

	RedLockedAspectTests(RedisMasters masters) {
		this.contexts = new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(PropertyPlaceholderAutoConfiguration.class,
					AopAutoConfiguration.class, RedLockAutoConfiguration.class))
			.withPropertyValues("redlock.nodes=" + masters.nodes(), "redlock.wait-for=0s", "orders.lease=3s");
	}

	@ParameterizedTest
	@ValueSource(strings = { "byName", "byIndex", "byArgument", "byRoot", "byBean", "byPlaceholder" })
	void derivesTheKeyFrom(String way) {
		with((orders, redLock) -> {
			List<String> keys = switch (way) {
				case "byName" -> orders.byName(new Order(7));
				case "byIndex" -> orders.byIndex(new Order(7));
				case "byArgument" -> orders.byArgument(new Order(7));
				case "byRoot" -> orders.byRoot(new Order(7));
				case "byBean" -> orders.byBean(new Order(7));
				default -> orders.byPlaceholder(new Order(7));
			};
			assertThat(keys).containsExactly("orders:7");
		});
	}

	@Test
	void isNamedAfterClassAndMethodByDefault() {
		with((orders, redLock) -> assertThat(orders.unnamed("a")).containsExactly("Orders.unnamed:a"));
	}

	@Test
	void locksTheMethodWhenThereIsNoKey() {
		with((orders, redLock) -> assertThat(orders.nightly()).containsExactly("nightly"));
	}

	@Test
	void takesOneLockForEachExpressionAndElement() {
		with((orders, redLock) -> assertThat(orders.several("a", List.of("b", "c"))).containsExactly("orders:a",
				"orders:b", "orders:c"));
	}

	@Test
	void throwsWhenBusy() {
		with((orders, redLock) -> {
			try (Lease lease = redLock.lock("orders:7").acquire()) {
				assertThatExceptionOfType(LockBusyException.class).isThrownBy(() -> orders.byName(new Order(7)))
					.withMessageContaining("orders:7");
				assertThat(orders.byName(new Order(8))).isNotEmpty();
			}
		});
	}

	@Test
	void skipsWhenBusyIfWanted() {
		with((orders, redLock) -> {
			try (Lease lease = redLock.lock("orders:7").acquire()) {
				assertThat(orders.skipped("7")).isNull();
				assertThat(orders.skippedOptional("7")).isEmpty();
				assertThat(orders.skippedOptional("8")).contains("ran");
			}
		});
	}

	@Test
	void doesNotTakeABusyLockInsideTheBodyForItsOwn() {
		with((orders, redLock) -> assertThatExceptionOfType(LockBusyException.class)
			.isThrownBy(() -> orders.busyInside("7")));
	}

	@Test
	void guardsEveryPublicMethodOfAnAnnotatedClass() {
		with((orders, redLock) -> assertThat(this.stock.sell()).containsExactly("Stock.sell"));
	}

	@Test
	void leavesThePublicMethodsOfItsSuperclassAlone() {
		with((orders, redLock) -> assertThat(this.stock.isGuarded()).isFalse());
	}

	@Test
	void followsAMetaAnnotation() {
		with((orders, redLock) -> assertThat(orders.composed("x")).containsExactly("orders:x"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "null", "empty" })
	void refusesANullOrEmptyKeyAndNamesMethodAndExpression(String kind) {
		with((orders, redLock) -> assertThatIllegalArgumentException()
			.isThrownBy(() -> orders.byText(kind.equals("null") ? null : ""))
			.withMessageContaining("Orders.byText")
			.withMessageContaining("'#text'")
			.withMessageContaining(kind));
	}

	@Test
	void refusesAKeyWithoutATextOfItsOwn() {
		with((orders, redLock) -> assertThatIllegalArgumentException().isThrownBy(() -> orders.byObject(new Object()))
			.withMessageContaining("Orders.byObject")
			.withMessageContaining("name a property of it"));
	}

	@Test
	void takesOneLockForEachElementOfAnArray() {
		with((orders, redLock) -> assertThat(orders.byObject(new long[] { 1, 2 })).containsExactly("orders:1",
				"orders:2"));
	}

	@Test
	void letsTheBodysExceptionThrough() {
		with((orders, redLock) -> {
			assertThatExceptionOfType(IOException.class).isThrownBy(orders::failing).withMessage("disk");
			assertThatExceptionOfType(IOException.class).isThrownBy(orders::failing);
		});
	}

	@ParameterizedTest
	@ValueSource(classes = { ReturnsStage.class, ReturnsFuture.class, ReturnsMono.class, ReturnsFlux.class,
			SkipsPrimitive.class, BadLease.class, BadExpression.class, BadPlaceholder.class, NoUnit.class,
			TooLong.class, TooShort.class, PrivateMethod.class, FinalMethod.class, OnInterface.class,
			OfSuperclass.class })
	void refusesAtStartUp(Class<?> bean) {
		this.contexts.withBean(bean).run((context) -> {
			Throwable failure = context.getStartupFailure();
			while (failure != null && !(failure instanceof InvalidRedLockedException)) {
				failure = failure.getCause();
			}
			assertThat(failure).isInstanceOfSatisfying(InvalidRedLockedException.class, (ex) -> {
				assertThat(ex.getMessage()).contains(bean.getName() + ".work");
				assertThat(ex.getAction()).endsWith(".");
			});
		});
	}

	private void with(Check check) {
		this.contexts.withBean(Orders.class).withBean(Stock.class).withBean("ids", Ids.class).run((context) -> {
			this.stock = context.getBean(Stock.class);
			check.check(context.getBean(Orders.class), context.getBean(RedLockClient.class));
		});
	}

	private interface Check {

		void check(Orders orders, RedLockClient redLock) throws Exception;

	}

	public record Order(long id) {

	}

	public static class Ids {

		public String of(Order order) {
			return Long.toString(order.id());
		}

	}

	@Target(ElementType.METHOD)
	@Retention(RetentionPolicy.RUNTIME)
	@RedLocked(name = "orders")
	@interface OrderLocked {

		@AliasFor(annotation = RedLocked.class, attribute = "key")
		String[] key();

	}

	static class Orders {

		private final RedLockClient redLock;

		Orders(RedLockClient redLock) {
			this.redLock = redLock;
		}

		@RedLocked(name = "orders", key = "#order.id", lease = "10s")
		List<String> byName(Order order) {
			return Lease.current().keys();
		}

		@RedLocked(name = "orders", key = "#p0.id", lease = "PT10S")
		List<String> byIndex(Order order) {
			return Lease.current().keys();
		}

		@RedLocked(name = "orders", key = "#a0.id", waitFor = "1s")
		List<String> byArgument(Order order) {
			return Lease.current().keys();
		}

		@RedLocked(name = "orders", key = "#root.args[0].id", renew = false)
		List<String> byRoot(Order order) {
			return Lease.current().keys();
		}

		@RedLocked(name = "orders", key = "@ids.of(#order)")
		List<String> byBean(Order order) {
			return Lease.current().keys();
		}

		@RedLocked(name = "${orders.name:orders}", value = "#order.id", lease = "${orders.lease}")
		List<String> byPlaceholder(Order order) {
			assertThat(Lease.current().remaining()).isBetween(Duration.ofSeconds(2), Duration.ofSeconds(3));
			return Lease.current().keys();
		}

		@RedLocked("#text")
		List<String> unnamed(String text) {
			return Lease.current().keys();
		}

		@RedLocked(name = "nightly")
		List<String> nightly() {
			return Lease.current().keys();
		}

		@RedLocked(name = "orders", key = { "#first", "#others" })
		List<String> several(String first, List<String> others) {
			return Lease.current().keys();
		}

		@RedLocked(name = "orders", key = "#id", whenBusy = WhenBusy.SKIP)
		@Nullable String skipped(String id) {
			return "ran";
		}

		@RedLocked(name = "orders", key = "#id", whenBusy = WhenBusy.SKIP)
		Optional<String> skippedOptional(String id) {
			return Optional.of("ran");
		}

		@RedLocked(name = "orders", key = "#id", whenBusy = WhenBusy.SKIP)
		@Nullable String busyInside(String id) {
			Supplier<Lease> inner = () -> this.redLock.lock("inner").acquire();
			try (Lease lease = inner.get()) {
				return inner.get().toString();
			}
		}

		@OrderLocked(key = "#id")
		List<String> composed(String id) {
			return Lease.current().keys();
		}

		@RedLocked(name = "orders", key = "#text")
		void byText(@Nullable String text) {
			throw new AssertionError("must not run");
		}

		@RedLocked(name = "orders", key = "#key")
		List<String> byObject(Object key) {
			return Lease.current().keys();
		}

		@RedLocked(name = "failing")
		void failing() throws IOException {
			throw new IOException("disk");
		}

	}

	public static class Inventory {

		public boolean isGuarded() {
			try {
				Lease.current();
				return true;
			}
			catch (IllegalStateException ex) {
				return false;
			}
		}

	}

	@RedLocked
	public static class Stock extends Inventory {

		public List<String> sell() {
			return Lease.current().keys();
		}

	}

	static class ReturnsStage {

		@RedLocked
		CompletionStage<String> work() {
			return CompletableFuture.completedStage("");
		}

	}

	static class ReturnsFuture {

		@RedLocked
		Future<String> work() {
			return CompletableFuture.completedFuture("");
		}

	}

	static class ReturnsMono {

		@RedLocked
		Mono<String> work() {
			return Mono.empty();
		}

	}

	static class ReturnsFlux {

		@RedLocked
		Flux<String> work() {
			return Flux.empty();
		}

	}

	static class SkipsPrimitive {

		@RedLocked(whenBusy = WhenBusy.SKIP)
		int work() {
			return 1;
		}

	}

	static class BadLease {

		@RedLocked(lease = "ten seconds")
		void work() {
		}

	}

	static class BadExpression {

		@RedLocked(key = "#order.")
		void work() {
		}

	}

	static class BadPlaceholder {

		@RedLocked(lease = "${no.such.property}")
		void work() {
		}

	}

	static class NoUnit {

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

	interface Work {

		@RedLocked
		void work();

	}

	static class OnInterface implements Work {

		@Override
		public void work() {
		}

	}

	static class AnnotatedSuperclass {

		@RedLocked
		void work() {
		}

	}

	static class OfSuperclass extends AnnotatedSuperclass {

		@Override
		void work() {
		}

	}

}
