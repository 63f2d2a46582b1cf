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

package io.github.redlock.autoconfigure.dockercompose;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * A command {@code docker} that tells of running services as the real one does, for which
 * {@code redis-server} processes of this machine stand in.
 */
final class FakeDocker {

	private static final String SCRIPT = """
			#!/bin/sh
			here=$(dirname "$0")
			case "$*" in
				"version --format "*) echo 28.5.1 ;;
				"compose version --format json") echo '{"version":"v2.40.0"}' ;;
				"context ls "*) echo '{"Current":true,"DockerEndpoint":"unix:///var/run/docker.sock","Name":"default"}' ;;
				*" config --format=json") cat "$here/config.json" ;;
				*" ps --orphans=false --format=json") cat "$here/ps.json" ;;
				"inspect "*) cat "$here/inspect.json" ;;
				*) echo "docker $*" >&2; exit 1 ;;
			esac
			""";

	private static final String DEFINED = """
			"%s":{"image":"redis:8"}""";

	private static final String LISTED = """
			{"ID":"%s","Image":"redis:8","Name":"shop-%1$s-1","Service":"%1$s","State":"running"}
			""";

	private static final String INSPECTED = """
			{"Id":"%s","Config":{"Image":"redis:8","Labels":{%s},"ExposedPorts":{"6379/tcp":{}},"Env":["PATH=/bin"]},\
			"HostConfig":{"NetworkMode":"shop_default"},\
			"NetworkSettings":{"Ports":{"6379/tcp":[{"HostIp":"0.0.0.0","HostPort":"%d"}]}}}
			""";

	private final Path directory;

	private final Map<String, String> inspected = new TreeMap<>();

	FakeDocker(Path directory) {
		this.directory = directory;
	}

	/**
	 * Add a service.
	 * @param name the name
	 * @param port where its port 6379 is reached
	 * @param labels its labels
	 * @return this
	 */
	FakeDocker service(String name, int port, Map<String, String> labels) {
		String text = labels.entrySet()
			.stream()
			.map((label) -> "\"" + label.getKey() + "\":\"" + label.getValue() + "\"")
			.collect(Collectors.joining(","));
		this.inspected.put(name, INSPECTED.formatted(name, text, port));
		return this;
	}

	/**
	 * Write the command and a file for it.
	 * @throws IOException if they cannot be written
	 */
	void write() throws IOException {
		Files.writeString(this.directory.resolve("compose.yaml"), "services: {}");
		Files.writeString(this.directory.resolve("docker"), SCRIPT);
		this.directory.resolve("docker").toFile().setExecutable(true);
		Files.writeString(this.directory.resolve("config.json"),
				this.inspected.keySet()
					.stream()
					.map(DEFINED::formatted)
					.collect(Collectors.joining(",", "{\"name\":\"shop\",\"services\":{", "}}")));
		Files.writeString(this.directory.resolve("ps.json"),
				this.inspected.keySet().stream().map(LISTED::formatted).collect(Collectors.joining()));
		Files.writeString(this.directory.resolve("inspect.json"), String.join("", this.inspected.values()));
	}

}
