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

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;

/**
 * A listening socket whose queue is full: an attempt to connect is never answered.
 */
final class BlackHole implements AutoCloseable {

	private final ServerSocket listening = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());

	private final List<Socket> queued = new ArrayList<>();

	BlackHole() throws IOException {
		for (;;) {
			Socket socket = new Socket();
			this.queued.add(socket);
			try {
				socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), this.listening.getLocalPort()),
						200);
			}
			catch (SocketTimeoutException ex) {
				return;
			}
		}
	}

	String address() {
		return "redis://127.0.0.1:" + this.listening.getLocalPort();
	}

	@Override
	public void close() throws IOException {
		for (Socket socket : this.queued) {
			socket.close();
		}
		this.listening.close();
	}

}
