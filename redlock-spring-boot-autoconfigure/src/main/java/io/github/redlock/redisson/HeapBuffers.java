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

package io.github.redlock.redisson;

import io.netty.buffer.AbstractByteBufAllocator;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledDirectByteBuf;
import io.netty.buffer.UnpooledHeapByteBuf;

/**
 * Makes the buffers of a connection on the heap. What goes over it is small and short
 * lived, so that Netty's pools, which also have Java's flight recorder loaded, would save
 * less than they cost.
 */
final class HeapBuffers extends AbstractByteBufAllocator {

	/** What a command for a lock takes, so that its buffer does not have to grow. */
	private static final int COMMAND_LENGTH = 512;

	static final HeapBuffers INSTANCE = new HeapBuffers();

	private HeapBuffers() {
		super(false);
	}

	@Override
	public ByteBuf ioBuffer() {
		return heapBuffer(COMMAND_LENGTH);
	}

	@Override
	public ByteBuf ioBuffer(int initialCapacity) {
		return heapBuffer(initialCapacity);
	}

	@Override
	public ByteBuf ioBuffer(int initialCapacity, int maxCapacity) {
		return heapBuffer(initialCapacity, maxCapacity);
	}

	@Override
	protected ByteBuf newHeapBuffer(int initialCapacity, int maxCapacity) {
		return new UnpooledHeapByteBuf(this, initialCapacity, maxCapacity);
	}

	@Override
	protected ByteBuf newDirectBuffer(int initialCapacity, int maxCapacity) {
		return new UnpooledDirectByteBuf(this, initialCapacity, maxCapacity);
	}

	@Override
	public boolean isDirectBufferPooled() {
		return false;
	}

}
