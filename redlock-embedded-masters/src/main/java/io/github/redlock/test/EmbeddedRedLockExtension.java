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

import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.util.Assert;

/**
 * Gives {@link RedisMasters} to a test class that no application context gives them to.
 */
class EmbeddedRedLockExtension implements ParameterResolver {

	private static final Namespace NAMESPACE = Namespace.create(EmbeddedRedLockExtension.class);

	@Override
	public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
		return parameter.getParameter().getType() == RedisMasters.class
				&& !AnnotatedElementUtils.hasAnnotation(context.getRequiredTestClass(),
						EmbeddedRedLockContextCustomizerFactory.SPRING_TEST_ANNOTATION);
	}

	@Override
	public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
		Class<?> testClass = context.getRequiredTestClass();
		EmbeddedRedLock annotation = AnnotatedElementUtils.findMergedAnnotation(testClass, EmbeddedRedLock.class);
		Assert.state(annotation != null, () -> "No @EmbeddedRedLock on " + testClass.getName());
		return classContext(context).getStore(NAMESPACE)
			.computeIfAbsent(RedisMasters.class,
					(key) -> RedisMasters.start(annotation.masters(), annotation.config()));
	}

	private static ExtensionContext classContext(ExtensionContext context) {
		ExtensionContext result = context;
		while (result.getTestMethod().isPresent() && result.getParent().isPresent()) {
			result = result.getParent().get();
		}
		return result;
	}

}
