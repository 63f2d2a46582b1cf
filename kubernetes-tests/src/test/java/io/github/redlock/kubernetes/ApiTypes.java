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

import java.util.List;
import java.util.Map;

import com.google.gson.Gson;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.annotations.SerializedName;
import io.kubernetes.client.openapi.JSON;
import io.kubernetes.client.openapi.models.V1ConfigMap;
import io.kubernetes.client.openapi.models.V1Deployment;
import io.kubernetes.client.openapi.models.V1Namespace;
import io.kubernetes.client.openapi.models.V1NetworkPolicy;
import io.kubernetes.client.openapi.models.V1ObjectMeta;
import io.kubernetes.client.openapi.models.V1PodDisruptionBudget;
import io.kubernetes.client.openapi.models.V1Secret;
import io.kubernetes.client.openapi.models.V1Service;
import io.kubernetes.client.openapi.models.V1StatefulSet;

/**
 * Compares an object with its type in the API: a field that is unknown or of another type
 * is refused, and so is one that is missing though it is required.
 */
final class ApiTypes {

	private static final Map<String, Class<?>> TYPES = Map.of("v1/Namespace", V1Namespace.class, "v1/ConfigMap",
			V1ConfigMap.class, "v1/Secret", V1Secret.class, "v1/Service", V1Service.class, "apps/v1/Deployment",
			V1Deployment.class, "apps/v1/StatefulSet", V1StatefulSet.class, "policy/v1/PodDisruptionBudget",
			V1PodDisruptionBudget.class, "networking.k8s.io/v1/NetworkPolicy", V1NetworkPolicy.class,
			"cert-manager.io/v1/Issuer", Issuer.class, "cert-manager.io/v1/Certificate", Certificate.class);

	private ApiTypes() {
	}

	/**
	 * Check an object.
	 * @param object the object
	 * @throws IllegalArgumentException if the API would not take it
	 */
	static void check(JsonObject object) {
		String name = object.get("apiVersion").getAsString() + "/" + object.get("kind").getAsString();
		Class<?> type = TYPES.get(name);
		if (type == null) {
			throw new IllegalArgumentException("There is no " + name);
		}
		Gson gson = JSON.getGson();
		Object parsed;
		try {
			parsed = gson.fromJson(object, type);
		}
		catch (JsonParseException ex) {
			throw new IllegalArgumentException(name + ": " + ex.getMessage(), ex);
		}
		compare(name, object, JsonParser.parseString(gson.toJson(parsed)));
		if (parsed instanceof CertManagerType certManagerType) {
			certManagerType.checkRequired();
		}
	}

	private static void compare(String path, JsonElement given, JsonElement understood) {
		if (given instanceof JsonObject object && understood instanceof JsonObject other) {
			for (String field : object.keySet()) {
				if (!other.has(field)) {
					throw new IllegalArgumentException("Unknown: " + path + "." + field);
				}
				compare(path + "." + field, object.get(field), other.get(field));
			}
		}
		else if (given instanceof JsonArray array && understood instanceof JsonArray other
				&& array.size() == other.size()) {
			for (int i = 0; i < array.size(); i++) {
				compare(path + "[" + i + "]", array.get(i), other.get(i));
			}
		}
		else if (!given.equals(understood)) {
			throw new IllegalArgumentException("Of another type: " + path + " is " + given);
		}
	}

	/**
	 * A type of cert-manager, as far as it is used: there is no library with all of them.
	 */
	private interface CertManagerType {

		void checkRequired();

		static void require(boolean condition, String field) {
			if (!condition) {
				throw new IllegalArgumentException("The required field `" + field + "` is not found");
			}
		}

	}

	private record Issuer(String apiVersion, String kind, V1ObjectMeta metadata, Spec spec) implements CertManagerType {

		@Override
		public void checkRequired() {
			CertManagerType.require(this.spec != null, "spec");
			CertManagerType.require(this.spec.ca == null || this.spec.ca.secretName != null, "secretName");
		}

		private record Spec(SelfSigned selfSigned, CertificateAuthority ca) {
		}

		private record SelfSigned(List<String> crlDistributionPoints) {
		}

		private record CertificateAuthority(String secretName) {
		}

	}

	private record Certificate(String apiVersion, String kind, V1ObjectMeta metadata,
			Spec spec) implements CertManagerType {

		@Override
		public void checkRequired() {
			CertManagerType.require(this.spec != null, "spec");
			CertManagerType.require(this.spec.secretName != null, "secretName");
			CertManagerType.require(this.spec.issuerRef != null && this.spec.issuerRef.name != null, "issuerRef.name");
		}

		private record Spec(Boolean isCA, String commonName, List<String> dnsNames, String secretName, String duration,
				String renewBefore, List<Usage> usages, PrivateKey privateKey, IssuerRef issuerRef) {
		}

		private record PrivateKey(Algorithm algorithm, Integer size, RotationPolicy rotationPolicy) {
		}

		private record IssuerRef(String group, String kind, String name) {
		}

		private enum Usage {

			@SerializedName("server auth")
			SERVER_AUTH,

			@SerializedName("client auth")
			CLIENT_AUTH

		}

		private enum Algorithm {

			RSA, ECDSA, Ed25519

		}

		private enum RotationPolicy {

			Never, Always

		}

	}

}
