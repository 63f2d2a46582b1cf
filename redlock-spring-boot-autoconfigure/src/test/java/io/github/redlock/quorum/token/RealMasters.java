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

package io.github.redlock.quorum.token;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

import io.github.redlock.quorum.LockNode;
import io.github.redlock.quorum.LockRequest;
import io.github.redlock.redisson.MasterAddress;
import io.github.redlock.redisson.RedissonMasters;
import io.github.redlock.redisson.RedissonSettings;
import io.github.redlock.test.RedisMaster;
import io.github.redlock.test.RedisMasters;
import org.redisson.Redisson;
import org.redisson.api.RScript;
import org.redisson.api.RScript.Mode;
import org.redisson.api.RScript.ReturnType;
import org.redisson.api.RedissonClient;
import org.redisson.client.codec.StringCodec;
import org.redisson.config.Config;

/**
 * Real masters that are put into the states of the model, and asked by the scripts of
 * this library. The numbers of the model are counted from the time of the last
 * {@link #rebase()}, so that the masters do not clamp them.
 */
final class RealMasters implements AutoCloseable {

	private static final String LOCK = "lock:key";

	private static final List<Object> KEYS = List.of(LOCK, "redlock:token:" + LOCK, "redlock:member",
			"redlock:recovery");

	private static final String PUT = """
			redis.call('del', unpack(KEYS))
			local run_id = string.match(redis.call('info', 'server'), 'run_id:(%w+)')
			if ARGV[1] ~= '0' then
			  redis.call('hset', KEYS[1], ARGV[1], 1)
			  redis.call('pexpire', KEYS[1], 60000)
			end
			if ARGV[2] ~= '0' then
			  redis.call('set', KEYS[2], ARGV[2])
			end
			if ARGV[4] == '1' then
			  redis.call('set', KEYS[3], run_id)
			end
			if ARGV[3] ~= '0' then
			  redis.call('set', KEYS[4], run_id .. ' ' .. ARGV[3])
			end
			return 1
			""";

	private static final String GET = """
			return {redis.call('get', KEYS[2]) or '0', redis.call('hkeys', KEYS[1])[1] or '0'}
			""";

	/** How far a token can be ahead of a master's clock. */
	private static final long AHEAD_MICROS = TimeUnit.SECONDS.toMicros(5);

	private final RedisMasters masters;

	private final RedissonMasters scripts;

	private final List<RedissonClient> clients = new ArrayList<>();

	private long base;

	RealMasters(int count) {
		this.masters = RedisMasters.start(count);
		List<MasterAddress> addresses = new ArrayList<>();
		for (RedisMaster master : this.masters) {
			addresses.add(new MasterAddress(master.address(), master.address(), null, null, 0));
			Config config = new Config();
			config.setCodec(StringCodec.INSTANCE);
			config.useSingleServer()
				.setAddress(master.address())
				.setConnectionMinimumIdleSize(1)
				.setConnectionPoolSize(1);
			this.clients.add(Redisson.create(config));
		}
		this.scripts = new RedissonMasters(addresses, new RedissonSettings("lock:", Duration.ofSeconds(5),
				Duration.ofHours(1), Duration.ofMinutes(1), Duration.ofSeconds(1), false));
	}

	/**
	 * Let the numbers of the model begin at the clock's.
	 */
	void rebase() {
		this.base = TimeUnit.MILLISECONDS.toMicros(System.currentTimeMillis());
	}

	long real(int number) {
		return (number != 0) ? this.base + number : 0;
	}

	int modelled(long number) {
		return (number != 0) ? Math.toIntExact(number - this.base) : 0;
	}

	LockNode node(int master) {
		return this.scripts.nodes().get(master);
	}

	static LockRequest request(int owner) {
		return new LockRequest(List.of("key"), Integer.toString(owner), Duration.ofSeconds(30));
	}

