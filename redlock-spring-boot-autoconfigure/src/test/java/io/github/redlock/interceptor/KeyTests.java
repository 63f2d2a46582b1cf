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

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

import io.github.redlock.Lease;
import io.github.redlock.RedLocked;
import io.github.redlock.test.EmbeddedRedLock;
import io.github.redlock.test.RedisMasters;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * {@link RedLocked#key()} and {@link RedLocked#name()}.
 */
@EmbeddedRedLock
@TestInstance(Lifecycle.PER_CLASS)
class KeyTests {

	private final LockedApplication application;

	private final Orders orders;

	KeyTests(RedisMasters masters) {
		this.application = new LockedApplication(masters, Orders.class, Ids.class);
		this.orders = this.application.bean(Orders.class);
	}

	@AfterAll
	void close() {
		this.application.close();
	}

	@ParameterizedTest
	@ValueSource(strings = { "byName", "byIndex", "byArgument", "byRoot", "byBean", "byPlaceholder" })
	void derivesTheKeyFrom(String way) {
		List<String> keys = switch (way) {
			case "byName" -> this.orders.byName(new Order(7));
			case "byIndex" -> this.orders.byIndex(new Order(7));
			case "byArgument" -> this.orders.byArgument(new Order(7));
			case "byRoot" -> this.orders.byRoot(new Order(7));
			case "byBean" -> this.orders.byBean(new Order(7));
			default -> this.orders.byPlaceholder(new Order(7));
		};
		assertThat(keys).containsExactly("orders:7");
	}

	@Test
	void isNamedAfterClassAndMethodByDefault() {
		assertThat(this.orders.unnamed("a")).containsExactly("Orders.unnamed:a");
	}

	@Test
	void locksTheMethodWhenThereIsNoKey() {
		assertThat(this.orders.nightly()).containsExactly("nightly");
	}

	@Test
	void takesOneLockForEachExpressionAndElement() {
		assertThat(this.orders.several("a", List.of("b", "c"))).containsExactly("orders:a", "orders:b", "orders:c");
	}

	@Test
	void takesALockOnceThatIsNamedTwice() {
		assertThat(this.orders.several("a", List.of("b", "a", "b"))).containsExactly("orders:a", "orders:b");
	}

	@Test
	void takesOneLockForEachElementOfAnArray() {
		assertThat(this.orders.byObject(new long[] { 1, 2 })).containsExactly("orders:1", "orders:2");
	}

	@Test
	void takesOneLockForEachProjectedElement() {
		assertThat(this.orders.projected(List.of(new Order(1), new Order(2)))).containsExactly("orders:1", "orders:2");
	}

	@ParameterizedTest
	@ValueSource(strings = { "null", "empty" })
	void refusesANullOrEmptyKeyAndNamesMethodAndExpression(String kind) {
		assertThatIllegalArgumentException().isThrownBy(() -> this.orders.byText(kind.equals("null") ? null : ""))
			.withMessageContaining("Orders.byText")
			.withMessageContaining("'#text'")
			.withMessageContaining(kind);
	}

	@Test
	void refusesAnEmptyCollection() {
		assertThatIllegalArgumentException().isThrownBy(() -> this.orders.byObject(List.of()))
			.withMessageContaining("'#key'")
			.withMessageContaining("empty");
	}

	@Test
	void refusesAKeyWithoutATextOfItsOwn() {
		assertThatIllegalArgumentException().isThrownBy(() -> this.orders.byObject(new Object()))
			.withMessageContaining("Orders.byObject")
			.withMessageContaining("name a property of it");
	}

	@Test
	void namesTheExpressionThatFails() {
		assertThatIllegalArgumentException().isThrownBy(() -> this.orders.byName(null))
			.withMessageContaining("Orders.byName")
			.withMessageContaining("'#order.id' of")
			.withMessageContaining("null");
	}

	@Test
	void namesTheExpressionInWhichABeanFails() {
		assertThatIllegalArgumentException().isThrownBy(() -> this.orders.byBean(null))
			.withMessageContaining("Orders.byBean")
			.withMessageContaining("'@ids.of(#order)' of")
			.withCauseInstanceOf(NullPointerException.class);
	}

	@Test
	void refusesBytesAndCharacters() {
		assertThatIllegalArgumentException().isThrownBy(() -> this.orders.byObject(new byte[] { 7 }))
			.withMessageContaining("is a byte[], of which each element would be a key of its own");
		assertThatIllegalArgumentException().isThrownBy(() -> this.orders.byObject("7".toCharArray()))
			.withMessageContaining("is a char[]");
		assertThat(this.orders.byTexts(new byte[] { 7, 16 }, "7a".toCharArray())).containsExactly("orders:0710",
				"orders:7a");
	}

	@Test
	void takesWhatIsInAnOptional() {
		assertThat(this.orders.byObject(Optional.of(7))).containsExactly("orders:7");
		assertThat(this.orders.byObject(Optional.of(List.of(1, 2)))).containsExactly("orders:1", "orders:2");
		assertThat(this.orders.byObject(OptionalLong.of(7))).containsExactly("orders:7");
		assertThatIllegalArgumentException().isThrownBy(() -> this.orders.byObject(OptionalInt.empty()))
			.withMessageContaining("empty");
		assertThatIllegalArgumentException().isThrownBy(() -> this.orders.byObject(Optional.empty()))
			.withMessageContaining("empty");
	}

	public record Order(long id) {

	}

	public static class Ids {

		public String of(Order order) {
			return Long.toString(order.id());
		}

	}

	static class Orders {

		@RedLocked(name = "orders", key = { "T(java.util.HexFormat).of().formatHex(#id)", "new String(#digits)" },
				lease = "10s")
		List<String> byTexts(byte[] id, char[] digits) {
			return Lease.current().keys();
		}

		@RedLocked(name = "orders", key = "#order.id", lease = "10s")
		List<String> byName(@Nullable Order order) {
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
		List<String> byBean(@Nullable Order order) {
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

		@RedLocked(name = "orders", key = "#orders.![id]")
		List<String> projected(List<Order> orders) {
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

	}

}
