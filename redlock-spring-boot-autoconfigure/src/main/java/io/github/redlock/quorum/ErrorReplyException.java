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

import org.jspecify.annotations.Nullable;

/**
 * A master answered, but with an error: it is there, and what it was asked for is over.
 *
 * @since 0.1.0
 */
public class ErrorReplyException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	/**
	 * Create an exception.
	 * @param message the words of the master
	 */
	public ErrorReplyException(String message) {
		super(message, null, false, false);
	}

	/**
	 * Return whether a master has answered, even if with an error.
	 * @param failure what a stage has failed with, or {@code null}; the stage may depend
	 * on another
	 * @return whether it has
	 */
	static boolean isAnswer(@Nullable Throwable failure) {
		return failure == null || is(failure);
	}

	/**
	 * Return whether a failure tells of such an answer.
	 * @param failure the failure, which may be that of a stage that depends on another
	 * @return whether it does
	 */
	static boolean is(Throwable failure) {
		return failure instanceof ErrorReplyException || failure.getCause() instanceof ErrorReplyException;
	}

}
