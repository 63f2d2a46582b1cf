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

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;

import org.springframework.util.FileSystemUtils;

/**
 * One of the directories that are applied, with secrets that were made as the README
 * says.
 *
 * @param directory the directory, in a copy of {@code deploy/kubernetes}
 * @param objects what is rendered from it
 */
record Overlay(Path directory, List<JsonObject> objects) {

	private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

	private static final Path MANIFESTS = Path.of("deploy", "kubernetes");

	private static final Pattern COMMANDS = Pattern.compile("```bash\n(.*?)```", Pattern.DOTALL);

	static Overlay render(int masters, Path temporary) {
		try {
			Path copy = Files.createTempDirectory(temporary, "checkout");
			FileSystemUtils.copyRecursively(ROOT.resolve(MANIFESTS), copy.resolve(MANIFESTS));
			for (String secret : List.of("password", "database-password", "users.acl")) {
				Files.deleteIfExists(copy.resolve(MANIFESTS).resolve("secrets").resolve(secret));
			}
			Process secrets = new ProcessBuilder("bash", "-euc", commandsForSecrets()).directory(copy.toFile())
				.inheritIO()
				.start();
			if (secrets.waitFor() != 0) {
				throw new IllegalStateException("The README's commands failed");
			}
			Path directory = copy.resolve(MANIFESTS).resolve("masters-" + masters);
			return new Overlay(directory, Kustomization.render(directory));
		}
		catch (IOException | InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static String commandsForSecrets() throws IOException {
		return COMMANDS.matcher(Files.readString(ROOT.resolve(MANIFESTS).resolve("README.md")))
			.results()
			.map((MatchResult block) -> block.group(1))
			.filter((commands) -> commands.contains("users.acl.template"))
			.findFirst()
			.orElseThrow();
	}

	static String document(String file) {
		try {
			return Files.readString(ROOT.resolve(file));
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	List<JsonObject> all(String kind) {
		return this.objects.stream().filter((object) -> object.get("kind").getAsString().equals(kind)).toList();
	}

	List<JsonObject> masters() {
		return all("StatefulSet");
	}

	List<JsonObject> workloads() {
		return this.objects.stream().filter((object) -> object.has("spec") && spec(object).has("template")).toList();
	}

	JsonObject get(String kind, String name) {
		return all(kind).stream()
			.filter((object) -> name(object).equals(name))
			.findFirst()
			.orElseThrow(() -> new IllegalArgumentException("There is no " + kind + " " + name));
	}

	JsonObject serviceOf(JsonObject workload) {
		return all("Service").stream()
			.filter((service) -> selects(spec(service).getAsJsonObject("selector"), workload))
			.findFirst()
			.orElseThrow();
	}

	static boolean selects(JsonObject labels, JsonObject workload) {
		return template(workload).getAsJsonObject("metadata")
			.getAsJsonObject("labels")
			.entrySet()
			.containsAll(labels.entrySet());
	}

	static String name(JsonObject object) {
		return object.getAsJsonObject("metadata").get("name").getAsString();
	}

	static JsonObject spec(JsonObject object) {
		return object.getAsJsonObject("spec");
	}

	static JsonObject template(JsonObject workload) {
		return spec(workload).getAsJsonObject("template");
	}

	static JsonObject pod(JsonObject workload) {
		return spec(template(workload));
	}

	static JsonObject container(JsonObject workload) {
		JsonArray containers = pod(workload).getAsJsonArray("containers");
		return containers.get(0).getAsJsonObject();
	}

	static List<JsonObject> list(JsonObject object, String field) {
		return object.has(field)
				? object.getAsJsonArray(field).asList().stream().map(JsonElement::getAsJsonObject).toList() : List.of();
	}

	static List<String> strings(JsonObject object, String field) {
		return object.has(field) ? object.getAsJsonArray(field).asList().stream().map(JsonElement::getAsString).toList()
				: List.of();
	}

}
