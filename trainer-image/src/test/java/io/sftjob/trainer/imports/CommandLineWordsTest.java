package io.sftjob.trainer.imports;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class CommandLineWordsTest {
  private static final Path CASES =
      Path.of("src/test/resources/fixtures/import/command-lines.json");
  private static final Names TRL =
      new Names(KnownArguments.of(Program.trl), Unmapped.of(Program.trl));

  record Case(String line, Map<String, Object> given) {}

  static Stream<Case> cases() throws IOException {
    return new ObjectMapper()
        .readValue(CASES.toFile(), new TypeReference<List<Case>>() {}).stream();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void areReadAsByTrlsParser(Case c) {
    var given = CommandLineWords.parse(TRL, List.of(c.line().split(" "))).values();
    assertThat(given.keySet()).isEqualTo(c.given().keySet());
    c.given()
        .forEach(
            (name, value) ->
                assertThat(Values.same(given.get(name), Values.plain(value)))
                    .as("%s: %s, TRL: %s", name, given.get(name), value)
                    .isTrue());
  }

  @Test
  void whatIsNotKnownKeepsItsWords() {
    var given =
        CommandLineWords.parse(
                TRL, List.of("--novel", "--other", "a", "b", "--third=c", "--seed", "1"))
            .values();
    assertThat(given)
        .containsEntry("novel", true)
        .containsEntry("other", List.of("a", "b"))
        .containsEntry("third", "c")
        .containsKey("seed");
  }

  @Test
  void formerNamesAreTodays() {
    var given = CommandLineWords.parse(TRL, List.of("--max_seq_length", "512"));
    assertThat(given.values()).containsOnlyKeys("max_length");
    assertThat(given.renamed()).containsExactly("max_seq_length: taken for max_length");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          --learning_rate fast | learning_rate is 'fast'; expected a number
          --lora_r 1.5 | lora_r is '1.5'; expected a whole number
          --lora_r --packing | --lora_r needs a value
          --lora_target_modules | --lora_target_modules needs a value
          --packing maybe | unexpected word 'maybe'
          --packing=maybe | packing is 'maybe'; expected true or false
          --seed 1 2 | unexpected word '2'
          --lora_m 1 --lora 2 | --lora could be lora_r, lora_alpha
          """)
  void whatTrlRefusesIsRefused(String line, String message) {
    assertThatThrownBy(() -> CommandLineWords.parse(TRL, List.of(line.split(" "))))
        .hasMessageContaining(message);
  }
}
