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

package io.github.redlock;

import java.util.ArrayList;
import java.util.List;

/**
 * A small JVM that has the class path of these tests.
 */
public final class ChildJvm {

	private ChildJvm() {
	}

	/**
	 * Prepare a JVM.
	 * @param main what it runs
	 * @param arguments the arguments of that
	 * @return the JVM, not started yet
	 */
	public static ProcessBuilder of(Class<?> main, String... arguments) {
		List<String> command = new ArrayList<>(List.of(System.getProperty("java.home") + "/bin/java", "-Xmx192m",
				"-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp",
				System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")), main.getName()));
		command.addAll(List.of(arguments));
		return new ProcessBuilder(command);
	}

}
