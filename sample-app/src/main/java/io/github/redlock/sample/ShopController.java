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

import io.github.redlock.LockBusyException;
import io.github.redlock.QuorumUnavailableException;

import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;

/**
 * The shop over HTTP.
 */
@RestController
@RequestMapping("/products/{product}")
class ShopController {

	private final Shop shop;

	ShopController(Shop shop) {
		this.shop = shop;
	}

	@GetMapping
	Shop.Inventory inventory(@PathVariable String product) {
		return this.shop.inventory(product);
	}

	@PostMapping("/stock")
	Shop.Inventory stockUp(@PathVariable String product, @RequestParam(defaultValue = "50") int quantity) {
		return this.shop.stockUp(product, quantity);
	}

	@PostMapping("/sell")
	Shop.Inventory sell(@PathVariable String product) {
		return soldOrGone(product, this.shop.sell(product));
	}

	@PostMapping("/sell-without-lock")
	Shop.Inventory sellWithoutLock(@PathVariable String product) {
		return soldOrGone(product, this.shop.sellWithoutLock(product));
	}

	private Shop.Inventory soldOrGone(String product, boolean sold) {
		if (!sold) {
			throw new ResponseStatusException(HttpStatus.GONE, "Sold out");
		}
		return this.shop.inventory(product);
	}

	@ExceptionHandler
	ProblemDetail busy(LockBusyException ex) {
		return ProblemDetail.forStatusAndDetail(HttpStatus.CONFLICT, ex.getMessage());
	}

	@ExceptionHandler
	ProblemDetail noQuorum(QuorumUnavailableException ex) {
		return ProblemDetail.forStatusAndDetail(HttpStatus.SERVICE_UNAVAILABLE, ex.getMessage());
	}

}
