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

package io.github.redlock.quorum;

import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

import io.github.redlock.Lease;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * New masters in simulated time.
 */
class AdmissionTests {

	@Test
	void aMasterThatTheFirstAdmissionHasNotReachedVotesSoonAllTheSame() {
		SimulatedWorld world = new SimulatedWorld(1);
		Simulation simulation = new Simulation(1, Simulation.Setting.USUAL, null);
		List<SimulatedMaster> masters = new ArrayList<>();
		for (int i = 0; i < 3; i++) {
			masters.add(new SimulatedMaster(world, simulation, Duration.ofSeconds(5), null, false));
		}
		SimulatedClient client = new SimulatedClient(world, simulation, masters, 0, null);
		List<LockNode> nodes = new ArrayList<>();
		for (SimulatedMaster master : masters) {
			nodes.add(new SimulatedNode(world, client, master, "master-" + nodes.size(), true));
		}
		AtomicBoolean lost = new AtomicBoolean();
		nodes.set(2, losingTheFirstAdmission(nodes.get(2), lost));
		Quorum quorum = new Quorum(QuorumLocks.masters(nodes, client, client, QuorumObserver.NONE), Simulation.SETTINGS,
				client, client);
		QuorumLocks locks = new QuorumLocks(quorum, new Random(1), Runnable::run, List.of(), QuorumObserver.NONE);
		CompletableFuture<Lease> lease = locks.acquireAsync(List.of("a"),
				new LockOptions(Duration.ofSeconds(5), Duration.ofSeconds(1)));
		world.runUntil(world.now() + TimeUnit.SECONDS.toNanos(1), () -> {
		});
		assertThat(lease).isCompleted();
		assertThat(lost).isTrue();
		assertThat(masters).allMatch(SimulatedMaster::votes);
	}

	private static LockNode losingTheFirstAdmission(LockNode node, AtomicBoolean lost) {
		return (LockNode) Proxy.newProxyInstance(LockNode.class.getClassLoader(), new Class<?>[] { LockNode.class },
				(proxy, method, arguments) -> (method.getName().equals("admit") && !lost.getAndSet(true))
						? new CompletableFuture<>() : method.invoke(node, arguments));
	}

}
