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

import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;

import io.github.redlock.RedLockClient;
import io.github.redlock.RedLockListener;
import io.github.redlock.interceptor.LockedMethods;
import io.github.redlock.interceptor.LockedRun;
import io.github.redlock.interceptor.ProxiedMethodsChecker;
import io.github.redlock.interceptor.RedLockedAdvisor;
import io.github.redlock.interceptor.RedLockedAspectBinding;
import io.github.redlock.interceptor.RedLockedInterceptor;
import io.github.redlock.interceptor.WovenMethodsChecker;
import io.github.redlock.interceptor.transaction.CommitGuardRegistrar;
import io.github.redlock.interceptor.transaction.TransactionalLockedRun;
import io.github.redlock.quorum.Clocks;
import io.github.redlock.quorum.LocalMasters;
import io.github.redlock.quorum.Masters;
import io.github.redlock.quorum.QuorumLocks;
import io.github.redlock.quorum.QuorumObserver;
import io.github.redlock.quorum.QuorumRedLockClient;
import io.github.redlock.redisson.RedissonConfigCustomizer;
import io.github.redlock.redisson.RedissonMasters;
import io.github.redlock.redisson.RedissonRedLocks;

import org.springframework.aop.config.AopConfigUtils;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.ConfigurableBeanFactory;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.aop.AopAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.ImportBeanDefinitionRegistrar;
import org.springframework.context.annotation.Role;
import org.springframework.core.type.AnnotationMetadata;
import org.springframework.transaction.TransactionExecutionListener;
import org.springframework.transaction.interceptor.TransactionAttributeSource;
import org.springframework.util.ClassUtils;
import org.springframework.util.function.SingletonSupplier;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for locks on a quorum of Redis
 * masters, or in the memory of this JVM for tests.
 *
 * @since 0.1.0
 */
@AutoConfiguration(before = AopAutoConfiguration.class, after = SslAutoConfiguration.class)
@Conditional(BoundPropertyCondition.OnEnabled.class)
@EnableConfigurationProperties(RedLockProperties.class)
public final class RedLockAutoConfiguration {

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnMissingBean(RedLockClient.class)
	static class ClientConfiguration {

		@Bean
		@ConditionalOnMissingBean(RedLockConnectionDetails.class)
		PropertiesRedLockConnectionDetails redLockConnectionDetails(RedLockProperties properties) {
			return new PropertiesRedLockConnectionDetails(properties);
		}

		@Bean
		ValidatedProperties redLockValidatedProperties(RedLockProperties properties,
				ObjectProvider<RedLockConnectionDetails> connections, ObjectProvider<SslBundles> bundles) {
			return new ValidatedProperties(properties, connections.orderedStream().toList(),
					new MasterBundles(bundles.getIfAvailable()));
		}

		@Bean
		@Conditional(BoundPropertyCondition.OnLocalMode.class)
		LocalMasters redLockLocalMasters(ValidatedProperties properties) {
			return new LocalMasters(properties.keyPrefix());
		}

		@Bean
		@ConditionalOnMissingBean(Masters.class)
		RedissonMasters redLockMasters(ValidatedProperties properties,
				ObjectProvider<RedissonConfigCustomizer> customizers) {
			return new RedissonMasters(properties.addresses(), properties.redissonSettings(),
					customizers.orderedStream().toList());
		}

		@Bean
		RedLockListeners redLockListeners(ObjectProvider<RedLockListener> listeners) {
			return new RedLockListeners(listeners);
		}

		@Bean
		QuorumLocks redLockQuorum(ValidatedProperties properties, Masters masters, RedLockListeners listeners,
				ObjectProvider<QuorumObserver> observer) {
			return new QuorumLocks(masters.nodes(), properties.quorumSettings(), Clocks.system(), masters.timer(),
					nonBlockingRandom(), masters.executor(), listeners,
					observer.getIfAvailable(() -> QuorumObserver.NONE));
		}

		// reads a file only now, not when a lock is wanted on an event loop
		private static SecureRandom nonBlockingRandom() {
			try {
				SecureRandom random = SecureRandom.getInstance("DRBG");
				random.nextLong();
				return random;
			}
			catch (NoSuchAlgorithmException ex) {
				return new SecureRandom();
			}
		}

		@Bean
		EventPublishingListener redLockEventPublishingListener(ApplicationEventPublisher events) {
			return new EventPublishingListener(events);
		}

		@Bean
		@ConditionalOnClass(name = "org.slf4j.spi.LoggingEventBuilder")
		LoggingListener redLockLoggingListener() {
			return new LoggingListener();
		}

