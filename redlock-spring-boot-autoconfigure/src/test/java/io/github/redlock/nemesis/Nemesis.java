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

package io.github.redlock.nemesis;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import io.github.redlock.autoconfigure.MasterProbe;
import io.github.redlock.nemesis.CutProxy.Way;
import io.github.redlock.nemesis.Fault.Kind;
import io.github.redlock.test.RedisMaster;

/**
 * Does harm to masters, clients and the ways between them, and mends it later. A master
 * that is in quarantine counts as harmed: more than a minority are harmed at a time only
 * by the two kinds of fault that say so, and these begin when all masters vote.
 */
final class Nemesis {

	private static final List<Kind> FREQUENT = List.of(Kind.KILL, Kind.KILL, Kind.RESTART, Kind.WIPE, Kind.FORGET,
			Kind.FORGET, Kind.HANG, Kind.HANG, Kind.CUT, Kind.SLOW, Kind.DEAF, Kind.MUTE, Kind.PARTITION,
			Kind.PARTITION, Kind.PAUSE, Kind.PAUSE);

	private static final int PERCENT_OF_MAJORITY = 20;

	private final List<RedisMaster> masters;

	/** Of each client, the ways to all masters. */
	private final List<List<CutProxy>> ways;

	private final List<ClientProcess> clients;

	private final Random random;

	private final int minority;

	private final List<Fault> faults = new ArrayList<>();

	private final PriorityQueue<Harm> harms = new PriorityQueue<>(Comparator.comparingLong(Harm::until));

	private final Set<Integer> harmedMasters = new HashSet<>();

	private final Set<Integer> pausedClients = new HashSet<>();

	private final long begin = System.nanoTime();

	Nemesis(List<RedisMaster> masters, List<List<CutProxy>> ways, List<ClientProcess> clients, long seed) {
		this.masters = masters;
		this.ways = ways;
		this.clients = clients;
		this.random = new Random(seed);
		this.minority = (masters.size() - 1) / 2;
	}

	/**
	 * Do harm for some time, and mend everything at its end.
	 * @param time how long
	 * @throws InterruptedException if the thread was interrupted
	 */
	void rage(Duration time) throws InterruptedException {
		long end = System.nanoTime() + time.toNanos();
		long next = System.nanoTime();
		while (System.nanoTime() < end) {
			mendUntil(System.nanoTime());
			if (System.nanoTime() >= next) {
				next = System.nanoTime() + between(1000, 2500).toNanos();
				doHarm();
			}
			TimeUnit.MILLISECONDS.sleep(10);
		}
		mendUntil(Long.MAX_VALUE);
	}

	private void mendUntil(long now) {
		while (!this.harms.isEmpty() && this.harms.peek().until() <= now) {
			Harm harm = this.harms.remove();
			harm.mend().run();
			this.faults.add(new Fault(harm.kind(), harm.target(), harm.from(), System.nanoTime()));
		}
	}

	private void doHarm() {
		List<Integer> sound = voting();
		Kind kind = choose(sound.size());
		if (kind.isOfMajority()) {
			Collections.shuffle(sound, this.random);
			harmMajority(kind, sound.subList(0, this.minority + 1 + this.random.nextInt(this.minority + 1)));
		}
		else if (kind == Kind.FORGET) {
			Collections.shuffle(sound, this.random);
			forget(sound.subList(0, this.minority + 1));
		}
		else if (kind == Kind.PAUSE) {
			pause();
		}
		else if (kind == Kind.PARTITION) {
			partition();
		}
		else {
			harmMaster(kind, sound.get(this.random.nextInt(sound.size())));
		}
	}

	private Kind choose(int sound) {
		if (sound == this.masters.size() && this.random.nextInt(100) < PERCENT_OF_MAJORITY) {
			return this.random.nextBoolean() ? Kind.HANG_MAJORITY : Kind.KILL_MAJORITY;
		}
		boolean spare = (sound > this.masters.size() - this.minority);
		for (;;) {
			Kind kind = FREQUENT.get(this.random.nextInt(FREQUENT.size()));
			if (spare || kind.isOfClient()) {
				return kind;
			}
		}
	}

	/**
	 * Return the masters that are unharmed, and vote.
	 * @return their numbers
	 */
	List<Integer> voting() {
		return IntStream.range(0, this.masters.size())
			.filter((index) -> !this.harmedMasters.contains(index) && isVoting(MasterProbe.of(this.masters.get(index))))
			.boxed()
			.collect(Collectors.toCollection(ArrayList::new));
	}

	private static boolean isVoting(MasterProbe master) {
		String member = master.command("GET", "redlock:member");
		return !member.isEmpty() && master.command("INFO", "server").contains("run_id:" + member);
	}

