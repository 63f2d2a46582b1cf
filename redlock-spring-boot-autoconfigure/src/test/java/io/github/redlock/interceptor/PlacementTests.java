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

package io.github.redlock.interceptor;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;

import io.github.redlock.Lease;
import io.github.redlock.RedLocked;
import io.github.redlock.test.EmbeddedRedLock;
import io.github.redlock.test.RedisMasters;
import io.netty.util.HashedWheelTimer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.aop.support.AopUtils;
import org.springframework.beans.factory.FactoryBean;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.OverridingClassLoader;
import org.springframework.core.annotation.AliasFor;
import org.springframework.samples.redlock.SampleService;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Where {@link RedLocked @RedLocked} may stand, with each kind of proxy.
 */
@EmbeddedRedLock
class PlacementTests {

	private static final List<String> NOTHING = List.of("nothing");

	private final ApplicationContextRunner contexts;

	PlacementTests(RedisMasters masters) {
		this.contexts = LockedApplication.runner(masters).withBean(Service.class, ServiceBean::new);
	}

	@ParameterizedTest
	@CsvSource({ "true, true", "true, false", "false, true", "false, false" })
	void guardsWithEveryKindOfProxyWithAndWithoutAspectJ(boolean proxyTargetClass, boolean aspectj) {
		this.contexts.withPropertyValues("spring.aop.proxy-target-class=" + proxyTargetClass)
			.withClassLoader(aspectj ? new FilteredClassLoader("none") : new FilteredClassLoader("org.aspectj"))
			.run((context) -> {
				Service service = context.getBean(Service.class);
				assertThat(AopUtils.isCglibProxy(service)).isEqualTo(proxyTargetClass);
				assertThat(Proxy.isProxyClass(service.getClass())).isEqualTo(!proxyTargetClass);
				assertThat(service.onInterface("a")).containsExactly("ServiceBean.onInterface:a");
				assertThat(service.onClass("b")).containsExactly("ServiceBean.onClass:b");
				assertThat(service.composed("c")).containsExactly("orders:c");
				assertThat(service.generic("d")).containsExactly("generic:d");
				assertThat(service.byDefault("e")).containsExactly("ServiceBean.byDefault:e");
				assertThat(service.inherited("f")).containsExactly("ServiceBean.inherited:f");
				assertThat(service.plain()).isEqualTo(NOTHING);
			});
	}

	@Test
	void guardsWithoutTheAutoConfigurationOfProxies() {
		this.contexts.withPropertyValues("spring.aop.auto=false")
			.run((context) -> assertThat(context.getBean(Service.class).onInterface("a")).isNotEqualTo(NOTHING));
	}

	@Test
	void guardsEveryMethodThatAnAnnotatedClassDeclaresAndThatIsNotPrivate() {
		this.contexts.withBean(Stock.class).run((context) -> {
			Stock stock = context.getBean(Stock.class);
			assertThat(stock.sell()).containsExactly("Stock.sell");
			assertThat(stock.notPublic()).containsExactly("Stock.notPublic");
			assertThat(stock.ofSuperclass()).isEqualTo(NOTHING);
			assertThat(stock).hasToString("the stock");
		});
	}

	@Test
	void prefersTheMethodToTheClass() {
		this.contexts.withBean(Stock.class)
			.run((context) -> assertThat(context.getBean(Stock.class).named()).containsExactly("named"));
	}

	@Test
	void guardsTheMethodsOfAnAnnotatedInterface() {
		this.contexts.withBean(LockedInterface.class, OfLockedInterface::new)
			.run((context) -> assertThat(context.getBean(LockedInterface.class).work())
				.containsExactly("OfLockedInterface.work"));
	}

	@Test
	void guardsAMethodOfAnAnnotatedInterfaceThatASuperclassImplements() {
		this.contexts.withBean(LockedInterface.class, Inheriting::new)
			.run((context) -> assertThat(context.getBean(LockedInterface.class).work())
				.containsExactly("Inheriting.work"));
	}

	@Test
	void namesTheClassOfTheUserAndNotWhatSpringMakesOfIt() {
		this.contexts.withUserConfiguration(Jobs.class)
			.run((context) -> assertThat(context.getBean(Jobs.class).job()).containsExactly("Jobs.job"));
	}

	@Test
	void guardsAClassWhoseNameBeginsAsThoseOfSpringDo() {
		this.contexts.withBean(SampleService.class)
			.run((context) -> assertThat(context.getBean(SampleService.class).keys("a")).isEqualTo("sample:a"));
	}

	@Test
	void looksOnlyAtClassesThatHaveTheAnnotationSomewhere() {
		assertThat(List.of(Stock.class, OfLockedInterface.class, Overriding.class, ServiceBean.class))
			.allMatch(LockedMethods::isCandidate);
		assertThat(List.of(SpringApplication.class, ArrayList.class, HashedWheelTimer.class))
			.noneMatch(LockedMethods::isCandidate);
	}

	@Test
	void looksAlsoAtAClassThatNamesAMissingOne() throws ClassNotFoundException {
		OverridingClassLoader loader = new OverridingClassLoader(new FilteredClassLoader(Missing.class));
		loader.excludeClass(Missing.class.getName());
		assertThat(LockedMethods.isCandidate(Incomplete.class)).isFalse();
		assertThat(LockedMethods.isCandidate(loader.loadClass(Incomplete.class.getName()))).isTrue();
	}

