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
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;

/**
 * Renders a directory as {@code kubectl kustomize} does, as far as ours go: whatever it
 * does not know is refused.
 */
final class Kustomization {

	private static final Set<String> FIELDS = Set.of("apiVersion", "kind", "resources", "configMapGenerator",
			"secretGenerator", "generatorOptions", "patches", "namespace", "nameSuffix", "labels", "images");

	private final Path directory;

	private final JsonObject file;

	private final List<JsonObject> objects = new ArrayList<>();

	private Kustomization(Path directory) {
		this.directory = directory;
		this.file = Yaml.documents(read(directory.resolve("kustomization.yaml"))).get(0);
	}

	/**
	 * Render a directory.
	 * @param directory one with a {@code kustomization.yaml}
	 * @return the objects
	 * @throws IllegalArgumentException if it needs what is not known here
	 */
	static List<JsonObject> render(Path directory) {
		return new Kustomization(directory).render();
	}

	private List<JsonObject> render() {
		only(this.file, FIELDS);
		elements("resources").forEach((resource) -> add(this.directory.resolve(resource.getAsString())));
		if (!elements("configMapGenerator").isEmpty() || !elements("secretGenerator").isEmpty()) {
			JsonObject options = object(this.file.get("generatorOptions"));
			only(options, Set.of("disableNameSuffixHash"));
			require(options.get("disableNameSuffixHash").getAsBoolean(), "names with a hash");
		}
		elements("configMapGenerator").forEach((generator) -> generate(object(generator), "ConfigMap"));
		elements("secretGenerator").forEach((generator) -> generate(object(generator), "Secret"));
		elements("patches").forEach((patch) -> patch(object(patch)));
		if (this.file.has("namespace")) {
			this.objects.forEach(this::moveToNamespace);
		}
		if (this.file.has("nameSuffix")) {
			addSuffix(this.file.get("nameSuffix").getAsString());
		}
		elements("labels").forEach((labels) -> label(object(labels)));
		elements("images").forEach((image) -> replaceImage(object(image)));
		return this.objects;
	}

	private void add(Path resource) {
		this.objects
			.addAll(Files.isDirectory(resource) ? render(resource.normalize()) : Yaml.documents(read(resource)));
	}

	private void generate(JsonObject generator, String kind) {
		only(generator, Set.of("name", "files"));
		JsonObject data = new JsonObject();
		for (JsonElement each : generator.getAsJsonArray("files")) {
			String[] keyAndFile = each.getAsString().split("=", 2);
			String content = read(this.directory.resolve(keyAndFile[keyAndFile.length - 1]));
			data.addProperty(keyAndFile[0],
					kind.equals("Secret") ? Base64.getEncoder().encodeToString(content.getBytes()) : content);
		}
		JsonObject generated = new JsonObject();
		generated.addProperty("apiVersion", "v1");
		generated.addProperty("kind", kind);
		generated.add("metadata", new JsonObject());
		metadata(generated).add("name", generator.get("name"));
		generated.add("data", data);
		if (kind.equals("Secret")) {
			generated.addProperty("type", "Opaque");
		}
		this.objects.add(generated);
	}

	private void patch(JsonObject patch) {
		only(patch, Set.of("target", "patch"));
		JsonObject target = patch.getAsJsonObject("target");
		only(target, Set.of("kind"));
		for (JsonObject object : this.objects) {
			if (object.get("kind").equals(target.get("kind"))) {
				Yaml.list(patch.get("patch").getAsString()).forEach((operation) -> replace(object, object(operation)));
			}
		}
	}

	private static void replace(JsonElement object, JsonObject operation) {
		only(operation, Set.of("op", "path", "value"));
		require(operation.get("op").getAsString().equals("replace"), "a patch that does not replace");
		String[] path = operation.get("path").getAsString().substring(1).split("/");
		for (int i = 0; i < path.length - 1; i++) {
			object = object.isJsonArray() ? object.getAsJsonArray().get(Integer.parseInt(path[i]))
					: object(object).get(path[i]);
		}
		String last = path[path.length - 1];
		if (object.isJsonArray()) {
			object.getAsJsonArray().set(Integer.parseInt(last), operation.get("value"));
		}
		else {
			require(object(object).has(last), "a patch of what is not there: " + operation);
			object(object).add(last, operation.get("value"));
		}
	}

