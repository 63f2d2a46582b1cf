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

import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

import org.springframework.beans.factory.annotation.ParameterResolutionDelegate;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.core.annotation.MergedAnnotations;
import org.springframework.core.annotation.MergedAnnotations.SearchStrategy;
import org.springframework.test.context.junit.jupiter.SpringExtension;
import org.springframework.test.context.support.TestConstructorUtils;
import org.springframework.util.Assert;
import org.springframework.util.ClassUtils;

/**
 * Gives {@link RedisMasters} to parameters of a test class: those of its application
 * context, where it has one, or else masters that live as long as the annotated class.
 */
class EmbeddedRedLockExtension implements ParameterResolver {

	private static final Namespace NAMESPACE = Namespace.create(EmbeddedRedLockExtension.class);

	private static final String SPRING_EXTENSION = "org.springframework.test.context.junit.jupiter.SpringExtension";

	@Override
	public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
		return parameter.getParameter().getType() == RedisMasters.class
				&& !(isSpringTest(context) && SpringTest.resolves(parameter, context));
	}

	@Override
	public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
		return isSpringTest(context) ? SpringTest.masters(context) : masters(context);
	}

	private static boolean isSpringTest(ExtensionContext context) {
		return MergedAnnotations.search(SearchStrategy.TYPE_HIERARCHY)
			.withEnclosingClasses(ClassUtils::isInnerClass)
			.from(context.getRequiredTestClass())
			.stream(ExtendWith.class)
			.flatMap((extendWith) -> Stream.of(extendWith.getStringArray("value")))
			.anyMatch(SPRING_EXTENSION::equals);
	}

	private static RedisMasters masters(ExtensionContext context) {
		ExtensionContext candidate = context;
		while (true) {
			Class<?> testClass = candidate.getRequiredTestClass();
			EmbeddedRedLock annotation = candidate.getTestMethod().isPresent() ? null : find(testClass);
			if (annotation != null) {
				// by class, for a store also looks into those of enclosing classes
				return candidate.getStore(NAMESPACE)
					.computeIfAbsent(testClass, (key) -> RedisMasters.start(annotation.masters(), annotation.config()),
							RedisMasters.class);
			}
			ExtensionContext parent = candidate.getParent().orElse(null);
			Assert.state(parent != null && parent.getTestClass().isPresent(),
					() -> "No @EmbeddedRedLock on " + context.getRequiredTestClass().getName());
			candidate = parent;
		}
	}

	private static @Nullable EmbeddedRedLock find(Class<?> testClass) {
		return AnnotatedElementUtils.findMergedAnnotation(testClass, EmbeddedRedLock.class);
	}

	/**
	 * What needs Spring's test support, which a plain JUnit test may do without.
	 */
	private static final class SpringTest {

		static boolean resolves(ParameterContext parameter, ExtensionContext context) {
			return ParameterResolutionDelegate.isAutowirable(parameter.getParameter(), parameter.getIndex())
					|| TestConstructorUtils.isAutowirableConstructor(parameter.getDeclaringExecutable(),
							(name) -> context.getConfigurationParameter(name).orElse(null));
		}

		static RedisMasters masters(ExtensionContext context) {
			return SpringExtension.getApplicationContext(context).getBean(RedisMasters.class);
		}

	}

}
