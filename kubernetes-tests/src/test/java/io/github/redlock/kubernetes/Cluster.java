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
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.github.redlock.test.RedisMasters;
import redis.embedded.core.ExecutableProvider;

/**
 * The pods of an overlay, as processes. Each has an address of its own of the loopback
 * interface, so that ports are those of the manifests, and the names of services are in a
 * file of hosts.
 */
final class Cluster implements AutoCloseable {

	private static final String MAIN_CLASS = "io.github.redlock.sample.SampleApplication";

	private final Overlay overlay;

	private final Path directory;

	private final Path hosts;

	private final String redisServer;

	private final Map<String, Map<String, String>> secrets = new HashMap<>();

	private final List<Pod> pods = new ArrayList<>();

	/** Another network for each process that runs these tests. */
	private final String network = "127.%d.%d.".formatted(64 + ProcessHandle.current().pid() / 250 % 100,
			ProcessHandle.current().pid() % 250);

	Cluster(Overlay overlay, Path directory) throws Exception {
		this.overlay = overlay;
		this.directory = directory;
		String named = System.getProperty(RedisMasters.EXECUTABLE_PROPERTY,
				System.getenv(RedisMasters.EXECUTABLE_VARIABLE));
		this.redisServer = (named != null) ? named : ExecutableProvider.newJarResourceProvider().get().toString();
		this.hosts = Files.writeString(directory.resolve("hosts"), "127.0.0.1 localhost\n");
		for (JsonObject secret : overlay.all("Secret")) {
			Map<String, String> files = new HashMap<>();
			secret.getAsJsonObject("data")
				.asMap()
				.forEach((key, value) -> files.put(key, new String(Base64.getDecoder().decode(value.getAsString()))));
			this.secrets.put(Overlay.name(secret), files);
		}
		this.secrets.putAll(new Authority().issue(overlay));
	}

	Pod addMaster(JsonObject statefulSet) throws IOException {
		Pod pod = add(statefulSet, Overlay.name(statefulSet));
		startMaster(pod);
		return pod;
	}

	void startMaster(Pod pod) throws IOException {
		List<String> command = new ArrayList<>(pod.command());
		if (!command.set(0, this.redisServer).equals("redis-server")) {
			throw new IllegalArgumentException("Not a redis-server: " + pod.command());
		}
		command.addAll(List.of("--bind", pod.address()));
		pod.start(command, this.secrets);
	}

	Pod addDatabase() throws IOException {
		Pod pod = add(this.overlay.get("Deployment", "shop-database"), "shop-database");
		List<String> command = pod.command();
		if (!command.subList(0, 5)
			.equals(List.of("/cnb/lifecycle/launcher", "--", "java", "-cp", "/workspace/BOOT-INF/lib/*"))) {
			throw new IllegalArgumentException("Not the command of an image: " + command);
		}
		List<String> java = java();
		java.addAll(List.of("-Dh2.bindAddress=" + pod.address(), "-cp", shopClassPath()));
		java.addAll(command.subList(5, command.size()));
		pod.start(java, this.secrets);
		return pod;
	}

	Pod addShop(int replica) throws IOException {
		Pod pod = add(this.overlay.get("Deployment", "shop"), "shop-" + replica);
		List<String> java = java();
		java.addAll(List.of("-Djdk.net.hosts.file=" + this.hosts, "-cp", shopClassPath(), MAIN_CLASS,
				"--server.address=" + pod.address(), "--spring.main.sources=" + NamesOfTheCluster.class.getName()));
		pod.start(java, this.secrets);
		return pod;
	}

	String secret(String name, String key) {
		return this.secrets.get(name).get(key);
	}

	static boolean accepts(String address, int port) {
		try (Socket socket = new Socket()) {
			socket.connect(new InetSocketAddress(address, port), 1000);
			return true;
		}
		catch (IOException ex) {
			return false;
		}
	}

	private Pod add(JsonObject workload, String name) throws IOException {
		String address = this.network + (this.pods.size() + 1);
		Pod pod = new Pod(workload, name, address, this.directory.resolve(name));
		Map<String, Path> mounts = pod.mounts();
		for (Path mount : mounts.values()) {
			Files.createDirectories(mount);
		}
		for (JsonObject volume : Overlay.list(Overlay.pod(workload), "volumes")) {
			for (Map.Entry<String, String> file : files(volume).entrySet()) {
				Files.writeString(mounts.get(volume.get("name").getAsString()).resolve(file.getKey()),
						pod.inside(file.getValue()));
			}
		}
		this.pods.add(pod);
		Files.writeString(this.hosts, Files.readString(this.hosts)
				+ "%s %s%n".formatted(address, Overlay.name(this.overlay.serviceOf(workload))));
		return pod;
	}

	private Map<String, String> files(JsonObject volume) {
		if (volume.has("secret")) {
			return this.secrets.get(volume.getAsJsonObject("secret").get("secretName").getAsString());
		}
		Map<String, String> files = new HashMap<>();
		if (volume.has("configMap")) {
			for (Map.Entry<String, JsonElement> file : this.overlay
				.get("ConfigMap", volume.getAsJsonObject("configMap").get("name").getAsString())
				.getAsJsonObject("data")
				.entrySet()) {
				files.put(file.getKey(), file.getValue().getAsString());
			}
		}
		return files;
	}

	private static List<String> java() {
		return new ArrayList<>(
				List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:TieredStopAtLevel=1"));
	}

	private static String shopClassPath() throws IOException {
		return String.join(File.pathSeparator, Path.of("..", "sample-app", "target", "classes").toString(),
				Path.of("target", "test-classes").toString(), Files.readString(Path.of("target", "shop.classpath")));
	}

	@Override
	public void close() {
		this.pods.forEach(Pod::close);
	}

}
