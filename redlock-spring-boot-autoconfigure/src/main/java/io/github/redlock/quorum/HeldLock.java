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

import java.time.Duration;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * A lease of this process, as it was when it was looked at.
 *
 * @param name what locks of its kind are called, or {@code null} if they have no name
 * @param keys what is locked, without the prefix
 * @param since for how long it has been held
 * @param remaining how long it stays valid unless it is renewed
 * @param token its fencing token
 * @since 0.1.0
 */
public record HeldLock(@Nullable String name, List<String> keys, Duration since, Duration remaining, long token) {

}
