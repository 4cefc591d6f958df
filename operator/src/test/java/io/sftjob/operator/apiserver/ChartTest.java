package io.sftjob.operator.apiserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.rbac.ClusterRole;
import io.fabric8.kubernetes.api.model.rbac.PolicyRule;
import io.fabric8.kubernetes.api.model.rbac.Role;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("apiserver")
class ChartTest {
  private static final String[] NAMED = {"--set", "watchNamespaces={team-a,team-b}"};

  @Test
  void lints() {
    assertThat(Chart.run("lint", "--strict", Chart.FOLDER.toString()))
        .contains("0 chart(s) failed");
  }

  @Test
  void holdsTheVeryCrdOfTheRepository() throws IOException {
    var name = "sftjobs.sftjob.io-v1.yml";
    assertThat(Chart.FOLDER.resolve("crds").resolve(name))
        .hasSameBinaryContentAs(Path.of("../crds").resolve(name));
    try (var files = Files.list(Chart.FOLDER.resolve("crds"))) {
      assertThat(files).hasSize(1);
    }
  }

  @Test
  void neverTouchesSecretsNorAsksForEverything() {
    for (var rendered : List.of(Chart.template(), Chart.template(NAMED))) {
      assertThat(rules(rendered))
          .isNotEmpty()
          .allSatisfy(
              rule -> {
                assertThat(rule.getResources()).doesNotContain("secrets", "*");
                assertThat(rule.getVerbs()).doesNotContain("*");
                assertThat(rule.getApiGroups()).doesNotContain("*");
              });
    }
  }

  @Test
  void withNamedNamespacesNothingIsClusterWide() {
    assertThat(Chart.template()).hasAtLeastOneElementOfType(ClusterRole.class);
    var rendered = Chart.template(NAMED);
    assertThat(rendered)
        .extracting(HasMetadata::getKind)
        .doesNotContain("ClusterRole", "ClusterRoleBinding");
    assertThat(rendered)
        .filteredOn(Role.class::isInstance)
        .extracting(r -> r.getMetadata().getNamespace())
        .containsExactlyInAnyOrder("team-a", "team-b", Chart.NAMESPACE);
    assertThat(env(rendered, "QUARKUS_OPERATOR_SDK_NAMESPACES")).isEqualTo("team-a,team-b");
  }

  @Test
  void theOperatorsPodIsRestricted() {
    var pod = deployment(Chart.template()).getSpec().getTemplate().getSpec();
    assertThat(pod.getSecurityContext().getRunAsNonRoot()).isTrue();
    assertThat(pod.getSecurityContext().getSeccompProfile().getType()).isEqualTo("RuntimeDefault");
    assertThat(pod.getHostNetwork()).isNull();
    var container = pod.getContainers().getFirst();
    assertThat(pod.getContainers()).hasSize(1);
    var security = container.getSecurityContext();
    assertThat(security.getAllowPrivilegeEscalation()).isFalse();
    assertThat(security.getReadOnlyRootFilesystem()).isTrue();
    assertThat(security.getCapabilities().getDrop()).containsExactly("ALL");
    assertThat(container.getResources().getLimits()).containsKey("memory");
  }

  @Test
  void valuesReachTheOperator() {
    var rendered =
        Chart.template(
            "--set", "operator.image=o:1,trainer.image=t:2,operator.progress.statusInterval=2s");
    assertThat(
            deployment(rendered)
                .getSpec()
                .getTemplate()
                .getSpec()
                .getContainers()
                .getFirst()
                .getImage())
        .isEqualTo("o:1");
    assertThat(env(rendered, "SFT_TRAINER_IMAGE")).isEqualTo("t:2");
    assertThat(env(rendered, "SFT_PROGRESS_STATUS_INTERVAL")).isEqualTo("2s");
  }

  @Test
  void aMisspelledValueIsRefused() {
    assertThatThrownBy(() -> Chart.template("--set", "trainer.imgae=t:2"))
        .hasMessageContaining("imgae");
  }

  @Test
  void theNetworkPolicyKnowsItsNamespaces() {
    assertThatThrownBy(() -> Chart.template("--set", "networkPolicy.enabled=true"))
        .hasMessageContaining("networkPolicy.namespaces");
    var rendered =
        Chart.template("--set", "networkPolicy.enabled=true,networkPolicy.namespaces={team-a}");
    assertThat(rendered)
        .filteredOn(NetworkPolicy.class::isInstance)
        .singleElement()
        .satisfies(
            p -> {
              assertThat(p.getMetadata().getNamespace()).isEqualTo("team-a");
              var rule = ((NetworkPolicy) p).getSpec().getIngress().getFirst();
              assertThat(rule.getPorts().getFirst().getPort().getIntVal()).isEqualTo(8080);
              assertThat(rule.getFrom()).hasSize(1);
            });
  }

  private static List<PolicyRule> rules(List<HasMetadata> rendered) {
    return rendered.stream()
        .flatMap(
            r ->
                switch (r) {
                  case ClusterRole role -> role.getRules().stream();
                  case Role role -> role.getRules().stream();
                  default -> Stream.<PolicyRule>empty();
                })
        .toList();
  }

  private static Deployment deployment(List<HasMetadata> rendered) {
    return rendered.stream()
        .filter(Deployment.class::isInstance)
        .map(Deployment.class::cast)
        .findFirst()
        .orElseThrow();
  }

  private static String env(List<HasMetadata> rendered, String name) {
    return deployment(rendered)
        .getSpec()
        .getTemplate()
        .getSpec()
        .getContainers()
        .getFirst()
        .getEnv()
        .stream()
        .filter(e -> e.getName().equals(name))
        .map(EnvVar::getValue)
        .findFirst()
        .orElseThrow();
  }
}
