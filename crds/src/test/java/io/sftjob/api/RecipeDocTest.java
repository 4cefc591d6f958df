package io.sftjob.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.sftjob.api.v1alpha1.CheckpointSpec;
import io.sftjob.api.v1alpha1.SFTJobSpec;
import io.sftjob.api.v1alpha1.TrainingSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** {@code docs/recipe.md} is of the API that there is. */
class RecipeDocTest {
  private static final Pattern EXAMPLE = Pattern.compile("```yaml\n(.*?)```", Pattern.DOTALL);

  @Test
  void everyFieldOfTheRecipeIsExplained() throws IOException {
    String text = text();
    Stream.concat(
            Arrays.stream(TrainingSpec.class.getRecordComponents()),
            Arrays.stream(CheckpointSpec.class.getRecordComponents()))
        .forEach(
            field -> assertThat(text).containsPattern("`(checkpoint\\.)?" + field.getName() + "`"));
  }

  @Test
  void theExamplesAreSpecs() throws IOException {
    var examples = EXAMPLE.matcher(text()).results().map(m -> m.group(1)).toList();
    assertThat(examples).hasSizeGreaterThan(2);
    var yaml = new YAMLMapper();
    for (String example : examples) {
      var spec = (ObjectNode) yaml.readTree(example);
      assertThat(yaml.treeToValue(spec, SFTJobSpec.class)).isNotNull();
    }
  }

  private static String text() throws IOException {
    return Files.readString(Path.of("../docs/recipe.md"));
  }
}
