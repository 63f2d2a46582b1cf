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

package io.github.redlock.kubernetes;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * {@link Kustomization} beside the real thing, on machines that have it.
 */
class KustomizationTests {

	private static final List<List<String>> TOOLS = List.of(List.of("kubectl", "kustomize"),
			List.of("kustomize", "build"));

	@TempDir
	private static Path directory;

	@TestFactory
	Stream<DynamicTest> rendersWhatTheToolDoes() {
		return TOOLS.stream()
			.filter((tool) -> isOnThePath(tool.get(0)))
			.flatMap((tool) -> Stream.of(3, 5)
				.map((masters) -> DynamicTest.dynamicTest(String.join(" ", tool) + " masters-" + masters, () -> {
					Overlay overlay = Overlay.render(masters, directory);
					List<JsonObject> theirs = Yaml.documents(run(tool, overlay.directory()));
					theirs.forEach(KustomizationTests::joinLinesOfSecrets);
					assertThat(overlay.objects()).containsExactlyInAnyOrderElementsOf(theirs);
				})));
	}

	@ParameterizedTest
	@CsvSource({ "commonAnnotations: {a: b}, commonAnnotations", "namePrefix: a-, namePrefix",
			"'images: [{name: shop, digest: abc}]', digest",
			"'configMapGenerator: [{name: a, literals: [b=c]}]\ngeneratorOptions: {disableNameSuffixHash: true}', literals",
			"'patches: [{target: {kind: Namespace}, patch: \"[{op: remove, path: /metadata}]\"}]', does not replace",
			"'patches: [{target: {kind: Namespace}, patch: \"[{op: replace, path: /metadata/nome, value: a}]\"}]', not there",
			"nameSuffix: -a, another name for a Namespace" })
	void refusesWhatItDoesNotKnow(String fields, String named) throws IOException {
		Path refused = Files.createTempDirectory(directory, "refused");
		Files.writeString(refused.resolve("namespace.yaml"), "{apiVersion: v1, kind: Namespace, metadata: {name: a}}");
		Files.writeString(refused.resolve("kustomization.yaml"), "resources: [namespace.yaml]\n" + fields);
		assertThatIllegalArgumentException().isThrownBy(() -> Kustomization.render(refused))
			.withMessageContaining(named);
	}

	private static void joinLinesOfSecrets(JsonObject object) {
		if (object.get("kind").getAsString().equals("Secret")) {
			object.getAsJsonObject("data")
				.asMap()
				.replaceAll((key, value) -> new JsonPrimitive(value.getAsString().replace("\n", "")));
		}
	}

	private static boolean isOnThePath(String executable) {
		return Stream.of(System.getenv("PATH").split(File.pathSeparator))
			.anyMatch((folder) -> Files.isExecutable(Path.of(folder, executable)));
	}

	private static String run(List<String> tool, Path overlay) throws IOException {
		List<String> command = new ArrayList<>(tool);
		command.add(overlay.toString());
		Process process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
		return new String(process.getInputStream().readAllBytes());
	}

}
