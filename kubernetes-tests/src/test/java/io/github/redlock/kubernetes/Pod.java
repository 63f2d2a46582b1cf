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
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.stream.Collectors;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;

/**
 * The container of a workload as a process. What a container would give it is put in
 * place of that: directories for its mounts, an address of the loopback interface, and
 * what its image has.
 */
final class Pod implements AutoCloseable {

	private static final HttpClient http = HttpClient.newHttpClient();

	private final JsonObject workload;

	private final String name;

	private final String address;

	private final Path root;

	private Process process;

	Pod(JsonObject workload, String name, String address, Path root) {
		this.workload = workload;
		this.name = name;
		this.address = address;
		this.root = root;
	}

	String address() {
		return this.address;
	}

	/**
	 * Return what is mounted.
	 * @return the directory of each volume, by its name
	 */
	Map<String, Path> mounts() {
		return Overlay.list(container(), "volumeMounts")
			.stream()
			.collect(Collectors.toMap((mount) -> mount.get("name").getAsString(),
					(mount) -> Path.of(inside(mount.get("mountPath").getAsString()))));
	}

	/**
	 * Put paths of this machine in the place of those below which something is mounted.
	 * @param text with paths as they are in the container
	 * @return the text with the paths of this machine
	 */
	String inside(String text) {
		String mounted = Overlay.list(container(), "volumeMounts")
			.stream()
			.map((mount) -> mount.get("mountPath").getAsString().replaceFirst("^(/[^/]+/[^/]+)/.*", "$1"))
			.distinct()
			.collect(Collectors.joining("|"));
		return text.replaceAll("(?<![\\w/.-])(" + mounted + ")(?![\\w.-])",
				Matcher.quoteReplacement(this.root.toString()) + "$1");
	}

	/**
	 * Return the command of the container, if it has one, and its arguments.
	 * @return the words
	 */
	List<String> command() {
		List<String> words = new ArrayList<>(Overlay.strings(container(), "command"));
		words.addAll(Overlay.strings(container(), "args"));
		return words.stream().map(this::inside).toList();
	}

	void start(List<String> command, Map<String, Map<String, String>> secrets) throws IOException {
		ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true)
			.redirectOutput(new File("target", this.name + ".log"));
		for (JsonObject variable : Overlay.list(container(), "env")) {
			builder.environment().put(variable.get("name").getAsString(), value(variable, secrets));
		}
		this.process = builder.start();
	}

	private String value(JsonObject variable, Map<String, Map<String, String>> secrets) {
		if (variable.has("value")) {
			return inside(variable.get("value").getAsString());
		}
		JsonObject key = variable.getAsJsonObject("valueFrom").getAsJsonObject("secretKeyRef");
		return secrets.get(key.get("name").getAsString()).get(key.get("key").getAsString());
	}

	/**
	 * Probe the container once.
	 * @param kind such as {@code readinessProbe}
	 * @return whether it went well
	 */
	boolean passes(String kind) {
		JsonObject probe = container().getAsJsonObject(kind);
		Duration timeout = Duration
			.ofSeconds(probe.has("timeoutSeconds") ? probe.get("timeoutSeconds").getAsLong() : 1);
		if (probe.has("exec")) {
			List<String> command = Overlay.strings(probe.getAsJsonObject("exec"), "command");
			return redisCli(timeout, command.subList(1, command.size())).exitCode() == 0;
		}
		int port = port((probe.has("httpGet") ? probe.getAsJsonObject("httpGet") : probe.getAsJsonObject("tcpSocket"))
			.get("port")
			.getAsString());
		if (probe.has("httpGet")) {
			return status(get(port, probe.getAsJsonObject("httpGet").get("path").getAsString()), timeout) == 200;
		}
		return Cluster.accepts(this.address, port);
	}

	RedisCli.Result redisCli(Duration timeout, List<String> arguments) {
		return RedisCli.run(this.address, timeout, arguments.stream().map(this::inside).toList());
	}

	HttpRequest.Builder get(int port, String path) {
		return HttpRequest.newBuilder(URI.create("http://" + this.address + ":" + port + path));
	}

	static int status(HttpRequest.Builder request, Duration timeout) {
		try {
			return http.send(request.timeout(timeout).build(), HttpResponse.BodyHandlers.discarding()).statusCode();
		}
		catch (IOException ex) {
			return -1;
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private int port(String name) {
		return Overlay.list(container(), "ports")
			.stream()
			.filter((port) -> port.get("name").getAsString().equals(name))
			.mapToInt((port) -> port.get("containerPort").getAsInt())
			.findFirst()
			.orElseThrow();
	}

	private JsonObject container() {
		return Overlay.container(this.workload);
	}

	void signal(String signal) throws IOException, InterruptedException {
		new ProcessBuilder("kill", "-" + signal, Long.toString(this.process.pid())).start().waitFor();
	}

	void kill() {
		this.process.destroyForcibly().onExit().join();
	}

	/**
	 * End the container as the kubelet does, once {@code preStop} is over.
	 * @return whether it ended in time
	 */
	boolean terminate() throws InterruptedException {
		JsonElement gracePeriod = Overlay.pod(this.workload).get("terminationGracePeriodSeconds");
		this.process.destroy();
		return this.process.waitFor((gracePeriod != null) ? gracePeriod.getAsLong() : 30, TimeUnit.SECONDS);
	}

	@Override
	public void close() {
		if (this.process != null) {
			kill();
		}
	}

}
