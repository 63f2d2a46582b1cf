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

import java.util.Arrays;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

import org.springframework.expression.spel.SpelNode;
import org.springframework.expression.spel.ast.BeanReference;
import org.springframework.expression.spel.ast.CompoundExpression;
import org.springframework.expression.spel.ast.FunctionReference;
import org.springframework.expression.spel.ast.Indexer;
import org.springframework.expression.spel.ast.InlineMap;
import org.springframework.expression.spel.ast.MethodReference;
import org.springframework.expression.spel.ast.Projection;
import org.springframework.expression.spel.ast.PropertyOrFieldReference;
import org.springframework.expression.spel.ast.Selection;
import org.springframework.expression.spel.ast.VariableReference;
import org.springframework.expression.spel.standard.SpelExpression;

/**
 * Looks for names in a key expression that nothing has, so that a slip of the pen is
 * found when the application starts.
 */
final class ExpressionCheck {

	private static final Set<String> OF_ROOT = Arrays.stream(KeyContext.Root.class.getRecordComponents())
		.map((component) -> component.getName())
		.collect(Collectors.toUnmodifiableSet());

	private final Set<String> variables;

	private final Predicate<String> beans;

	/**
	 * Create a check.
	 * @param variables the known variables, without {@code root} and {@code this}
	 * @param beans whether there is a bean of a name
	 */
	ExpressionCheck(Set<String> variables, Predicate<String> beans) {
		this.variables = variables;
		this.beans = beans;
	}

	/**
	 * Check an expression.
	 * @param expression the parsed expression
	 * @throws IllegalArgumentException if it names what does not exist
	 */
	void check(SpelExpression expression) {
		check(expression.getAST(), true);
	}

	/**
	 * Check a part of an expression.
	 * @param node the part
	 * @param ofRoot whether a name without a prefix is one of the root object, not of an
	 * element of a collection
	 */
	private void check(SpelNode node, boolean ofRoot) {
		if (node instanceof CompoundExpression) {
			checkCompound(node, ofRoot);
			return;
		}
		if (node instanceof VariableReference) {
			checkVariable(node.toStringAST().substring(1));
		}
		else if (node instanceof FunctionReference) {
			throw new IllegalArgumentException("there is no function '" + node.toStringAST() + "'");
		}
		else if (node instanceof BeanReference) {
			checkBean(node.toStringAST().replace("'", ""));
		}
		else if (node instanceof PropertyOrFieldReference property && ofRoot) {
			checkNameOfRoot(property.getName());
		}
		else if (node instanceof MethodReference method && ofRoot) {
			checkNameOfRoot(method.getName());
		}
		checkChildren(node, ofRoot && !(node instanceof Projection) && !(node instanceof Selection));
	}

	private void checkCompound(SpelNode compound, boolean ofRoot) {
		check(compound.getChild(0), ofRoot);
		boolean afterRoot = compound.getChild(0).toStringAST().equals("#root")
				|| (ofRoot && compound.getChild(0).toStringAST().equals("#this"));
		for (int i = 1; i < compound.getChildCount(); i++) {
			SpelNode part = compound.getChild(i);
			if (i == 1 && afterRoot && part instanceof PropertyOrFieldReference property) {
				checkNameOfRoot(property.getName());
			}
			boolean ofElement = part instanceof Projection || part instanceof Selection;
			checkChildren(part, ofRoot && !ofElement);
		}
	}

	private void checkChildren(SpelNode node, boolean ofRoot) {
		for (int i = 0; i < node.getChildCount(); i++) {
			SpelNode child = node.getChild(i);
			boolean key = node instanceof Indexer || (node instanceof InlineMap && i % 2 == 0);
			if (!key || !(child instanceof PropertyOrFieldReference)) {
				check(child, ofRoot);
			}
		}
	}

	private void checkVariable(String name) {
		if (!name.equals("root") && !name.equals("this") && !this.variables.contains(name)) {
			throw new IllegalArgumentException("there is no parameter '#" + name + "', only "
					+ this.variables.stream().sorted().map((each) -> "#" + each).toList());
		}
	}

	private void checkBean(String reference) {
		String name = reference.startsWith("@") ? reference.substring(1) : reference;
		if (!this.beans.test(name)) {
			throw new IllegalArgumentException("there is no bean '" + name + "'");
		}
	}

	private void checkNameOfRoot(String name) {
		if (!OF_ROOT.contains(name)) {
			throw new IllegalArgumentException(this.variables.contains(name)
					? "the parameter '" + name + "' is written without its '#'"
					: "there is no '" + name + "' to begin with, only the parameters with a '#' before their names");
		}
	}

}
