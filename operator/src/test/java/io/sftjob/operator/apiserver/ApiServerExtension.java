package io.sftjob.operator.apiserver;

import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** Gives each test a {@link World} of its own on the one API server of the suite. */
final class ApiServerExtension implements ParameterResolver {
  private static final Namespace STORE = Namespace.create(ApiServerExtension.class);

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == World.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    var suite =
        context.getRoot().getStore(STORE).computeIfAbsent("suite", k -> Suite.start(), Suite.class);
    var world = suite.world();
    context.getStore(STORE).put("world", world);
    return world;
  }
}
