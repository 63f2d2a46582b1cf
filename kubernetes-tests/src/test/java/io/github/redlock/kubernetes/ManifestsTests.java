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

import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.convert.DurationStyle;
import org.springframework.util.unit.DataSize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * The manifests: each object as the API takes it, and that they fit together.
 */
@ParameterizedClass
@ValueSource(ints = { 3, 5 })
class ManifestsTests {

	private static final String MASTER = "redlock-master";

	private static final int PORT = 6379;

	private static final Map<Integer, Overlay> rendered = new HashMap<>();

	@TempDir
	private static Path directory;

	private final int count;

	private final Overlay overlay;

	ManifestsTests(int count) {
		this.count = count;
		this.overlay = rendered.computeIfAbsent(count, (masters) -> Overlay.render(masters, directory));
	}

	@Test
	void everyObjectIsOneThatTheApiTakes() {
		assertThat(this.overlay.objects()).hasSizeGreaterThan(15).allSatisfy(ApiTypes::check);
		assertThat(this.overlay.objects().stream().map((object) -> object.get("kind") + Overlay.name(object)))
			.doesNotHaveDuplicates();
		assertThat(this.overlay.objects()).filteredOn((object) -> !object.get("kind").getAsString().equals("Namespace"))
			.allSatisfy((object) -> assertThat(object.getAsJsonObject("metadata").get("namespace").getAsString())
				.isEqualTo("redlock"));
	}

	@ParameterizedTest(name = "{0}: {2}")
	@MethodSource
	void whatTheApiDoesNotTakeIsFound(String kind, Consumer<JsonObject> harm, String told) {
		JsonObject object = this.overlay.all(kind).get(0).deepCopy();
		harm.accept(object);
		assertThatIllegalArgumentException().isThrownBy(() -> ApiTypes.check(object)).withMessageContaining(told);
	}

	static Stream<Arguments> whatTheApiDoesNotTakeIsFound() {
		return Stream.of(
				harm("StatefulSet", (object) -> Overlay.container(object).addProperty("readynessProbe", ""),
						"readynessProbe"),
				harm("StatefulSet", (object) -> Overlay.spec(object).remove("selector"), "selector"),
				harm("StatefulSet", (object) -> Overlay.container(object).remove("name"), "name"),
				harm("StatefulSet", (object) -> Overlay.spec(object).addProperty("replicas", "one"), "one"),
				harm("Deployment",
						(object) -> Overlay.list(Overlay.container(object), "env").get(0).addProperty("value", 50),
						"Of another type"),
				harm("Service", (object) -> Overlay.list(Overlay.spec(object), "ports").get(0).remove("port"), "port"),
				harm("NetworkPolicy", (object) -> Overlay.spec(object).add("ingres", new JsonArray()), "ingres"),
				harm("PodDisruptionBudget", (object) -> object.addProperty("apiVersion", "policy/v1beta1"),
						"There is no policy/v1beta1/PodDisruptionBudget"),
				harm("Certificate", (object) -> Overlay.spec(object).remove("issuerRef"), "issuerRef"),
				harm("Certificate", (object) -> Overlay.spec(object).addProperty("dnsName", "a"), "dnsName"),
				harm("Certificate",
						(object) -> Overlay.spec(object).getAsJsonObject("privateKey").addProperty("algorithm", "DSA"),
						"algorithm"));
	}

	private static Arguments harm(String kind, Consumer<JsonObject> harm, String told) {
		return Arguments.of(kind, harm, told);
	}

	@Test
	void everyMasterIsOneServerWithAnAddressADiskAndACertificateOfItsOwn() {
		assertThat(this.overlay.masters()).hasSize(this.count).allSatisfy((master) -> {
			assertThat(Overlay.spec(master).get("replicas").getAsInt()).isOne();
			JsonObject service = this.overlay.serviceOf(master);
			assertThat(Overlay.spec(master).get("serviceName").getAsString()).isEqualTo(Overlay.name(service))
				.isEqualTo(Overlay.name(master));
			assertThat(this.overlay.workloads())
				.filteredOn((other) -> Overlay.selects(Overlay.spec(service).getAsJsonObject("selector"), other))
				.containsExactly(master);
			assertThat(Overlay.list(Overlay.spec(master), "volumeClaimTemplates")).hasSize(1);
			assertThat(this.overlay.all("Certificate"))
				.filteredOn((certificate) -> Overlay.strings(Overlay.spec(certificate), "dnsNames")
					.contains(Overlay.name(service)))
				.singleElement()
				.satisfies((certificate) -> assertThat(Overlay.list(Overlay.pod(master), "volumes"))
					.filteredOn((volume) -> volume.has("secret"))
					.extracting((volume) -> volume.getAsJsonObject("secret").get("secretName"))
					.contains(Overlay.spec(certificate).get("secretName")));
		});
		assertThat(this.overlay.masters()).extracting((master) -> Overlay.pod(master).get("volumes"))
			.doesNotHaveDuplicates();
	}

