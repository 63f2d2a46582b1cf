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

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The tests that the documents name, in all modules, and the places to which they link.
 */
class DocumentsTests {

	private static final Path ROOT = Path.of("").toAbsolutePath().getParent();

	/** {@code Class} or {@code Class.method}, in backticks. */
	private static final Pattern NAMED_TEST = Pattern.compile("`(\\w+Tests)(?:\\.(\\w+))?`");

	/** A link to a place in this repository. */
	private static final Pattern LINK = Pattern.compile("]\\((?!https?:)([^)#\\s]*)(?:#([^)\\s]+))?\\)");

	private static final Pattern FENCED = Pattern.compile("^ *```.*?^ *```$", Pattern.MULTILINE | Pattern.DOTALL);

	private static final Pattern HEADING = Pattern.compile("^#+ (.+)$", Pattern.MULTILINE);

	private static final Pattern CODE = Pattern.compile("^ *```.*?^ *```$|`[^`]*`", Pattern.MULTILINE | Pattern.DOTALL);

	@TestFactory
	Stream<DynamicTest> exists() throws IOException {
		Map<String, String> sources = sources();
		return namedTests().stream().map((test) -> DynamicTest.dynamicTest(test.group(), () -> {
			assertThat(sources).containsKey(test.group(1));
			if (test.group(2) != null) {
				assertThat(sources.get(test.group(1)))
					.containsPattern("@(Test|ParameterizedTest|TestFactory)\\b[^;]*\\s" + test.group(2) + "\\(");
			}
		}));
	}

	@TestFactory
	Stream<DynamicTest> leadsSomewhere() {
		return documents().flatMap((document) -> links(document)
			.map((link) -> DynamicTest.dynamicTest(ROOT.relativize(document) + " " + link.group(), () -> {
				Path target = link.group(1).isEmpty() ? document : document.resolveSibling(link.group(1));
				assertThat(target).exists();
				if (link.group(2) != null) {
					assertThat(anchors(target)).as(link.group()).contains(link.group(2));
				}
			})));
	}

	@Test
	void areMany() {
		assertThat(namedTests()).hasSizeGreaterThan(5);
		assertThat(documents().flatMap(DocumentsTests::links)).hasSizeGreaterThan(50);
	}

	private static List<MatchResult> namedTests() {
		return documents().flatMap((file) -> read(file).lines())
			.flatMap((line) -> NAMED_TEST.matcher(line).results())
			.toList();
	}

	private static Stream<Path> documents() {
		try (Stream<Path> files = Files.walk(ROOT, 3)) {
			return files.filter((file) -> file.toString().endsWith(".md")).toList().stream();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static Stream<MatchResult> links(Path document) {
		return LINK.matcher(CODE.matcher(read(document)).replaceAll("")).results();
	}

	/**
	 * Return what GitHub makes of the headings.
	 * @param document the document
	 * @return the anchors
	 */
	private static List<String> anchors(Path document) {
		return HEADING.matcher(FENCED.matcher(read(document)).replaceAll(""))
			.results()
			.map((heading) -> heading.group(1).toLowerCase(Locale.ROOT).replaceAll("[^\\p{L}\\p{N} _-]", ""))
			.map((heading) -> heading.replace(' ', '-'))
			.toList();
	}

	private static Map<String, String> sources() throws IOException {
		try (Stream<Path> modules = Files.list(ROOT)) {
			return modules.map((module) -> module.resolve("src/test"))
				.filter(Files::isDirectory)
				.flatMap(DocumentsTests::testsBelow)
				.collect(Collectors.toMap(DocumentsTests::nameOf, DocumentsTests::read));
		}
	}

	private static Stream<Path> testsBelow(Path directory) {
		try (Stream<Path> files = Files.walk(directory)) {
			return files.filter((file) -> nameOf(file).endsWith("Tests")).toList().stream();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static String nameOf(Path file) {
		return file.getFileName().toString().replaceFirst("\\.(java|kt)$", "");
	}

	private static String read(Path file) {
		try {
			return Files.readString(file);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
