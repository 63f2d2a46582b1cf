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
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.Base64;

/**
 * A key and its self-signed certificate as PEM files, made by the JDK's {@code keytool}.
 *
 * @param key the file of the key
 * @param certificate the file of the certificate
 */
public record PemFiles(Path key, Path certificate) {

	private static final String PASSWORD = "changeit";

	/**
	 * Make a pair.
	 * @param directory where to put the files
	 * @param name what they are called
	 * @param hosts the hosts for which the certificate is, such as
	 * {@code ip:127.0.0.1,dns:localhost}
	 * @return the files
	 */
	public static PemFiles create(Path directory, String name, String hosts) {
		Path store = directory.resolve(name + ".p12");
		try {
			Files.deleteIfExists(store);
			Process keytool = new ProcessBuilder(System.getProperty("java.home") + "/bin/keytool", "-genkeypair",
					"-alias", name, "-keyalg", "EC", "-dname", "CN=" + name, "-ext", "san=" + hosts, "-storetype",
					"PKCS12", "-keystore", store.toString(), "-storepass", PASSWORD)
				.redirectErrorStream(true)
				.redirectOutput(ProcessBuilder.Redirect.DISCARD)
				.start();
			if (keytool.waitFor() != 0) {
				throw new IllegalStateException("keytool failed");
			}
			KeyStore keys = KeyStore.getInstance("PKCS12");
			try (InputStream file = Files.newInputStream(store)) {
				keys.load(file, PASSWORD.toCharArray());
			}
			Key key = keys.getKey(name, PASSWORD.toCharArray());
			Certificate certificate = keys.getCertificate(name);
			return new PemFiles(write(directory.resolve(name + ".key"), "PRIVATE KEY", key.getEncoded()),
					write(directory.resolve(name + ".crt"), "CERTIFICATE", certificate.getEncoded()));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		catch (GeneralSecurityException ex) {
			throw new IllegalStateException(ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException(ex);
		}
	}

	private static Path write(Path file, String type, byte[] content) throws IOException {
		String text = Base64.getMimeEncoder(64, "\n".getBytes()).encodeToString(content);
		return Files.writeString(file, "-----BEGIN %s-----%n%s%n-----END %s-----%n".formatted(type, text, type));
	}

}
