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

package io.github.redlock.benchmarks;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Queue;
import java.util.function.Function;

import io.github.redlock.test.RedisMaster;
import io.github.redlock.test.RedisMasters;
import org.jspecify.annotations.Nullable;

/**
 * Plain sockets: the scripts are written to one socket for each master, whose answers the
 * caller reads itself. It goes on when a majority has answered, the least that acquiring
 * and releasing can cost one caller, or, if it is blocking, reads one answer after the
 * other until it has all.
 */
final class RawSocketPeer extends ScriptPeer {

	private final Selector selector = Selector.open();

	private final List<Connection> connections = new ArrayList<>();

	private final ByteBuffer command = ByteBuffer.allocateDirect(Connection.BUFFER_SIZE);

	private final ByteBuffer commandWithTombstone = ByteBuffer.allocateDirect(Connection.BUFFER_SIZE);

	private final boolean blocking;

	RawSocketPeer(RedisMasters masters, boolean blocking) throws Exception {
		super(masters);
		this.blocking = blocking;
		for (RedisMaster master : masters) {
			this.connections.add(new Connection(master.port(), blocking ? null : this.selector));
		}
		loadScripts();
	}

	@Override
	String load(String text) throws IOException, NoSuchAlgorithmException {
		byte[] digest = MessageDigest.getInstance("SHA-1").digest(text.getBytes(StandardCharsets.UTF_8));
		String hex = HexFormat.of().formatHex(digest);
		encode(this.command, "SCRIPT", "LOAD", text);
		ask((connection) -> this.command, "$40\r\n" + hex + "\r\n", this.connections.size());
		return hex;
	}

	@Override
	void acquire(long token, String... words) throws IOException {
		encode(this.command, words);
		ask((connection) -> this.command, "*2\r\n:1\r\n:" + token + "\r\n", majority());
	}

	@Override
	void release(String[] answered, String[] unanswered) throws IOException {
		encode(this.command, answered);
		encode(this.commandWithTombstone, unanswered);
		ask((connection) -> connection.hasAnswered() ? this.command : this.commandWithTombstone, ":1\r\n", majority());
	}

	private static void encode(ByteBuffer command, String... words) {
		command.clear();
		length(command, '*', words.length);
		for (String word : words) {
			length(command, '$', word.length());
			command.put(word.getBytes(StandardCharsets.ISO_8859_1)).put((byte) '\r').put((byte) '\n');
		}
		command.flip();
	}

	private static void length(ByteBuffer command, char type, int length) {
		command.put((byte) type)
			.put(Integer.toString(length).getBytes(StandardCharsets.ISO_8859_1))
			.put((byte) '\r')
			.put((byte) '\n');
	}

	/**
	 * Write to all masters, and read until enough of them have answered. What is still
	 * missing then is read, and checked, with the answers to the next command.
	 * @param question the encoded command for a master
	 * @param answer the only answer that is accepted
	 * @param enough how many answers are waited for, unless it is for all
	 */
	private void ask(Function<Connection, ByteBuffer> question, String answer, int enough) throws IOException {
		byte[] expected = answer.getBytes(StandardCharsets.ISO_8859_1);
		for (Connection connection : this.connections) {
			connection.send(question.apply(connection), expected);
		}
		if (this.blocking) {
			for (Connection connection : this.connections) {
				while (!connection.hasAnswered()) {
					connection.receive();
				}
			}
			return;
		}
		int answers = 0;
		while (answers < enough) {
			if (this.selector.select(NODE_TIMEOUT_MILLIS) == 0) {
				throw new IOException("Only " + answers + " masters answered in time");
			}
			for (SelectionKey key : this.selector.selectedKeys()) {
				Connection connection = (Connection) key.attachment();
				connection.receive();
				answers += connection.hasAnswered() ? 1 : 0;
			}
			this.selector.selectedKeys().clear();
		}
	}

	@Override
	public void close() throws IOException {
		for (Connection connection : this.connections) {
			connection.close();
		}
		this.selector.close();
	}

	/**
	 * The way to one master.
	 */
	private static final class Connection implements AutoCloseable {

		private static final int BUFFER_SIZE = 8192;

		private final SocketChannel channel;

		private final ByteBuffer input = ByteBuffer.allocateDirect(BUFFER_SIZE);

		private final Queue<byte[]> expected = new ArrayDeque<>();

		private int matched;

		private Connection(int port, @Nullable Selector selector) throws IOException {
			this.channel = SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
			this.channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
			if (selector != null) {
				this.channel.configureBlocking(false);
				this.channel.register(selector, SelectionKey.OP_READ, this);
			}
		}

		boolean hasAnswered() {
			return this.expected.isEmpty();
		}

		void send(ByteBuffer command, byte[] answer) throws IOException {
			this.expected.add(answer);
			command.rewind();
			while (command.hasRemaining()) {
				this.channel.write(command);
			}
		}

		void receive() throws IOException {
			if (this.channel.read(this.input.clear()) < 0) {
				throw new EOFException();
			}
			this.input.flip();
			while (this.input.hasRemaining()) {
				byte[] answer = this.expected.peek();
				if (answer == null || this.input.get() != answer[this.matched]) {
					this.input.rewind();
					throw new IOException("Not expected: " + StandardCharsets.ISO_8859_1.decode(this.input));
				}
				if (++this.matched == answer.length) {
					this.expected.remove();
					this.matched = 0;
				}
			}
		}

		@Override
		public void close() throws IOException {
			this.channel.close();
		}

	}

}
