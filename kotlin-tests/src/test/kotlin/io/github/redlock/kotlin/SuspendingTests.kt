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

package io.github.redlock.kotlin

import io.github.redlock.Lease
import io.github.redlock.LockBusyException
import io.github.redlock.RedLockClient
import io.github.redlock.RedLockException
import io.github.redlock.RedLocked
import io.github.redlock.RedLocked.WhenBusy
import io.github.redlock.autoconfigure.RedLockAutoConfiguration
import io.github.redlock.test.EmbeddedRedLock
import kotlinx.coroutines.delay
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.flow
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.launch
import kotlinx.coroutines.reactor.ReactorContext
import kotlinx.coroutines.runBlocking
import org.assertj.core.api.Assertions.assertThat
import org.assertj.core.api.Assertions.assertThatExceptionOfType
import org.awaitility.Awaitility.await
import org.junit.jupiter.api.Test
import org.springframework.beans.factory.annotation.Autowired
import org.springframework.boot.autoconfigure.ImportAutoConfiguration
import org.springframework.boot.autoconfigure.aop.AopAutoConfiguration
import org.springframework.boot.test.context.SpringBootTest
import java.time.Duration
import kotlin.coroutines.coroutineContext

/**
 * `@RedLocked` on suspending functions and on functions that return a Flow.
 */
@SpringBootTest(classes = [Orders::class], properties = ["redlock.wait-for=0s", "redlock.node-timeout=500ms"])
@ImportAutoConfiguration(AopAutoConfiguration::class, RedLockAutoConfiguration::class)
@EmbeddedRedLock
class SuspendingTests {

	@Autowired
	private lateinit var orders: Orders

	@Autowired
	private lateinit var redLock: RedLockClient

	@Test
	fun holdsTheLockWhileASuspendingFunctionIsSuspended() = runBlocking {
		assertThat(orders.pay("7")).isEqualTo("orders:7")
		assertFree("orders:7")
	}

	@Test
	fun locksASuspendingFunctionWithoutAResult() = runBlocking {
		orders.cancel("7")
		assertFree("orders:7")
	}

	@Test
	fun throwsWhenBusy() {
		hold("orders:7").use {
			assertThatExceptionOfType(LockBusyException::class.java).isThrownBy { runBlocking { orders.pay("7") } }
		}
	}

	@Test
	fun skipsWhenBusy() {
		hold("orders:7").use {
			assertThat(runBlocking { orders.skipped("7") }).isNull()
		}
	}

	@Test
	fun callsASuspendingFallback() {
		hold("orders:7").use {
			assertThat(runBlocking { orders.withFallback("7") }).isEqualTo("LockBusyException for 7")
		}
	}

	@Test
	fun letsTheExceptionOfTheFunctionThroughAndGivesTheLockBack() {
		assertThatExceptionOfType(IllegalArgumentException::class.java)
			.isThrownBy { runBlocking { orders.failing("7") } }
			.withMessage("wrong")
		assertFree("orders:7")
	}

	@Test
	fun givesTheLockBackWhenTheCoroutineIsCancelled() = runBlocking {
		val job = launch { orders.endless("7") }
		delay(300)
		assertThatExceptionOfType(LockBusyException::class.java).isThrownBy { redLock.lock("orders:7").acquire() }
		job.cancel()
		job.join()
		assertFree("orders:7")
	}

	@Test
	fun holdsTheLockWhileAFlowIsCollected() = runBlocking {
		assertThat(orders.flow("7").toList()).containsExactly("busy", "busy")
		assertThat(orders.suspendedFlow("7").toList()).containsExactly("busy", "busy")
		assertFree("orders:7")
	}

	private fun hold(key: String): Lease = redLock.lock(key).waitFor(Duration.ofSeconds(5)).acquire()

	private fun assertFree(key: String) {
		await().ignoreExceptions().until { redLock.lock(key).acquire().use { it.isValid } }
	}

}

open class Orders(private val redLock: RedLockClient) {

	@RedLocked(name = "orders", key = ["#id"])
	open suspend fun pay(id: String): String {
		delay(10)
		return coroutineContext[ReactorContext]!!.context.get(Lease::class.java).keys()[0]
	}

	@RedLocked(name = "orders", key = ["#id"])
	open suspend fun cancel(id: String) {
		delay(10)
		check(state(id) == "busy")
	}

	@RedLocked(name = "orders", key = ["#id"], whenBusy = WhenBusy.SKIP)
	open suspend fun skipped(id: String): String? = "ran $id"

	@RedLocked(name = "orders", key = ["#id"], fallback = "instead")
	open suspend fun withFallback(id: String): String = "ran $id"

	@Suppress("unused")
	private suspend fun instead(id: String, failure: RedLockException): String {
		delay(1)
		return "${failure.javaClass.simpleName} for $id"
	}

	@RedLocked(name = "orders", key = ["#id"])
	open suspend fun failing(id: String): String {
		delay(1)
		throw IllegalArgumentException("wrong")
	}

	@RedLocked(name = "orders", key = ["#id"])
	open suspend fun endless(id: String) {
		delay(60_000)
	}

	@RedLocked(name = "orders", key = ["#id"])
	open fun flow(id: String): Flow<String> = flow {
		emit(state(id))
		delay(10)
		emit(state(id))
	}

	@RedLocked(name = "orders", key = ["#id"])
	open suspend fun suspendedFlow(id: String): Flow<String> = flow {
		emit(state(id))
		emit(state(id))
	}

	private fun state(id: String): String = try {
		redLock.lock("orders:$id").acquire().close()
		"free"
	}
	catch (ex: LockBusyException) {
		"busy"
	}

}
