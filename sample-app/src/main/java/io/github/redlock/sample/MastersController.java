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

import java.util.List;
import java.util.stream.StreamSupport;

import io.github.redlock.test.RedisMaster;
import io.github.redlock.test.RedisMasters;

import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;

/**
 * Faults to try on the embedded masters.
 */
@RestController
@ConditionalOnBean(RedisMasters.class)
@RequestMapping("/masters")
class MastersController {

	private final RedisMasters masters;

	MastersController(RedisMasters masters) {
		this.masters = masters;
	}

	@GetMapping
	List<String> list() {
		return StreamSupport.stream(this.masters.spliterator(), false).map(RedisMaster::toString).toList();
	}

	@PostMapping("/{index}/{fault}")
	List<String> inflict(@PathVariable int index, @PathVariable String fault) {
		if (index < 0 || index >= this.masters.size()) {
			throw new ResponseStatusException(HttpStatus.NOT_FOUND, "Masters are 0 to " + (this.masters.size() - 1));
		}
		RedisMaster master = this.masters.get(index);
		switch (fault) {
			case "kill" -> master.kill();
			case "start" -> master.start();
			case "hang" -> master.hang();
			case "resume" -> master.resume();
			default -> throw new ResponseStatusException(HttpStatus.NOT_FOUND, "Try kill, start, hang or resume");
		}
		return list();
	}

	@PostMapping("/heal")
	List<String> heal() {
		this.masters.heal();
		return list();
	}

}
