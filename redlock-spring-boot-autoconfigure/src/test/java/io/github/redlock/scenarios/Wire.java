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

package io.github.redlock.scenarios;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;

import io.github.redlock.test.RedisMaster;
import org.jspecify.annotations.Nullable;

/**
 * The wire to a master: it can be slow, and it can break while a request is under way,
 * which then arrives late.
 */
final class Wire implements AutoCloseable {

	private static final int BUFFER_SIZE = 1 << 16;

	private final int masterPort;

	private final ServerSocket listening;

	private final Collection<Closeable> open = new ConcurrentLinkedQueue<>();

	private volatile Duration delay = Duration.ZERO;

	private volatile @Nullable Delayed wanted;

	Wire(RedisMaster master) {
		this.masterPort = master.port();
		try {
			this.listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		this.open.add(this.listening);
		start(this::accept);
	}

	String address() {
		return "redis://127.0.0.1:" + this.listening.getLocalPort();
	}

	/**
	 * Let every answer of the master take longer.
	 * @param delay how much longer
	 */
	void delayAnswers(Duration delay) {
		this.delay = delay;
	}

	/**
	 * Break the connection over which the next request with a text comes, before it
	 * reaches the master.
	 * @param text the text
	 * @return the request, which has not arrived yet
	 */
	Delayed breakBefore(String text) {
		Delayed delayed = new Delayed(text);
		this.wanted = delayed;
		return delayed;
	}

	private void accept() throws IOException {
		for (;;) {
			Socket client = this.listening.accept();
			Socket master = new Socket(InetAddress.getLoopbackAddress(), this.masterPort);
			this.open.add(client);
			this.open.add(master);
			Link link = new Link(client, master);
			start(link::passRequests);
			start(link::passAnswers);
		}
	}

	private static void start(Transfer transfer) {
		Thread thread = new Thread(() -> {
			try {
				transfer.run();
			}
			catch (IOException | InterruptedException ex) {
				// one of the ends is gone
			}
		}, "wire");
		thread.setDaemon(true);
		thread.start();
	}

	@Override
	public void close() {
		for (Closeable each : this.open) {
			try {
				each.close();
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
		}
	}

	/**
	 * A request whose connection broke before it reached the master.
	 */
	static final class Delayed {

		private final String text;

		private final CompletableFuture<Arrival> arrival = new CompletableFuture<>();

		private Delayed(String text) {
			this.text = text;
		}

		boolean isUnderWay() {
			return this.arrival.isDone();
		}

		/**
		 * Let the request arrive.
		 * @return the answer of the master, which nobody hears
		 * @throws IOException if the master does not take it
		 */
		String arrive() throws IOException {
			return this.arrival.join().arrive().orTimeout(10, TimeUnit.SECONDS).join();
		}

	}

	/**
	 * One connection.
	 */
	private final class Link {

		private final Socket client;

		private final Socket master;

		private final CompletableFuture<String> lateAnswer = new CompletableFuture<>();

		private volatile boolean broken;

		private volatile boolean late;

		Link(Socket client, Socket master) {
			this.client = client;
			this.master = master;
		}

		void passRequests() throws IOException {
			byte[] buffer = new byte[BUFFER_SIZE];
			InputStream in = this.client.getInputStream();
			for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
				byte[] request = Arrays.copyOf(buffer, n);
				Delayed delayed = Wire.this.wanted;
				if (delayed != null && new String(request, StandardCharsets.UTF_8).contains(delayed.text)) {
					Wire.this.wanted = null;
					this.broken = true;
					this.client.close();
					delayed.arrival.complete(() -> arrive(request));
					return;
				}
				this.master.getOutputStream().write(request);
			}
			this.master.close();
		}

		private CompletableFuture<String> arrive(byte[] request) throws IOException {
			this.late = true;
			this.master.getOutputStream().write(request);
			return this.lateAnswer;
		}

		void passAnswers() throws IOException, InterruptedException {
			byte[] buffer = new byte[BUFFER_SIZE];
			InputStream in = this.master.getInputStream();
			for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
				if (this.late) {
					this.lateAnswer.complete(new String(buffer, 0, n, StandardCharsets.UTF_8));
				}
				Thread.sleep(Wire.this.delay.toMillis());
				if (!this.broken) {
					this.client.getOutputStream().write(buffer, 0, n);
				}
			}
			this.client.close();
		}

	}

	private interface Arrival {

		CompletableFuture<String> arrive() throws IOException;

	}

	private interface Transfer {

		void run() throws IOException, InterruptedException;

	}

}
