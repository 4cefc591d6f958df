package io.sftjob.trainer.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class FactsTest {
  @Test
  void aClaimIsNamedAsInTheSpec() {
    var root = Path.of("/mnt/pvc");
    assertThat(Facts.uri(Path.of("/mnt/pvc/work/data/train.jsonl"), root))
        .isEqualTo("pvc://work/data/train.jsonl");
    assertThat(Facts.uri(Path.of("/home/me/train.jsonl"), root)).isEqualTo("/home/me/train.jsonl");
  }
}