	@Test
	void guardsAMethodThatOverridesAnAnnotatedOne() {
		this.contexts.withBean(Overriding.class)
			.run((context) -> assertThat(context.getBean(Overriding.class).work()).containsExactly("Overriding.work"));
	}

	@Test
	void guardsAMethodThatIsNotPublic() {
		this.contexts.withBean(NotPublic.class)
			.run((context) -> assertThat(context.getBean(NotPublic.class).work()).containsExactly("NotPublic.work"));
	}

	@Test
	void guardsABeanThatIsAProxyByTheNameOfItsInterface() {
		this.contexts.withBean("client", LockedClient.class, () -> proxy(LockedClient.class))
			.withBean("mapper", ProxyFactoryBean.class)
			.run((context) -> {
				assertThat(context.getBean(LockedClient.class).work()).containsExactly("LockedClient.work");
				assertThat(context.getBean(LockedMapper.class).work()).containsExactly("LockedMapper.work");
			});
	}

	@Test
	void doesNotGuardTheFallbackOfAnAnnotatedClass() {
		this.contexts.withBean(WithFallback.class).run((context) -> {
			WithFallback bean = context.getBean(WithFallback.class);
			assertThat(bean.work()).containsExactly("WithFallback.work");
			assertThat(bean.later()).isEqualTo(NOTHING);
		});
	}

	@ParameterizedTest
	@ValueSource(ints = { 1000, 7 })
	void hasTheOrderOfTheProperty(int order) {
		this.contexts.withPropertyValues((order != 1000) ? "redlock.aspect.order=" + order : "a=b")
			.run((context) -> assertThat(context.getBean(RedLockedAdvisor.class).getOrder()).isEqualTo(order));
	}

	@Test
	void doesNothingWhenDisabled() {
		this.contexts.withPropertyValues("redlock.enabled=false")
			.run((context) -> assertThat(context.getBean(Service.class).onInterface("a")).isEqualTo(NOTHING));
	}

	private static <T> T proxy(Class<T> type) {
		return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] { type },
				(proxy, method, arguments) -> method.getName().equals("work") ? locked() : method.getName()));
	}

	private static List<String> locked() {
		try {
			return Lease.current().keys();
		}
		catch (IllegalStateException ex) {
			return NOTHING;
		}
	}

	@Target(ElementType.METHOD)
	@Retention(RetentionPolicy.RUNTIME)
	@RedLocked(name = "orders", lease = "5s")
	@interface OrderLocked {

		@AliasFor(annotation = RedLocked.class, attribute = "key")
		String[] key();

	}

	public interface Generic<T> {

		List<String> generic(T argument);

		@RedLocked("#id")
		List<String> inherited(T id);

	}

	public interface Service extends Generic<String> {

		@RedLocked("#id")
		List<String> onInterface(String id);

		List<String> onClass(String id);

		List<String> composed(String id);

		@RedLocked("#id")
		default List<String> byDefault(String id) {
			return locked();
		}

		List<String> plain();

	}

	public static class Base<T> {

		public List<String> inherited(T argument) {
			return locked();
		}

	}

	public static class ServiceBean extends Base<String> implements Service {

		@Override
		public List<String> onInterface(String renamed) {
			return locked();
		}

		@Override
		@RedLocked("#id")
		public List<String> onClass(String id) {
			return locked();
		}

		@Override
		@OrderLocked(key = "#id")
		public List<String> composed(String id) {
			return locked();
		}

		@Override
		@RedLocked(name = "generic", key = "#text.toLowerCase()")
		public List<String> generic(String text) {
			return locked();
		}

		@Override
		public List<String> plain() {
			return locked();
		}

	}

	public static class Inventory {

		public List<String> ofSuperclass() {
			return locked();
		}

	}

	@RedLocked
	public static class Stock extends Inventory {

		public List<String> sell() {
			return locked();
		}

		@RedLocked(name = "named")
		public List<String> named() {
			return locked();
		}

		List<String> notPublic() {
			return locked();
		}

		@Override
		public String toString() {
			return "the stock";
		}

	}

	@RedLocked
	public interface LockedInterface {

		List<String> work();

	}

	public static class OfLockedInterface implements LockedInterface {

		@Override
		public List<String> work() {
			return locked();
		}

	}

	public static class Worker {

		public List<String> work() {
			return locked();
		}

	}

	public static class Inheriting extends Worker implements LockedInterface {

	}

	@Configuration
	public static class Jobs {

		@RedLocked
		public List<String> job() {
			return locked();
		}

	}

	public interface LockedClient {

		@RedLocked
		List<String> work();

	}

	@RedLocked
	public interface LockedMapper {

		List<String> work();

	}

	static class ProxyFactoryBean implements FactoryBean<LockedMapper> {

		@Override
		public LockedMapper getObject() {
			return proxy(LockedMapper.class);
		}

		@Override
		public Class<?> getObjectType() {
			return LockedMapper.class;
		}

	}

	@RedLocked(fallback = "later")
	public static class WithFallback {

		public List<String> work() {
			return locked();
		}

		public List<String> later() {
			return locked();
		}

	}

	static class Overridden {

		@RedLocked
		List<String> work() {
			return locked();
		}

	}

	static class Overriding extends Overridden {

		@Override
		List<String> work() {
			return locked();
		}

	}

	static class NotPublic {

		@RedLocked
		protected List<String> work() {
			return locked();
		}

	}

	static class Incomplete {

		void use(Missing missing) {
		}

	}

	static class Missing {

	}

}