	@Test
	void everySelectorSelectsThePodsOfItsWorkload() {
		assertThat(this.overlay.workloads()).allSatisfy((workload) -> assertThat(Overlay
			.selects(Overlay.spec(workload).getAsJsonObject("selector").getAsJsonObject("matchLabels"), workload))
			.isTrue());
		assertThat(this.overlay.all("Service")).allSatisfy((service) -> {
			List<JsonObject> selected = this.overlay.workloads()
				.stream()
				.filter((workload) -> Overlay.selects(Overlay.spec(service).getAsJsonObject("selector"), workload))
				.toList();
			assertThat(selected).hasSize(1);
			assertThat(Overlay.list(Overlay.container(selected.get(0)), "ports")).extracting((port) -> port.get("name"))
				.contains(Overlay.list(Overlay.spec(service), "ports").get(0).get("targetPort"));
		});
	}

	@Test
	void whatIsMountedOrReadIsThere() {
		Set<String> issued = new HashSet<>();
		this.overlay.all("Certificate")
			.forEach((certificate) -> issued.add(Overlay.spec(certificate).get("secretName").getAsString()));
		assertThat(this.overlay.workloads()).allSatisfy((workload) -> {
			JsonObject pod = Overlay.pod(workload);
			Set<JsonElement> volumes = new HashSet<>();
			Overlay.list(pod, "volumes").forEach((volume) -> {
				volumes.add(volume.get("name"));
				if (volume.has("configMap")) {
					this.overlay.get("ConfigMap", volume.getAsJsonObject("configMap").get("name").getAsString());
				}
				if (volume.has("secret")) {
					String secret = volume.getAsJsonObject("secret").get("secretName").getAsString();
					if (!issued.contains(secret)) {
						this.overlay.get("Secret", secret);
					}
				}
			});
			Overlay.list(Overlay.spec(workload), "volumeClaimTemplates")
				.forEach((claim) -> volumes.add(claim.getAsJsonObject("metadata").get("name")));
			assertThat(Overlay.list(Overlay.container(workload), "volumeMounts"))
				.extracting((mount) -> mount.get("name"))
				.containsExactlyInAnyOrderElementsOf(volumes);
			Overlay.list(Overlay.container(workload), "env")
				.stream()
				.filter((variable) -> variable.has("valueFrom"))
				.map((variable) -> variable.getAsJsonObject("valueFrom").getAsJsonObject("secretKeyRef"))
				.forEach((key) -> assertThat(this.overlay.get("Secret", key.get("name").getAsString())
					.getAsJsonObject("data")
					.has(key.get("key").getAsString())).isTrue());
		});
		assertThat(this.overlay.all("Certificate")).allSatisfy((certificate) -> this.overlay.get("Issuer",
				Overlay.spec(certificate).getAsJsonObject("issuerRef").get("name").getAsString()));
		assertThat(issued).contains(Overlay.spec(this.overlay.get("Issuer", "redlock"))
			.getAsJsonObject("ca")
			.get("secretName")
			.getAsString());
	}

	@Test
	void theApplicationListsEveryMasterOnce() {
		assertThat(Overlay.list(redlock(), "nodes").stream().map((node) -> node.get("address").getAsString()))
			.containsExactlyElementsOf(this.overlay.masters()
				.stream()
				.map((master) -> "rediss://" + Overlay.name(this.overlay.serviceOf(master)) + ":" + PORT)
				.toList());
	}

