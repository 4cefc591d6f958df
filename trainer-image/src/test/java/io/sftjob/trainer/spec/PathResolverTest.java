package io.sftjob.trainer.spec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sftjob.api.progress.ExitCode;
import io.sftjob.trainer.TrainerException;
import java.nio.file.Path;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Chars;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PathResolverTest {
  private final PathResolver paths = new PathResolver(Path.of("/mnt/pvc"));

  @Example
  void claimsAndFilesHaveTheirPaths() {
    assertThat(paths.resolve("f", "pvc://work/a/b.gguf"))
        .isEqualTo(Path.of("/mnt/pvc/work/a/b.gguf"));
    assertThat(paths.resolve("f", "pvc://work")).isEqualTo(Path.of("/mnt/pvc/work"));
    assertThat(paths.resolve("f", "file:///data/x..y/%2e")).isEqualTo(Path.of("/data/x..y/%2e"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "pvc://work/../other/secret",
        "pvc://work/a/..",
        "file:///a/../../etc/passwd",
        "s3://bucket/key",
        "pvc://Work/a",
        "file://relative",
        "/absolute",
        "pvc:///a"
      })
  void whatLeavesItsRootOrIsNoUriIsRefused(String uri) {
    assertThatThrownBy(() -> paths.resolve("spec.model.uri", uri))
        .isInstanceOfSatisfying(
            TrainerException.class, e -> assertThat(e.code()).isEqualTo(ExitCode.InvalidSpec))
        .hasMessageContaining("spec.model.uri")
        .hasMessageContaining(uri);
  }

  @Property
  void noAcceptedUriLeavesItsClaim(
      @ForAll @Chars({'.', '/', 'a'}) @StringLength(max = 12) String path) {
    String uri = "pvc://work/" + path;
    try {
      var resolved = paths.resolve("f", uri);
      assertThat(resolved.normalize()).startsWithRaw(Path.of("/mnt/pvc/work"));
    } catch (TrainerException refused) {
      assertThat(path).contains("..");
    }
  }
}