		@Bean
		QuorumRedLockClient redLockClient(ValidatedProperties properties, QuorumLocks locks) {
			return new QuorumRedLockClient(locks, properties.defaultOptions());
		}

		@Bean
		@ConditionalOnClass(name = "org.redisson.RedissonRedLock")
		@ConditionalOnMissingBean
		RedissonRedLocks redLockRedissonRedLocks(RedLockClient client, QuorumLocks locks) {
			return new RedissonRedLocks(client, locks);
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class InterceptorConfiguration {

		@Bean
		@ConditionalOnMissingBean
		@Role(BeanDefinition.ROLE_INFRASTRUCTURE)
		static LockedMethods redLockedMethods(ConfigurableBeanFactory beanFactory, RedLockProperties properties) {
			return new LockedMethods(beanFactory,
					(attribute, value) -> ValidatedProperties.check(attribute, value, properties.getMaxLease()));
		}

		@Bean
		@ConditionalOnMissingBean
		@Role(BeanDefinition.ROLE_INFRASTRUCTURE)
		static RedLockedInterceptor redLockedInterceptor(ObjectProvider<RedLockClient> client,
				ObjectProvider<LockedMethods> methods, ObjectProvider<LockedRun> run) {
			return new RedLockedInterceptor(client::getObject, methods::getObject,
					() -> run.getIfAvailable(() -> LockedRun.DIRECT));
		}

	}

	@Configuration(proxyBeanMethods = false)
	@Conditional(BoundPropertyCondition.OnProxies.class)
	@Import(AutoProxyRegistrar.class)
	static class ProxyConfiguration {

		@Bean
		@Role(BeanDefinition.ROLE_INFRASTRUCTURE)
		static ProxiedMethodsChecker redLockedMethodsChecker(ObjectProvider<LockedMethods> methods,
				ConfigurableBeanFactory beanFactory) {
			return new ProxiedMethodsChecker(SingletonSupplier.of(methods::getObject), beanFactory);
		}

		@Bean
		@ConditionalOnMissingBean
		@Role(BeanDefinition.ROLE_INFRASTRUCTURE)
		static RedLockedAdvisor redLockedAdvisor(RedLockedInterceptor interceptor,
				ObjectProvider<RedLockProperties> properties) {
			return new RedLockedAdvisor(interceptor, () -> properties.getObject().getAspect().getOrder());
		}

	}

	@Configuration(proxyBeanMethods = false)
	@Conditional(BoundPropertyCondition.OnWeaving.class)
	static class WeavingConfiguration {

		@Bean
		@Role(BeanDefinition.ROLE_INFRASTRUCTURE)
		static RedLockedAspectBinding redLockedAspectBinding(RedLockedInterceptor interceptor) {
			if (!ClassUtils.isPresent("org.aspectj.lang.ProceedingJoinPoint",
					RedLockedAspectBinding.class.getClassLoader())) {
				throw new InvalidRedLockPropertyException("redlock.aspect.mode", "aspectj",
						"AspectJ is not on the class path", "Add 'org.aspectj:aspectjrt', or remove the property.");
			}
			return new RedLockedAspectBinding(interceptor);
		}

		// bound before the first bean that may call a woven method
		@Bean
		@Role(BeanDefinition.ROLE_INFRASTRUCTURE)
		static WovenMethodsChecker redLockedMethodsChecker(ObjectProvider<LockedMethods> methods,
				RedLockedAspectBinding binding) {
			return new WovenMethodsChecker(SingletonSupplier.of(methods::getObject));
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(TransactionExecutionListener.class)
	static class TransactionConfiguration {

		@Bean
		@Conditional(BoundPropertyCondition.OnCommitGuard.class)
		static CommitGuardRegistrar redLockCommitGuardRegistrar() {
			return new CommitGuardRegistrar();
		}

		@Bean
		@ConditionalOnMissingBean(LockedRun.class)
		TransactionalLockedRun redLockTransactionalRun(RedLockProperties properties,
				ObjectProvider<TransactionAttributeSource> attributes) {
			return new TransactionalLockedRun(properties.getTransaction().getOnActive(),
					() -> attributes.orderedStream().toList());
		}

	}

	/**
	 * So that methods are guarded even where nothing else wants proxies.
	 */
	static class AutoProxyRegistrar implements ImportBeanDefinitionRegistrar {

		@Override
		public void registerBeanDefinitions(AnnotationMetadata importing, BeanDefinitionRegistry registry) {
			AopConfigUtils.registerAutoProxyCreatorIfNecessary(registry);
		}

	}

}
