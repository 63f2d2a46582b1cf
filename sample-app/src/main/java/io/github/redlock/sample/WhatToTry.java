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

import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.event.EventListener;
import org.springframework.core.env.Environment;
import org.springframework.stereotype.Component;

/**
 * Prints what to try.
 */
@Component
class WhatToTry {

	private final Environment environment;

	WhatToTry(Environment environment) {
		this.environment = environment;
	}

	@EventListener(ApplicationReadyEvent.class)
	void print() {
		String port = this.environment.getProperty("local.server.port");
		System.out.println("""

				The shop is open. Try, in another terminal:

				  # 200 buyers at once for a stock of 50, without the lock: it sells too many
				  curl -X POST 'localhost:%1$s/products/lamp/stock?quantity=50'
				  seq 200 | xargs -P 32 -I{} curl -s -o /dev/null -X POST localhost:%1$s/products/lamp/sell-without-lock
				  curl localhost:%1$s/products/lamp

				  # the same with the lock: exactly 50
				  curl -X POST 'localhost:%1$s/products/lamp/stock?quantity=50'
				  seq 200 | xargs -P 32 -I{} curl -s -o /dev/null -X POST localhost:%1$s/products/lamp/sell
				  curl localhost:%1$s/products/lamp

				  # kill two of the five masters: it still sells; kill a third: it refuses, and says why; heal them
				  curl -X POST localhost:%1$s/masters/0/kill; curl -X POST localhost:%1$s/masters/1/kill
				  curl -X POST localhost:%1$s/masters/2/kill; curl -X POST localhost:%1$s/masters/heal

				  # another instance on the same masters and database
				  mvn -q -pl sample-app -am spring-boot:run -Dspring-boot.run.arguments="--server.port=8081 \\
				    --redlock.nodes=%2$s \\
				    --spring.datasource.url=%3$s"
				""".formatted(port, this.environment.getProperty("redlock.nodes"),
				this.environment.getProperty("spring.datasource.url")));
	}

}