	private void moveToNamespace(JsonObject object) {
		String kind = object.get("kind").getAsString();
		require(!kind.startsWith("Cluster") && !kind.endsWith("Binding"), "a namespace for a " + kind);
		metadata(object).add(kind.equals("Namespace") ? "name" : "namespace", this.file.get("namespace"));
	}

	private void addSuffix(String suffix) {
		Map<String, String> services = new HashMap<>();
		for (JsonObject object : this.objects) {
			String kind = object.get("kind").getAsString();
			require(Set.of("Service", "StatefulSet", "Certificate").contains(kind), "another name for a " + kind);
			String name = metadata(object).get("name").getAsString();
			metadata(object).addProperty("name", name + suffix);
			if (kind.equals("Service")) {
				services.put(name, name + suffix);
			}
		}
		for (JsonObject object : this.objects) {
			JsonObject spec = object.getAsJsonObject("spec");
			if (spec.has("serviceName")) {
				String name = spec.get("serviceName").getAsString();
				spec.addProperty("serviceName", services.getOrDefault(name, name));
			}
		}
	}

	private void label(JsonObject labels) {
		only(labels, Set.of("pairs", "includeSelectors"));
		require(labels.get("includeSelectors").getAsBoolean(), "labels without selectors");
		JsonObject pairs = labels.getAsJsonObject("pairs");
		for (JsonObject object : this.objects) {
			JsonObject spec = object.getAsJsonObject("spec");
			merge(child(metadata(object), "labels"), pairs);
			switch (object.get("kind").getAsString()) {
				case "Certificate" -> {
				}
				case "Service" -> merge(child(spec, "selector"), pairs);
				case "StatefulSet" -> {
					JsonObject template = spec.getAsJsonObject("template");
					require(!template.getAsJsonObject("spec").toString().contains("\"matchLabels\""),
							"labels of an affinity");
					merge(child(child(spec, "selector"), "matchLabels"), pairs);
					merge(child(metadata(template), "labels"), pairs);
					spec.getAsJsonArray("volumeClaimTemplates")
						.forEach((claim) -> merge(child(metadata(object(claim)), "labels"), pairs));
				}
				default -> require(false, "labels for " + object.get("kind"));
			}
		}
	}

	private void replaceImage(JsonObject image) {
		only(image, Set.of("name", "newName", "newTag"));
		for (JsonObject object : this.objects) {
			JsonObject spec = object.has("spec") ? object.getAsJsonObject("spec") : new JsonObject();
			if (spec.has("template")) {
				JsonObject pod = spec.getAsJsonObject("template").getAsJsonObject("spec");
				require(!pod.has("initContainers"), "images of initContainers");
				for (JsonElement container : pod.getAsJsonArray("containers")) {
					if (object(container).get("image").equals(image.get("name"))) {
						object(container).addProperty("image",
								image.get("newName").getAsString() + ":" + image.get("newTag").getAsString());
					}
				}
			}
		}
	}

	private List<JsonElement> elements(String field) {
		JsonArray array = this.file.getAsJsonArray(field);
		return (array != null) ? array.asList() : List.of();
	}

	private static void merge(JsonObject into, JsonObject pairs) {
		pairs.asMap().forEach(into::add);
	}

	private static JsonObject child(JsonObject parent, String name) {
		if (!parent.has(name)) {
			parent.add(name, new JsonObject());
		}
		return parent.getAsJsonObject(name);
	}

	private static JsonObject metadata(JsonObject object) {
		return object.getAsJsonObject("metadata");
	}

	private static JsonObject object(JsonElement element) {
		return element.getAsJsonObject();
	}

	private static void only(JsonObject object, Set<String> fields) {
		object.keySet().forEach((field) -> require(fields.contains(field), "the field '" + field + "'"));
	}

	private static void require(boolean condition, String what) {
		if (!condition) {
			throw new IllegalArgumentException("Not known here: " + what);
		}
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
