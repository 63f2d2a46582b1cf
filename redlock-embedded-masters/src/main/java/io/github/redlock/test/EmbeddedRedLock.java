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

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Starts independent, empty Redis masters for a test class: real {@code redis-server}
 * processes on free ports of the loopback interface. Test methods, lifecycle methods and
 * constructors take them as a parameter of type {@link RedisMasters}.
 * <p>
 * In a Spring test the masters live as long as the application context, their addresses
 * are its property {@code redlock.nodes}, and they are a bean, too. Test classes with the
 * same configuration share a cached context and its masters: one that harms a master
 * heals it afterwards, see {@link RedisMasters#heal()}.
 * <p>
 * In a plain JUnit test the masters start when they are first wanted and live as long as
 * the annotated test class. Nested test classes share them, unless they are annotated
 * themselves.
 *
 * @since 0.1.0
 * @see RedisMasters
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Inherited
@ExtendWith(EmbeddedRedLockExtension.class)
public @interface EmbeddedRedLock {

	/**
	 * The number of masters; at least one. The default is 3.
	 * @return the number of masters
	 */
	int masters() default 3;

	/**
	 * Lines for each master's {@code redis.conf}, for example {@code "appendonly yes"}.
	 * By default the masters keep nothing on disk.
	 * @return further lines for each master's configuration
	 */
	String[] config() default {};

}
