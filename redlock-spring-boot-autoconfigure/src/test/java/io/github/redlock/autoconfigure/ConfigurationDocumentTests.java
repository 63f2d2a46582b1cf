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

package io.github.redlock.autoconfigure;

import java.beans.PropertyDescriptor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import com.jayway.jsonpath.JsonPath;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.beans.BeanUtils;
import org.springframework.boot.context.properties.bind.DataObjectPropertyName;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The tables of {@code docs/configuration.md}, which are made of the configuration
 * metadata. With {@code -Dupdate-documents=true} they are written anew.
 */
class ConfigurationDocumentTests {

	private static final Path DOCUMENT = Path.of("..", "docs", "configuration.md");

	/** A comment that names properties, and the table about them. */
	private static final Pattern TABLE = Pattern.compile("<!-- properties: (.+) -->\\n\\n(?:\\|.*\\n)*");

	@Test
	void tablesSayWhatTheMetadataSays() throws IOException {
		Map<String, String> rows = rows();
		String wanted = TABLE.matcher(Files.readString(DOCUMENT))
			.replaceAll((table) -> Matcher.quoteReplacement(table(table.group(1), rows)));
		if (Boolean.getBoolean("update-documents")) {
			Files.writeString(DOCUMENT, wanted);
		}
		assertThat(Files.readString(DOCUMENT)).isEqualTo(wanted);
	}

	@Test
	void everyPropertyIsInOneTable() throws IOException {
		assertThat(TABLE.matcher(Files.readString(DOCUMENT)).results().flatMap((table) -> names(table.group(1))))
			.containsExactlyInAnyOrderElementsOf(rows().keySet());
	}

	@ParameterizedTest
	@ValueSource(classes = { RedLockProperties.Node.class, RedLockProperties.Sentinel.class })
	void everyPartOfAMasterIsInTheExample(Class<?> part) throws IOException {
		Stream<String> keys = Pattern.compile("^[ -]+([a-z-]+):", Pattern.MULTILINE)
			.matcher(Files.readString(DOCUMENT))
			.results()
			.map((key) -> key.group(1));
		assertThat(keys).contains(Stream.of(BeanUtils.getPropertyDescriptors(part))
			.filter((property) -> property.getWriteMethod() != null)
			.map(PropertyDescriptor::getName)
			.map(DataObjectPropertyName::toDashedForm)
			.toArray(String[]::new));
	}

	private static String table(String names, Map<String, String> rows) {
		return names(names).map(rows::get)
			.collect(Collectors.joining("",
					"<!-- properties: " + names + " -->\n\n| property | type | default | |\n|---|---|---|---|\n", ""));
	}

	private static Stream<String> names(String names) {
		return Stream.of(names.split(", "));
	}

	private static Map<String, String> rows() throws IOException {
		Map<String, String> rows = new LinkedHashMap<>();
		for (Map<String, Object> property : RedLockPropertiesTests.metadata("$.properties")) {
			String name = (String) property.get("name");
			String type = ((String) property.get("type")).replaceAll("[\\w.]+[.$](?=\\w)", "");
			Object standard = property.get("defaultValue");
			rows.put(name,
					"| `%s` | `%s` | %s | %s |\n".formatted(name, type,
							List.of().equals(standard) ? "none" : "`" + standard + "`",
							property.get("description") + values(name)));
		}
		return rows;
	}

	private static String values(String name) throws IOException {
		List<Map<String, Object>> hints = RedLockPropertiesTests.metadata("$.hints[?(@.name == '" + name + "')]");
		return hints.stream()
			.<Map<String, Object>>flatMap((hint) -> JsonPath.<List<Map<String, Object>>>read(hint, "$.values").stream())
			.map((value) -> "<br>`%s`: %s".formatted(value.get("value"), value.get("description")))
			.collect(Collectors.joining());
	}

}
