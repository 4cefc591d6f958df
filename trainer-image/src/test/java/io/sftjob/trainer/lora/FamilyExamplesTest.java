package io.sftjob.trainer.lora;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.sftjob.trainer.model.Fixture;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The targets in {@code examples/families} are modules of the family. */
class FamilyExamplesTest {
  @ParameterizedTest
  @CsvSource({
    "baichuan2, family-baichuan2-7b",
    "chatglm3, family-chatglm3",
    "qwen, family-qwen",
    "yi, family-yi",
    "qwen3, family-qwen3"
  })
  void namesModulesOfTheFamily(String example, String fixture) throws IOException {
    JsonNode job =
        new YAMLMapper().readTree(Path.of("../examples/families", example, "sftjob.yaml").toFile());
    List<String> names =
        job.at("/spec/lora/targetModules").valueStream().map(JsonNode::textValue).toList();
    assertThat(names).isNotEmpty();
    if (!(Targets.of(names) instanceof Targets.AllLinear)) {
      List<String> paths = ModuleNames.linears(Fixture.of(fixture).spec());
      assertThat(names)
          .allSatisfy(name -> assertThat(paths).anyMatch(path -> Targets.isEnd(path, name)));
    }
  }
}
