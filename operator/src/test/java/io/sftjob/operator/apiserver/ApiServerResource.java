package io.sftjob.operator.apiserver;

import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.util.Map;

/** Points the application under test at an API server of its own. */
public class ApiServerResource implements QuarkusTestResourceLifecycleManager {
  private ApiServer server;

  @Override
  public Map<String, String> start() {
    server = ApiServer.start();
    var config = server.operator();
    return Map.of(
        "quarkus.kubernetes-client.api-server-url",
        config.getMasterUrl(),
        "quarkus.kubernetes-client.ca-cert-file",
        config.getCaCertFile(),
        "quarkus.kubernetes-client.token",
        config.getOauthToken(),
        "sft.trainer.image",
        "sft/trainer:test",
        "sft.leader.namespace",
        Chart.NAMESPACE,
        "quarkus.http.port",
        "0");
  }

  @Override
  public void inject(Object test) {
    if (test instanceof ApplicationTest application) application.use(server.admin());
  }

  @Override
  public void stop() {
    server.close();
  }
}