	/**
	 * Put a master into a state.
	 * @param master the master
	 * @param state the state
	 */
	void put(int master, ModelMaster state) {
		long floor = Math.max(0, real(state.floor()) - AHEAD_MICROS);
		long recovery = state.voting() ? floor : this.base + TimeUnit.MINUTES.toMicros(10);
		Object put = raw(master, PUT, ReturnType.LONG, KEYS, Integer.toString(state.holder()),
				Long.toString(real(state.stored())), Long.toString(recovery), state.voting() ? "1" : "0");
		if (!Long.valueOf(1).equals(put)) {
			throw new IllegalStateException("The state " + state + " was not taken: " + put);
		}
	}

	/**
	 * Read what a master keeps for the key.
	 * @param master the master
	 * @param before what to take the rest from
	 * @return the state
	 */
	ModelMaster get(int master, ModelMaster before) {
		List<Object> values = raw(master, GET, ReturnType.LIST, KEYS);
		return new ModelMaster(modelled(Long.parseLong(values.get(0).toString())), before.floor(),
				Integer.parseInt(values.get(1).toString()), before.voting());
	}

	/**
	 * Write a token back, by the library's script or by it less a condition.
	 * @param master the master
	 * @param owner the owner
	 * @param token the token
	 * @param bound the largest number that may be stored before
	 * @param rule which conditions there are
	 * @return whether the master acknowledged
	 */
	boolean confirm(int master, int owner, int token, int bound, TokenRule rule) {
		String script = script("confirm.lua");
		if (!rule.asksForTheHolder()) {
			script = without(script, "redis.pcall('hexists', KEYS[i], ARGV[1]) ~= 1");
		}
		if (!rule.asksForTheBound()) {
			script = without(script, "tonumber(redis.call('get', KEYS[n + i]) or 0) > tonumber(ARGV[3])");
		}
		Long acknowledged = raw(master, script, ReturnType.LONG, KEYS.subList(0, 2), Integer.toString(owner),
				Long.toString(real(token)), Long.toString(real(bound)), "60000");
		return acknowledged == 1;
	}

	/**
	 * Give a lock back, by the library's script or by it less a condition.
	 * @param master the master
	 * @param owner the owner
	 * @param token the token
	 * @param rule which conditions there are
	 * @return whether the master took it
	 */
	boolean repair(int master, int owner, int token, TokenRule rule) {
		String script = script("repair.lua");
		if (rule.repairsInQuarantine()) {
			script = without(script, "not member or not string.find(info, ARGV[5] .. ':' .. member, 1, true)");
		}
		Long taken = raw(master, script, ReturnType.LONG,
				List.of(KEYS.get(0), KEYS.get(1), "redlock:void:" + LOCK + ":" + owner, KEYS.get(2)),
				Integer.toString(owner), "60000", Long.toString(real(token)), "60000", "run_id");
		return taken == 1;
	}

	private static String script(String name) {
		try (InputStream resource = RedissonMasters.class.getResourceAsStream(name)) {
			if (resource == null) {
				throw new IllegalStateException("There is no '" + name + "'");
			}
			return new String(resource.readAllBytes(), StandardCharsets.UTF_8);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static String without(String script, String condition) {
		if (!script.contains(condition)) {
			throw new IllegalStateException("The script does not ask whether " + condition);
		}
		return script.replace(condition, "false");
	}

	private <R> R raw(int master, String script, ReturnType type, List<Object> keys, Object... arguments) {
		RScript scripts = this.clients.get(master).getScript(StringCodec.INSTANCE);
		return scripts.eval(Mode.READ_WRITE, script, type, keys, arguments);
	}

	static <T> T await(CompletionStage<T> stage) {
		return stage.toCompletableFuture().orTimeout(10, TimeUnit.SECONDS).join();
	}

	@Override
	public void close() {
		this.scripts.close();
		this.clients.forEach(RedissonClient::shutdown);
		this.masters.close();
	}

}
