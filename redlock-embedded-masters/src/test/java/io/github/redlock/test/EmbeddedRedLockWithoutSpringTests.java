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

package io.github.redlock.test;

import java.io.File;
import java.lang.reflect.Constructor;
import java.lang.reflect.Method;
import java.lang.reflect.Parameter;
import java.lang.reflect.Proxy;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * {@link EmbeddedRedLock @EmbeddedRedLock} where nothing of Spring is there but
 * {@code spring-core}.
 */
class EmbeddedRedLockWithoutSpringTests {

	@Test
	void givesMastersToAPlainTest() throws Exception {
		try (URLClassLoader loader = new URLClassLoader(classPath(), ClassLoader.getPlatformClassLoader())) {
			assertThatExceptionOfType(ClassNotFoundException.class)
				.isThrownBy(() -> loader.loadClass("org.springframework.test.context.TestContext"));
			Class<?> test = loader.loadClass(EmbeddedRedLockNestedTests.class.getName());
			Parameter masters = test.getDeclaredConstructors()[0].getParameters()[0];
			Object parameter = answering(loader.loadClass(ParameterContext.class.getName()), "getParameter", masters);
			Object context = answering(loader.loadClass(ExtensionContext.class.getName()), "getRequiredTestClass",
					test);
			assertThat(supports(loader, parameter, context)).isTrue();
		}
	}

	private static boolean supports(ClassLoader loader, Object... arguments) throws ReflectiveOperationException {
		Constructor<?> constructor = loader.loadClass(EmbeddedRedLockExtension.class.getName())
			.getDeclaredConstructor();
		constructor.setAccessible(true);
		Method method = Stream.of(loader.loadClass(ParameterResolver.class.getName()).getMethods())
			.filter((candidate) -> candidate.getName().equals("supportsParameter"))
			.findFirst()
			.orElseThrow();
		return (boolean) method.invoke(constructor.newInstance(), arguments);
	}

	private static Object answering(Class<?> type, String method, Object answer) {
		return Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] { type }, (proxy, called, arguments) -> {
			assertThat(called.getName()).isEqualTo(method);
			return answer;
		});
	}

	private static URL[] classPath() {
		String entries = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
		return Stream.of(entries.split(File.pathSeparator))
			.filter((entry) -> !entry.contains("spring-") || entry.contains("spring-core")
					|| new File(entry).isDirectory())
			.map(EmbeddedRedLockWithoutSpringTests::url)
			.toArray(URL[]::new);
	}

	private static URL url(String entry) {
		try {
			return new File(entry).toURI().toURL();
		}
		catch (MalformedURLException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