	@Test
	void oneOfAllMastersMayBeEvictedAtATime() {
		JsonObject budget = Overlay.spec(this.overlay.get("PodDisruptionBudget", MASTER));
		assertThat(budget.get("maxUnavailable").getAsInt()).isOne();
		assertThat(selected(budget.getAsJsonObject("selector").getAsJsonObject("matchLabels")))
			.containsExactlyElementsOf(this.overlay.masters());
		assertThat(this.overlay.masters()).allSatisfy(
				(master) -> assertThat(Overlay.spec(master).getAsJsonObject("updateStrategy").get("type").getAsString())
					.isEqualTo("OnDelete"));
	}

	@Test
	void noHostHasTwoMastersAndNoZoneMoreThanItsShare() {
		assertThat(this.overlay.masters()).allSatisfy((master) -> {
			JsonObject rule = Overlay
				.list(Overlay.pod(master).getAsJsonObject("affinity").getAsJsonObject("podAntiAffinity"),
						"requiredDuringSchedulingIgnoredDuringExecution")
				.get(0);
			JsonObject spread = Overlay.list(Overlay.pod(master), "topologySpreadConstraints").get(0);
			assertThat(rule.get("topologyKey").getAsString()).isEqualTo("kubernetes.io/hostname");
			assertThat(spread.get("topologyKey").getAsString()).isEqualTo("topology.kubernetes.io/zone");
			assertThat(Stream.of(rule, spread))
				.allSatisfy((constraint) -> assertThat(constraint.getAsJsonObject("labelSelector").toString())
					.isEqualTo("{\"matchExpressions\":[{\"key\":\"app.kubernetes.io/name\",\"operator\":\"In\","
							+ "\"values\":[\"redlock-master\"]}]}"));
		});
	}

	@Test
	void onlyApplicationsThatSaySoReachTheMastersAndOnlyByTls() {
		JsonObject policy = Overlay.spec(this.overlay.get("NetworkPolicy", MASTER));
		assertThat(selected(policy.getAsJsonObject("podSelector").getAsJsonObject("matchLabels")))
			.containsExactlyElementsOf(this.overlay.masters());
		assertThat(Overlay.strings(policy, "policyTypes")).containsExactly("Ingress", "Egress");
		assertThat(policy.has("egress")).isFalse();
		JsonObject ingress = Overlay.list(policy, "ingress").get(0);
		assertThat(Overlay.list(policy, "ingress")).hasSize(1);
		assertThat(Overlay.list(ingress, "from")).singleElement()
			.satisfies(
					(from) -> assertThat(selected(from.getAsJsonObject("podSelector").getAsJsonObject("matchLabels")))
						.containsExactly(this.overlay.get("Deployment", "shop")));
		assertThat(Overlay.list(ingress, "ports")).singleElement()
			.satisfies((port) -> assertThat(port.get("port").getAsInt()).isEqualTo(PORT));
		assertThat(setting("tls-port")).isEqualTo(Integer.toString(PORT));
		assertThat(setting("port")).isEqualTo("0");
		assertThat(this.overlay.masters()).allSatisfy((master) -> {
			assertThat(Overlay.list(Overlay.container(master), "ports")).singleElement()
				.satisfies((port) -> assertThat(port.get("containerPort").getAsInt()).isEqualTo(PORT));
			assertThat(Overlay.list(Overlay.spec(this.overlay.serviceOf(master)), "ports")).singleElement()
				.satisfies((port) -> assertThat(port.get("port").getAsInt()).isEqualTo(PORT));
		});
	}

	@Test
	void aMasterIsReadyOnlyAfterItsQuarantineAndKilledOnlyWhenSilentForLonger() {
		Duration maxLease = DurationStyle.detectAndParse(redlock().get("max-lease").getAsString());
		Duration quarantine = maxLease.plus(maxLease.dividedBy(100)).plusMillis(2);
		assertThat(this.overlay.masters()).allSatisfy((master) -> {
			JsonObject container = Overlay.container(master);
			JsonObject liveness = container.getAsJsonObject("livenessProbe");
			// the server counts its uptime in whole seconds
			assertThat(seconds(container.getAsJsonObject("readinessProbe"), "initialDelaySeconds"))
				.isGreaterThan(quarantine.plusSeconds(1));
			assertThat(seconds(liveness, "periodSeconds").multipliedBy(liveness.get("failureThreshold").getAsInt()))
				.isGreaterThan(quarantine);
			assertThat(this.overlay.serviceOf(master)
				.getAsJsonObject("spec")
				.get("publishNotReadyAddresses")
				.getAsBoolean()).isTrue();
		});
	}