	private void harmMaster(Kind kind, int index) {
		RedisMaster master = this.masters.get(index);
		List<CutProxy> toMaster = this.ways.stream().map((ofClient) -> ofClient.get(index)).toList();
		List<Integer> harmed = List.of(index);
		String target = "master " + index;
		switch (kind) {
			case KILL -> harm(kind, target, harmed, between(100, 3000), master::kill, master::start);
			case RESTART -> harm(kind, target, harmed, Duration.ZERO, master::restart, () -> {
			});
			case WIPE -> harm(kind, target, harmed, Duration.ZERO, master::wipe, () -> {
			});
			case HANG -> harm(kind, target, harmed, between(100, 3000), master::hang, master::resume);
			default -> harm(kind, target, harmed, between(100, 3000), () -> set(toMaster, Way.valueOf(kind.name())),
					() -> set(toMaster, Way.OPEN));
		}
	}

	private void harmMajority(Kind kind, List<Integer> indexes) {
		List<Integer> harmed = List.copyOf(indexes);
		String target = "masters " + harmed;
		if (kind == Kind.HANG_MAJORITY) {
			harm(kind, target, harmed, between(100, 2000), () -> harmed.forEach((i) -> this.masters.get(i).hang()),
					() -> harmed.forEach((i) -> this.masters.get(i).resume()));
		}
		else {
			harm(kind, target, harmed, between(0, 500), () -> harmed.forEach((i) -> this.masters.get(i).kill()),
					() -> harmed.forEach((i) -> this.masters.get(i).start()));
		}
	}

	/**
	 * Have a client take locks on a bare majority, and one of it forget them.
	 */
	private void forget(List<Integer> majority) {
		int client = this.random.nextInt(this.clients.size());
		int forgetting = majority.get(0);
		List<CutProxy> lost = IntStream.range(0, this.masters.size())
			.filter((index) -> !majority.contains(index))
			.mapToObj(this.ways.get(client)::get)
			.filter(CutProxy::isOpen)
			.toList();
		harm(Kind.FORGET, "client " + client + ", masters " + majority, List.of(forgetting), between(700, 1800),
				() -> set(lost, Way.CUT), () -> {
					this.masters.get(forgetting).wipe();
					set(lost, Way.OPEN);
				});
	}

	private void partition() {
		int client = this.random.nextInt(this.clients.size());
		List<CutProxy> lost = this.ways.get(client)
			.stream()
			.filter((way) -> way.isOpen() && this.random.nextInt(5) < 3)
			.toList();
		Way way = List.of(Way.CUT, Way.SLOW, Way.DEAF, Way.MUTE).get(this.random.nextInt(4));
		String target = "client " + client + ", "
				+ lost.stream().map((proxy) -> this.ways.get(client).indexOf(proxy)).toList() + " " + way;
		harm(Kind.PARTITION, target, List.of(), between(300, 3000), () -> set(lost, way), () -> set(lost, Way.OPEN));
	}

	private void pause() {
		int client = this.random.nextInt(this.clients.size());
		if (this.pausedClients.add(client)) {
			ClientProcess process = this.clients.get(client);
			harm(Kind.PAUSE, "client " + client, List.of(), between(1200, 3000), process::pause, () -> {
				process.resume();
				this.pausedClients.remove(client);
			});
		}
	}

	private static void set(List<CutProxy> proxies, Way way) {
		proxies.forEach((proxy) -> proxy.set(way));
	}

	private void harm(Kind kind, String target, List<Integer> harmed, Duration time, Runnable harm, Runnable mend) {
		System.out.printf("nemesis: %.1f s: %s %s for %d ms%n", (System.nanoTime() - this.begin) / 1e9, kind.text(),
				target, time.toMillis());
		long from = System.nanoTime();
		this.harmedMasters.addAll(harmed);
		harm.run();
		this.harms.add(new Harm(kind, target, from, System.nanoTime() + time.toNanos(), () -> {
			mend.run();
			this.harmedMasters.removeAll(harmed);
		}));
	}

	private Duration between(int leastMillis, int boundMillis) {
		return Duration.ofMillis(leastMillis + this.random.nextInt(boundMillis - leastMillis));
	}

	long begin() {
		return this.begin;
	}

	List<Fault> faults() {
		return this.faults;
	}

	Map<Kind, Long> faultsByKind() {
		return this.faults.stream()
			.collect(Collectors.groupingBy(Fault::kind, () -> new EnumMap<>(Kind.class), Collectors.counting()));
	}

	/**
	 * A fault that is not mended yet.
	 *
	 * @param kind what was done
	 * @param target to whom
	 * @param from since when
	 * @param until when to mend it
	 * @param mend how to mend it
	 */
	private record Harm(Kind kind, String target, long from, long until, Runnable mend) {

	}

}
