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
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

import com.sun.source.tree.AnnotationTree;
import com.sun.source.tree.BinaryTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.LiteralTree;
import com.sun.source.tree.ParenthesizedTree;
import com.sun.source.tree.Tree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreeScanner;
import io.github.redlock.quorum.MasterStatus.Condition;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * {@code docs/troubleshooting.md}, whose headings and tables must have every text of the
 * sources: each string, whatever becomes of it, that has two words side by side.
 */
class TroubleshootingTests {

	private static final Path ROOT = Path.of("").toAbsolutePath().getParent();

	/** Those that applications have on their class paths. */
	private static final List<String> MODULES = List.of("redlock-spring-boot-autoconfigure", "redlock-embedded-masters",
			"redlock-spring-boot-test");

	private static final Pattern PLACEHOLDER = Pattern.compile("\\u0000|%[sdn]|\\{}");

	private static final Pattern TWO_WORDS = Pattern.compile("\\p{L}\\S*\\s\\S*\\p{L}");

	private static final String GAP = " ... ";

	/**
	 * What objects and meters are called, parts of a longer text, and the words of Redis
	 * and Redisson that are looked for in theirs.
	 */
	private static final Set<String> NO_MESSAGES = Set.of("Lease on ... with token", "Test lease on ... with token",
			"RedissonRedLock on ... through the quorum", "this JVM", "The managers in force",
			"How long a Redis master takes to answer", "a transaction", "ERR invalid password", "ERR AUTH",
			"ACL failure in script", "The user executing the script can't run", "\\. channel: (?s:.*)");

	@TestFactory
	Stream<DynamicTest> tellsOf() throws IOException {
		List<String> entries = entries();
		return texts().stream()
			.filter((text) -> !NO_MESSAGES.contains(text))
			.map((text) -> DynamicTest.dynamicTest(text,
					() -> assertThat(entries.stream().filter(pattern(text).asPredicate()))
						.as("headings and rows of docs/troubleshooting.md with '%s'", text)
						.isNotEmpty()));
	}

	@Test
	void textsAreMany() throws IOException {
		assertThat(texts()).hasSizeGreaterThan(150).containsAll(NO_MESSAGES);
	}

	@ParameterizedTest
	@EnumSource
	void tellsOfTheHealth(Condition condition) throws IOException {
		assertThat(entries()).anyMatch((entry) -> entry.startsWith("| " + condition + " |"));
	}

	private static List<String> entries() throws IOException {
		return Files.readAllLines(ROOT.resolve("docs/troubleshooting.md"))
			.stream()
			.filter((line) -> line.startsWith("#") || line.startsWith("|"))
			.map((line) -> line.replace("`", ""))
			.toList();
	}

	private static Pattern pattern(String text) {
		return Pattern
			.compile(Stream.of(text.split(Pattern.quote(GAP))).map(Pattern::quote).collect(Collectors.joining(".*")));
	}

	private static Set<String> texts() throws IOException {
		JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
		Set<String> texts = new TreeSet<>();
		try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
			JavacTask task = (JavacTask) compiler.getTask(null, files, null, null, null,
					files.getJavaFileObjectsFromPaths(sources()));
			for (CompilationUnitTree source : task.parse()) {
				source.accept(new Texts(), texts);
			}
		}
		return texts;
	}

	private static List<Path> sources() {
		return MODULES.stream()
			.flatMap((module) -> sourcesBelow(ROOT.resolve(module).resolve("src/main/java")))
			.toList();
	}

	private static Stream<Path> sourcesBelow(Path directory) {
		try (Stream<Path> files = Files.walk(directory)) {
			return files.filter((file) -> file.toString().endsWith(".java")).toList().stream();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Collects texts, each as its constant parts.
	 */
	private static final class Texts extends TreeScanner<Void, Set<String>> {

		@Override
		public Void visitAnnotation(AnnotationTree tree, Set<String> texts) {
			return null;
		}

		@Override
		public Void visitLiteral(LiteralTree tree, Set<String> texts) {
			if (tree.getValue() instanceof String text) {
				add(text, texts);
			}
			return null;
		}

		@Override
		public Void visitBinary(BinaryTree tree, Set<String> texts) {
			StringBuilder text = new StringBuilder();
			for (Tree operand : operands(tree)) {
				if (operand instanceof LiteralTree literal) {
					text.append(literal.getValue());
				}
				else {
					text.append('\0');
					scan(operand, texts);
				}
			}
			add(text.toString(), texts);
			return null;
		}

		private static List<Tree> operands(Tree tree) {
			if (tree instanceof ParenthesizedTree inner && inner.getExpression() instanceof BinaryTree) {
				return operands(inner.getExpression());
			}
			if (tree instanceof BinaryTree binary) {
				List<Tree> operands = new ArrayList<>(operands(binary.getLeftOperand()));
				operands.addAll(operands(binary.getRightOperand()));
				return operands;
			}
			return List.of(tree);
		}

		private static void add(String text, Set<String> texts) {
			List<String> parts = PLACEHOLDER.splitAsStream(text.replace("%%", "%"))
				.map(String::strip)
				.filter((part) -> part.chars().anyMatch(Character::isLetter))
				.toList();
			if (parts.stream().anyMatch(TWO_WORDS.asPredicate())) {
				texts.add(String.join(GAP, parts));
			}
		}

	}

}
