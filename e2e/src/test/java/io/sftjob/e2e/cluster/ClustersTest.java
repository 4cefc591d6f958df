package io.sftjob.e2e.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ClustersTest {

  @Test
  void withoutAWishDockerMeansKindAndElseEmbedded() {
    assertThat(Clusters.choose(Optional.empty(), () -> true)).isEqualTo(Clusters.Kind.kind);
    assertThat(Clusters.choose(Optional.empty(), () -> false)).isEqualTo(Clusters.Kind.embedded);
    assertThat(Clusters.choose(Optional.of(""), () -> false)).isEqualTo(Clusters.Kind.embedded);
  }

  @ParameterizedTest
  @EnumSource
  void aWishIsTakenWithoutAskingForDocker(Clusters.Kind kind) {
    var chosen =
        Clusters.choose(
            Optional.of(kind.name()),
            () -> {
              throw new AssertionError("asked for Docker");
            });
    assertThat(chosen).isEqualTo(kind);
  }

  @Test
  void anUnknownWishIsRefusedWithWhatThereIs() {
    assertThatThrownBy(() -> Clusters.choose(Optional.of("minikube"), () -> true))
        .hasMessageContaining("minikube")
        .hasMessageContaining("embedded, kind, k3s or current");
  }
}
