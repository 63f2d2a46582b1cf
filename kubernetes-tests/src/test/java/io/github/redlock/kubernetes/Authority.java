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

package io.github.redlock.kubernetes;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

import com.google.gson.JsonObject;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;

/**
 * Issues what the certificates of an overlay ask for, as cert-manager does.
 */
final class Authority {

	private final X509Bundle authority;

	Authority() throws Exception {
		this.authority = new CertificateBuilder().ecp256()
			.subject("CN=redlock")
			.setIsCertificateAuthority(true)
			.buildSelfSigned();
	}

	/**
	 * Issue all certificates but that of the authority.
	 * @param overlay the overlay
	 * @return the files of each secret, by its name
	 */
	Map<String, Map<String, String>> issue(Overlay overlay) throws Exception {
		Map<String, Map<String, String>> secrets = new HashMap<>();
		for (JsonObject certificate : overlay.all("Certificate")) {
			JsonObject spec = Overlay.spec(certificate);
			if (!spec.has("isCA")) {
				secrets.put(spec.get("secretName").getAsString(), issue(spec));
			}
		}
		return secrets;
	}

	private Map<String, String> issue(JsonObject spec) throws Exception {
		List<String> hosts = Overlay.strings(spec, "dnsNames");
		CertificateBuilder builder = new CertificateBuilder().ecp256()
			.subject("CN=" + (spec.has("commonName") ? spec.get("commonName").getAsString() : hosts.get(0)));
		hosts.forEach(builder::addSanDnsName);
		for (String usage : Overlay.strings(spec, "usages")) {
			switch (usage) {
				case "server auth" -> builder.addExtendedKeyUsageServerAuth();
				case "client auth" -> builder.addExtendedKeyUsageClientAuth();
				default -> throw new IllegalArgumentException(usage);
			}
		}
		X509Bundle issued = builder.buildIssuedBy(this.authority);
		return Map.of("tls.crt", issued.getCertificatePEM(), "tls.key", issued.getPrivateKeyPEM(), "ca.crt",
				this.authority.getCertificatePEM());
	}

}
