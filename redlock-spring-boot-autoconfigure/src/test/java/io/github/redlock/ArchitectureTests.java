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

package io.github.redlock;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.syntax.ArchRuleDefinition;
import com.tngtech.archunit.library.Architectures;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;
import org.junit.jupiter.api.Test;
import org.redisson.api.RedissonClient;

import org.springframework.context.annotation.Bean;

/**
 * The arrows between the packages.
 */
class ArchitectureTests {

	private static final String ROOT = "io.github.redlock";

	private static final JavaClasses CLASSES = new ClassFileImporter()
		.withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
		.importPackages(ROOT);

	@Test
	void arrowsPointOnlyTowardsTheTop() {
		Architectures.layeredArchitecture()
			.consideringOnlyDependenciesInAnyPackage(ROOT + "..")
			.layer("root")
			.definedBy(ROOT)
			.layer("quorum")
			.definedBy(ROOT + ".quorum..")
			.layer("redisson")
			.definedBy(ROOT + ".redisson..")
			.layer("interceptor")
			.definedBy(ROOT + ".interceptor..")
			.layer("autoconfigure")
			.definedBy(ROOT + ".autoconfigure..")
			.whereLayer("autoconfigure")
			.mayNotBeAccessedByAnyLayer()
			.whereLayer("interceptor")
			.mayOnlyBeAccessedByLayers("autoconfigure")
			.whereLayer("redisson")
			.mayOnlyBeAccessedByLayers("autoconfigure")
			.whereLayer("quorum")
			.mayOnlyBeAccessedByLayers("redisson", "autoconfigure")
			.check(CLASSES);
		SlicesRuleDefinition.slices().matching(ROOT + ".(*)..").should().beFreeOfCycles().check(CLASSES);
	}

	@Test
	void whatUsersNameNeedsOnlyTheJdkAndSpringsAnnotations() {
		ArchRuleDefinition.classes()
			.that()
			.resideInAPackage(ROOT)
			.should()
			.onlyDependOnClassesThat()
			.resideInAnyPackage(ROOT, "java..", "org.jspecify..", "org.springframework.core.annotation",
					"org.springframework.aot.hint.annotation")
			.check(CLASSES);
	}

	@Test
	void quorumNeedsOnlyTheJdk() {
		ArchRuleDefinition.classes()
			.that()
			.resideInAPackage(ROOT + ".quorum..")
			.should()
			.onlyDependOnClassesThat()
			.resideInAnyPackage(ROOT, ROOT + ".quorum..", "java..", "org.jspecify..")
			.check(CLASSES);
	}

	@Test
	void onlyTheRedissonPackageKnowsRedisson() {
		ArchRuleDefinition.classes()
			.that()
			.resideInAnyPackage(ROOT + ".interceptor..", ROOT + ".autoconfigure..")
			.should()
			.onlyDependOnClassesThat()
			.resideOutsideOfPackages("org.redisson..", "io.netty..")
			.check(CLASSES);
	}

	@Test
	void onlyTheTransactionPackageKnowsTransactions() {
		ArchRuleDefinition.noClasses()
			.that()
			.resideInAPackage(ROOT + "..")
			.and()
			.resideOutsideOfPackages(ROOT + ".interceptor.transaction", ROOT + ".autoconfigure")
			.should()
			.dependOnClassesThat()
			.resideInAPackage("org.springframework.transaction..")
			.check(CLASSES);
	}

	@Test
	void whatIsOptionalInProductionIsNeededByItsOwnPackageOnly() {
		onlyIn(".autoconfigure.metrics", "io.micrometer..");
		onlyIn(".autoconfigure.health", "org.springframework.boot.health..");
		onlyIn(".autoconfigure.endpoint", "org.springframework.boot.actuate..");
		onlyIn(".autoconfigure.testcontainers", "org.testcontainers..", "org.springframework.boot.testcontainers..");
		onlyIn(".autoconfigure.dockercompose", "org.springframework.boot.docker..");
	}

	private static void onlyIn(String knowing, String... optional) {
		ArchRuleDefinition.noClasses()
			.that()
			.resideInAPackage(ROOT + "..")
			.and()
			.resideOutsideOfPackage(ROOT + knowing)
			.should()
			.dependOnClassesThat()
			.resideInAnyPackage(optional)
			.check(CLASSES);
	}

	@Test
	void onlyOneClassNeedsReactor() {
		ArchRuleDefinition.noClasses()
			.that()
			.haveNameNotMatching(ROOT + ".interceptor.ReactiveExecution.*")
			.should()
			.dependOnClassesThat()
			.resideInAnyPackage("reactor..", "org.reactivestreams..", "io.reactivex..", "kotlin..", "kotlinx..")
			.check(CLASSES);
	}

	@Test
	void onlyOneClassNeedsAspectJ() {
		ArchRuleDefinition.noClasses()
			.that()
			.haveNameNotMatching(ROOT + ".interceptor.RedLockedAspect(\\$.*)?")
			.should()
			.dependOnClassesThat()
			.resideInAPackage("org.aspectj..")
			.check(CLASSES);
	}

	@Test
	void noRedissonClientIsABean() {
		ArchRuleDefinition.methods()
			.that()
			.areAnnotatedWith(Bean.class)
			.should()
			.notHaveRawReturnType(RedissonClient.class)
			.check(CLASSES);
	}

}
