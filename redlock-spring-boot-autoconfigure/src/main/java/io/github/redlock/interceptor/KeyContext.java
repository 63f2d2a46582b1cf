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

package io.github.redlock.interceptor;

import java.lang.reflect.Method;
import java.util.List;

import org.jspecify.annotations.Nullable;

import org.springframework.expression.BeanResolver;
import org.springframework.expression.ConstructorResolver;
import org.springframework.expression.EvaluationContext;
import org.springframework.expression.IndexAccessor;
import org.springframework.expression.MethodResolver;
import org.springframework.expression.OperatorOverloader;
import org.springframework.expression.PropertyAccessor;
import org.springframework.expression.TypeComparator;
import org.springframework.expression.TypeConverter;
import org.springframework.expression.TypeLocator;
import org.springframework.expression.TypedValue;

/**
 * What the key expressions of one call see: its arguments, and all else from what is
 * shared, so that what SpEL has found out about a type is not lost with the call.
 */
final class KeyContext implements EvaluationContext {

	private final MethodKeys keys;

	private final Root root;

	KeyContext(MethodKeys keys, Root root) {
		this.keys = keys;
		this.root = root;
	}

	@Override
	public TypedValue getRootObject() {
		return new TypedValue(this.root);
	}

	@Override
	public @Nullable Object lookupVariable(String name) {
		Integer position = this.keys.variables().get(name);
		return (position != null) ? this.root.args()[position] : null;
	}

	@Override
	public void setVariable(String name, @Nullable Object value) {
		throw new UnsupportedOperationException("A key expression cannot set the variable '" + name + "'");
	}

	@Override
	public boolean isAssignmentEnabled() {
		return false;
	}

	@Override
	public List<PropertyAccessor> getPropertyAccessors() {
		return this.keys.shared().getPropertyAccessors();
	}

	@Override
	public List<IndexAccessor> getIndexAccessors() {
		return this.keys.shared().getIndexAccessors();
	}

	@Override
	public List<ConstructorResolver> getConstructorResolvers() {
		return this.keys.shared().getConstructorResolvers();
	}

	@Override
	public List<MethodResolver> getMethodResolvers() {
		return this.keys.shared().getMethodResolvers();
	}

	@Override
	public @Nullable BeanResolver getBeanResolver() {
		return this.keys.shared().getBeanResolver();
	}

	@Override
	public TypeLocator getTypeLocator() {
		return this.keys.shared().getTypeLocator();
	}

	@Override
	public TypeConverter getTypeConverter() {
		return this.keys.shared().getTypeConverter();
	}

	@Override
	public TypeComparator getTypeComparator() {
		return this.keys.shared().getTypeComparator();
	}

	@Override
	public OperatorOverloader getOperatorOverloader() {
		return this.keys.shared().getOperatorOverloader();
	}

	/**
	 * What an expression sees as {@code #root}.
	 *
	 * @param method the method
	 * @param args the arguments
	 * @param target the bean
	 * @param targetClass the class of the bean
	 */
	record Root(Method method, @Nullable Object[] args, @Nullable Object target, Class<?> targetClass) {

	}

}
