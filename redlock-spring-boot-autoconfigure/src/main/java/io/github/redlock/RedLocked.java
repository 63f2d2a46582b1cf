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

package io.github.redlock;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import org.springframework.aot.hint.annotation.Reflective;
import org.springframework.core.annotation.AliasFor;

/**
 * Runs a method only while a majority of the Redis masters grants its lock, so that it
 * does not run twice at once for the same key, on any instance.
 * <p>
 * It may stand on a method of a class or an interface, on a class (for every method that
 * it or a subclass declares and that is neither private nor static, but not for those
 * that it inherits from a class without the annotation) or an interface (for every method
 * of it), and on an annotation of your own, whose attributes can be aliases of these. The
 * one that is nearest to the method counts.
 * <p>
 * The lock is held until the work is done: until the method returns; with a
 * {@link java.util.concurrent.CompletionStage} or
 * {@link java.util.concurrent.CompletableFuture}, until that is complete; with a reactive
 * type or a suspending function of Kotlin, from each subscription until it ends or is
 * cancelled. In these cases no thread is held while waiting for the lock, and the method
 * runs on another thread. What its call chain holds already is not asked for again, see
 * {@link RedLockClient.LockSpec}.
 * <p>
 * Every duration is a {@code String}: {@code "10s"}, {@code "PT10S"}, or a placeholder
 * such as {@code "${orders.lease}"}. An empty one stands for the property.
 *
 * <pre class="code">
 * &#064;RedLocked(key = "#order.id", lease = "10s")
 * public Receipt pay(Order order) { ... }
 * </pre>
 *
 * @since 0.1.0
 * @see RedLockClient
 */
@Target({ ElementType.TYPE, ElementType.METHOD })
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Reflective
public @interface RedLocked {

	/**
	 * Alias for {@link #key()}.
	 * @return the key expressions
	 */
	@AliasFor("key")
	String[] value() default {};

	/**
	 * SpEL expressions for what is locked: {@code #name}, {@code #p0} or {@code #a0} for
	 * a parameter, {@code #root.target}, {@code #root.method}, {@code #root.args}, and
	 * {@code @bean}. Several expressions, or one with a collection as its value, stand
	 * for several locks, taken all or none. A null or empty key is an error.
	 * <p>
	 * The default is empty: one lock for all calls of the method.
	 * @return the key expressions
	 */
	@AliasFor("value")
	String[] key() default {};

	/**
	 * What the keys belong to. Methods with the same name exclude each other for the same
	 * key. The default is the simple name of the class, a dot and the name of the method.
	 * @return the name, or empty for the default
	 */
	String name() default "";

	/**
	 * How long a master keeps the lock without being asked again: with {@link #renew()},
	 * how long the lock outlives a crashed process; without, how long the method may run.
	 * <p>
	 * The default is the property {@code redlock.lease}.
	 * @return the lease
	 */
	String lease() default "";

	/**
	 * How long to wait for a lock that is held elsewhere, or for a quorum of masters;
	 * {@code "0s"} asks once.
	 * <p>
	 * The default is the property {@code redlock.wait-for}.
	 * @return the longest wait
	 */
	String waitFor() default "";

	/**
	 * How long the lock stays at least, also when the method ends earlier: for short
	 * scheduled jobs on instances whose clocks differ.
	 * <p>
	 * The default is not at all.
	 * @return the shortest time to hold
	 */
	String atLeast() default "";

	/**
	 * How long the lease is renewed at most; then the lock is lost even though the method
	 * still runs.
	 * <p>
	 * The default is as long as the method runs.
	 * @return the longest time to hold
	 */
	String maxHold() default "";

	/**
	 * Whether the lease is kept alive while the method runs. The default is {@code true}.
	 * @return whether to renew
	 */
	boolean renew() default true;

	/**
	 * What to do when the lock is held elsewhere until the wait is over. The default is
	 * to throw {@link LockBusyException}.
	 * @return what to do when busy
	 */
	WhenBusy whenBusy() default WhenBusy.THROW;

	/**
	 * A method of the same bean that takes the place of this one when the lock is held
	 * elsewhere until the wait is over, or too few masters answer; not once the method
	 * has begun. It has the same parameters and return type. With one more parameter at
	 * the end it is given the exception, and the type of that one says when it is called:
	 * {@link LockBusyException}, {@link QuorumUnavailableException}, or
	 * {@link RedLockException} for both. Where the annotation stands on the class, the
	 * fallback is not locked itself.
	 * <p>
	 * The default is none: the exception reaches the caller.
	 * @return the name of the method
	 */
	String fallback() default "";

	/**
	 * What to do when the lock is lost while the method runs: when the lease was over
	 * before it could be renewed, or a majority of the masters does not hold the lock any
	 * more. In any case, the caller gets {@link LeaseLostException}; if the method itself
	 * has failed with an exception, that one, with the {@code LeaseLostException} as a
	 * suppressed exception. The default is to do no more than that.
	 * @return what to do when the lock is lost
	 */
	WhenLost whenLost() default WhenLost.THROW;

	/**
	 * What a call does whose lock is held elsewhere.
	 */
	enum WhenBusy {

		/**
		 * Throw {@link LockBusyException}.
		 */
		THROW,

		/**
		 * Do not run the method. The result is {@code null}, an empty
		 * {@link java.util.Optional}, {@link java.util.OptionalInt OptionalInt},
		 * {@link java.util.OptionalLong OptionalLong} or {@link java.util.OptionalDouble
		 * OptionalDouble}, a future that is complete with {@code null}, or a publisher
		 * without elements. A primitive result is refused when the application starts.
		 */
		SKIP

	}

	/**
	 * What happens to a method whose lock is lost while it runs.
	 */
	enum WhenLost {

		/**
		 * Let the method run on; its caller gets {@link LeaseLostException} when it has
		 * ended.
		 */
		THROW,

		/**
		 * Interrupt the thread that runs the method, once, and then as {@link #THROW}.
		 * What the method has returned already, a future or a publisher, is cancelled,
		 * and its caller gets {@code LeaseLostException} at once.
		 * <p>
		 * The thread is never interrupted after the method has ended, and what is left of
		 * the interrupt then is cleared. An {@link InterruptedException} that the method
		 * throws because of it is not the method's own: the caller gets
		 * {@code LeaseLostException}, with that one as a suppressed exception. A thread
		 * has one interrupt flag only: if someone else interrupts it too, that interrupt
		 * outlives the method if it came before the loss, but cannot be told from this
		 * one if it came after.
		 */
		INTERRUPT

	}

}
