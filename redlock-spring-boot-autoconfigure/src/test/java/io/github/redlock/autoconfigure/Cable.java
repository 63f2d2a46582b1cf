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

package io.github.redlock.autoconfigure;

import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;

import io.github.redlock.test.RedisMaster;

/**
 * A way to a master that can be cut for those who use it, while others still reach the
 * master: connections stay open, and nothing goes through.
 */
final class Cable implements AutoCloseable {

	private final ServerSocket listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());

	// guarded by this
	private int port;

	// guarded by this
	private final List<Closeable> open = new ArrayList<>(List.of(this.listening));

	// guarded by this
	private boolean cut;

	Cable(RedisMaster master) throws IOException {
		this.port = master.port();
		start(this::accept);
	}

	String address() {
		return "redis://127.0.0.1:" + this.listening.getLocalPort();
	}

	/**
	 * Lead to another master from now on; connections break.
	 * @param other the other master
	 */
	void leadTo(RedisMaster other) throws IOException {
		List<Closeable> broken;
		synchronized (this) {
			this.port = other.port();
			broken = List.copyOf(this.open.subList(1, this.open.size()));
			this.open.subList(1, this.open.size()).clear();
		}
		for (Closeable each : broken) {
			each.close();
		}
	}

	private synchronized int port() {
		return this.port;
	}

	synchronized void cut() {
		this.cut = true;
	}

	synchronized void mend() {
		this.cut = false;
		notifyAll();
	}

	private void accept() throws IOException {
		for (;;) {
			Socket near = this.listening.accept();
			Socket far = new Socket(InetAddress.getLoopbackAddress(), port());
			synchronized (this) {
				this.open.addAll(List.of(near, far));
			}
			start(() -> pump(near, far));
			start(() -> pump(far, near));
		}
	}

	private void pump(Socket from, Socket to) throws IOException {
		from.setTcpNoDelay(true);
		try (from; to) {
			byte[] bytes = new byte[8192];
			for (int count = from.getInputStream().read(bytes); count != -1; count = from.getInputStream()
				.read(bytes)) {
				awaitMended();
				to.getOutputStream().write(bytes, 0, count);
			}
			awaitMended();
		}
	}

	private synchronized void awaitMended() throws IOException {
		while (this.cut) {
			try {
				wait();
			}
			catch (InterruptedException ex) {
				throw new IOException(ex);
			}
		}
	}

	private static void start(Transfer transfer) {
		Thread thread = new Thread(() -> {
			try {
				transfer.run();
			}
			catch (IOException ex) {
				// one of the ends is closed
			}
		}, "cable");
		thread.setDaemon(true);
		thread.start();
	}

	@Override
	public void close() throws IOException {
		List<Closeable> all;
		synchronized (this) {
			all = List.copyOf(this.open);
		}
		for (Closeable each : all) {
			each.close();
		}
		mend();
	}

	private interface Transfer {

		void run() throws IOException;

	}

}
