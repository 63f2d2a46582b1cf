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

/**
 * Why a configured address cannot be a master.
 *
 * @param master the name of the master
 * @param problem what is wrong, as the end of a sentence that begins with the name
 * @param mend what to do about it
 * @param countsTwice whether the vote of a server would count twice
 * @since 0.1.0
 */
public record Misconfiguration(String master, String problem, String mend, boolean countsTwice) {

	Misconfiguration(String master, String problem, String mend) {
		this(master, problem, mend, false);
	}

	@Override
	public String toString() {
		return this.master + " " + this.problem;
	}

}