	@Test
	void theApplicationHasTimeToGiveItsLocksBack() {
		JsonObject shop = this.overlay.get("Deployment", "shop");
		Duration pause = seconds(Overlay.container(shop)
			.getAsJsonObject("lifecycle")
			.getAsJsonObject("preStop")
			.getAsJsonObject("sleep"), "seconds");
		Duration requests = DurationStyle.detectAndParse(configuration("shop").getAsJsonObject("spring")
			.getAsJsonObject("lifecycle")
			.get("timeout-per-shutdown-phase")
			.getAsString());
		assertThat(seconds(Overlay.pod(shop), "terminationGracePeriodSeconds"))
			.isGreaterThanOrEqualTo(pause.plus(requests).plusSeconds(10));
	}

	@Test
	void everyContainerIsRestrictedAndItsImagePinned() {
		assertThat(this.overlay.workloads()).hasSize(this.count + 2).allSatisfy((workload) -> {
			assertThat(Overlay.pod(workload).get("automountServiceAccountToken").getAsBoolean()).isFalse();
			assertThat(Overlay.pod(workload).getAsJsonObject("securityContext").get("runAsNonRoot").getAsBoolean())
				.isTrue();
			assertThat(Overlay.pod(workload).getAsJsonObject("securityContext").get("seccompProfile"))
				.hasToString("{\"type\":\"RuntimeDefault\"}");
			assertThat(Overlay.list(Overlay.pod(workload), "containers")).singleElement().satisfies((container) -> {
				assertThat(container.get("securityContext"))
					.hasToString("{\"allowPrivilegeEscalation\":false,\"readOnlyRootFilesystem\":true,"
							+ "\"capabilities\":{\"drop\":[\"ALL\"]}}");
				assertThat(container.get("image").getAsString()).matches(".+:\\d+\\.\\d+\\.\\d+");
			});
		});
	}

	@Test
	void aFullMasterStaysFarBelowTheMemoryThatItsPodMayHave() {
		DataSize full = DataSize.parse(setting("maxmemory").replace("mb", "MB"));
		assertThat(setting("maxmemory-policy")).isEqualTo("noeviction");
		assertThat(this.overlay.masters()).allSatisfy((master) -> {
			String limit = Overlay.container(master)
				.getAsJsonObject("resources")
				.getAsJsonObject("limits")
				.get("memory")
				.getAsString();
			assertThat(DataSize.parse(limit.replace("Mi", "MB")).toBytes()).isGreaterThanOrEqualTo(2 * full.toBytes());
		});
	}

	@Test
	void theRuleForTheApplicationIsTheDocumentedOneAndNobodyElseMayMore() {
		assertThat(Overlay.document("deploy/kubernetes/secrets/users.acl.template").lines()).containsExactly(
				"user default off ~* &* +@all",
				Overlay.document("docs/operations.md")
					.lines()
					.filter((line) -> line.startsWith("user redlock on "))
					.findFirst()
					.orElseThrow(),
				"user probe on nopass resetkeys resetchannels -@all +ping");
	}

	private List<JsonObject> selected(JsonObject labels) {
		return this.overlay.workloads().stream().filter((workload) -> Overlay.selects(labels, workload)).toList();
	}

	private JsonObject redlock() {
		return configuration("redlock").getAsJsonObject("redlock");
	}

	private JsonObject configuration(String name) {
		JsonPrimitive file = this.overlay.get("ConfigMap", name)
			.getAsJsonObject("data")
			.getAsJsonPrimitive("application.yml");
		return Yaml.documents(file.getAsString()).get(0);
	}

	private String setting(String name) {
		String file = this.overlay.get("ConfigMap", MASTER).getAsJsonObject("data").get("redis.conf").getAsString();
		return Pattern.compile("(?m)^" + name + " (.*)$")
			.matcher(file)
			.results()
			.map((found) -> found.group(1))
			.findFirst()
			.orElseThrow();
	}

	private static Duration seconds(JsonObject object, String field) {
		return Duration.ofSeconds(object.get(field).getAsLong());
	}

}
