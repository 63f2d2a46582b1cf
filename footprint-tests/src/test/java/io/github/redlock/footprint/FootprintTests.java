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

package io.github.redlock.footprint;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

import org.springframework.util.ClassUtils;
import org.springframework.util.unit.DataSize;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What the starter adds to a web application that has nothing else.
 */
class FootprintTests {

	private static final DataSize LIMIT = DataSize.ofBytes(7_000_000);

	@Test
	void addsFewBytes() throws IOException {
		long sum = 0;
		for (Path added : added()) {
			long size = size(added);
			System.out.printf("%,12d bytes of %s%n", size, added.getFileName());
			sum += size;
		}
		System.out.printf("%,12d bytes that the starter adds%n", sum);
		assertThat(sum).isLessThan(LIMIT.toBytes());
	}

	@Test
	void needsNoAspectJ() throws IOException {
		assertThat(added()).hasSizeGreaterThan(5)
			.noneMatch((added) -> added.getFileName().toString().startsWith("aspectj"));
		assertThat(ClassUtils.isPresent("org.aspectj.lang.ProceedingJoinPoint", null)).isFalse();
	}

	private static List<Path> added() throws IOException {
		return Stream
			.of(Files.readString(Path.of("target/added-class-path")).split(System.getProperty("path.separator")))
			.map(Path::of)
			.toList();
	}

	/**
	 * Return the size of a jar, or of the classes that are no jar before this is
	 * packaged.
	 * @param jar the jar or the directory
	 * @return the bytes
	 * @throws IOException if it cannot be read
	 */
	private static long size(Path jar) throws IOException {
		try (Stream<Path> files = Files.walk(jar)) {
			return files.filter(Files::isRegularFile).mapToLong((file) -> file.toFile().length()).sum();
		}
	}

}
