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

package io.github.redlock.sample;

import java.util.concurrent.TimeUnit;

import io.github.redlock.Lease;
import io.github.redlock.RedLocked;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/**
 * Sells from the stock. It reads how much is left, takes the payment, and writes what is
 * left then: right only if no one else does so at the same time.
 */
@Service
class Shop {

	private static final long PAYMENT_MILLIS = 5;

	private final JdbcClient jdbc;

	Shop(JdbcClient jdbc) {
		this.jdbc = jdbc;
	}

	@RedLocked(name = "stock", key = "#product", lease = "10s", waitFor = "${shop.wait-for:10s}")
	@Transactional
	boolean sell(String product) {
		int stock = stock(product);
		if (stock == 0) {
			return false;
		}
		takePayment();
		long token = Lease.current().token();
		int updated = this.jdbc.sql("update product set stock = ?, token = ? where name = ? and token < ?")
			.params(stock - 1, token, product, token)
			.update();
		requireWritten(updated);
		recordSale(product);
		return true;
	}

	@Transactional
	boolean sellWithoutLock(String product) {
		int stock = stock(product);
		if (stock == 0) {
			return false;
		}
		takePayment();
		this.jdbc.sql("update product set stock = ? where name = ?").params(stock - 1, product).update();
		recordSale(product);
		return true;
	}

	private int stock(String product) {
		return this.jdbc.sql("select stock from product where name = ?")
			.param(product)
			.query(Integer.class)
			.optional()
			.orElse(0);
	}

	private static void requireWritten(int updated) {
		if (updated == 0) {
			throw new IllegalStateException("A later lease has written already: the write of this one is refused");
		}
	}

	private void recordSale(String product) {
		this.jdbc.sql("insert into sale (product) values (?)").param(product).update();
	}

	private static void takePayment() {
		try {
			TimeUnit.MILLISECONDS.sleep(PAYMENT_MILLIS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException("Interrupted during the payment", ex);
		}
	}

	@RedLocked(name = "stock", key = "#product", lease = "10s", waitFor = "${shop.wait-for:10s}")
	@Transactional
	Inventory stockUp(String product, int quantity) {
		this.jdbc.sql("delete from sale where product = ?").param(product).update();
		int updated = this.jdbc
			.sql("""
					merge into product using (values (?, ?, ?)) as delivery (name, stock, token) on product.name = delivery.name
					when matched and product.token < delivery.token then
					update set stock = delivery.stock, token = delivery.token
					when not matched then
					insert (name, stock, token) values (delivery.name, delivery.stock, delivery.token)""")
			.params(product, quantity, Lease.current().token())
			.update();
		requireWritten(updated);
		return inventory(product);
	}

	@Transactional(readOnly = true)
	Inventory inventory(String product) {
		int sold = this.jdbc.sql("select count(*) from sale where product = ?")
			.param(product)
			.query(Integer.class)
			.single();
		return new Inventory(product, stock(product), sold);
	}

	/**
	 * What is known of a product.
	 *
	 * @param product its name
	 * @param stock how many are left
	 * @param sold how many have been sold
	 */
	record Inventory(String product, int stock, int sold) {

	}

}
