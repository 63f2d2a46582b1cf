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

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;

/**
 * The way from one client to one master, which can be bad in several ways and be mended.
 */
final class CutProxy implements AutoCloseable {

	private static final int BUFFER_SIZE = 16 * 1024;

	private final int port;

	private final int masterPort;

	// guarded by this
	private final List<Socket> sockets = new ArrayList<>();

	// guarded by this
	private Way way = Way.OPEN;

	// guarded by this
	private ServerSocket listening;

	CutProxy(int port, int masterPort) {
		this.port = port;
		this.masterPort = masterPort;
		this.listening = listen();
	}

	String address() {
		return "redis://127.0.0.1:" + this.port;
	}

	synchronized boolean isOpen() {
		return this.way == Way.OPEN;
	}

	/**
	 * Make the way good or bad from now on.
	 * @param next how it is
	 */
	synchronized void set(Way next) {
		Way last = this.way;
		this.way = next;
		if (next == Way.CUT) {
			closeQuietly(this.listening);
		}
		if (next == Way.CUT || last == Way.DEAF || last == Way.MUTE) {
			closeSockets();
		}
		if (last == Way.CUT && next != Way.CUT) {
			this.listening = listen();
		}
		notifyAll();
	}

	private ServerSocket listen() {
		try {
			ServerSocket socket = new ServerSocket();
			socket.setReuseAddress(true);
			socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), this.port));
			start(() -> accept(socket));
			return socket;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private void accept(ServerSocket socket) {
		while (!socket.isClosed()) {
			try {
				connect(socket.accept());
			}
			catch (IOException ex) {
				// the socket has been closed
			}
		}
	}

	private void connect(Socket client) {
		Socket master = new Socket();
		try {
			client.setTcpNoDelay(true);
			master.setTcpNoDelay(true);
			master.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), this.masterPort));
			synchronized (this) {
				if (this.way == Way.CUT) {
					throw new IOException("cut meanwhile");
				}
				this.sockets.removeIf(Socket::isClosed);
				this.sockets.addAll(List.of(client, master));
			}
			start(() -> pass(client, master, false));
			start(() -> pass(master, client, true));
		}
		catch (IOException ex) {
			closeQuietly(client);
			closeQuietly(master);
		}
	}

	private void pass(Socket from, Socket to, boolean answers) {
		byte[] buffer = new byte[BUFFER_SIZE];
		try {
			InputStream in = from.getInputStream();
			OutputStream out = to.getOutputStream();
			for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
				if (passes(answers)) {
					out.write(buffer, 0, count);
				}
			}
		}
		catch (IOException | InterruptedException ex) {
			// one of both has been closed
		}
		closeQuietly(from);
		closeQuietly(to);
	}

	private synchronized boolean passes(boolean answers) throws InterruptedException {
		while (this.way == Way.SLOW) {
			wait();
		}
		return this.way == Way.OPEN || (this.way == Way.MUTE && !answers);
	}

	// called under the lock
	private void closeSockets() {
		this.sockets.forEach(CutProxy::closeQuietly);
		this.sockets.clear();
	}

	private static void closeQuietly(AutoCloseable socket) {
		try {
			socket.close();
		}
		catch (Exception ex) {
			// it is of no use any more
		}
	}

	private static void start(Runnable task) {
		Thread thread = new Thread(task, "proxy");
		thread.setDaemon(true);
		thread.start();
	}

	@Override
	public synchronized void close() {
		set(Way.CUT);
	}

	/**
	 * How the way is.
	 */
	enum Way {

		/** Everything passes. */
		OPEN,

		/** Connections are closed, and new ones refused. */
		CUT,

		/** What is sent is held, and passed on once the way is open again. */
		SLOW,

		/**
		 * Nothing passes; connections are closed at the end, and what was sent is lost.
		 */
		DEAF,

		/** Requests pass, answers are lost; connections are closed at the end. */
		MUTE

	}

}
