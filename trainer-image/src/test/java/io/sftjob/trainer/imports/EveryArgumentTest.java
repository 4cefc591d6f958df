package io.sftjob.trainer.imports;

import static io.sftjob.trainer.imports.Imported.FACTORY;
import static io.sftjob.trainer.imports.Imported.TRL;
import static io.sftjob.trainer.imports.Imported.fields;
import static io.sftjob.trainer.imports.Imported.of;
import static org.assertj.core.api.Assertions.assertThat;

import io.sftjob.trainer.TrainerException;
import io.sftjob.trainer.imports.Note.Kind;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** No argument is passed over in silence. */
class EveryArgumentTest {
  static Stream<Arguments> everyArgument() {
    return Arrays.stream(Program.values())
        .flatMap(
            program ->
                KnownArguments.of(program).all().stream()
                    .map(known -> Arguments.of(program, known)));
  }

  /** Given alone, with another value than its default, it changes the job or is named. */
  @ParameterizedTest
  @MethodSource("everyArgument")
  void becomesAFieldOrIsNamed(Program program, Known known) {
    var base = new ArrayList<>(List.of((program == Program.trl ? TRL : FACTORY).split(" ")));
    var plain = of(program, base);
    int at = base.indexOf("--" + known.name());
    if (at >= 0) {
      base.subList(at, at + 2).clear();
    }
    base.addAll(List.of("--" + known.name(), another(known)));
    try {
      var result = of(program, base);
      boolean named =
          result.yaml().contains("  # " + known.name() + "\n")
              || result.notes().stream()
                  .anyMatch(n -> n.text().matches("(?s)" + known.name() + "( .*)?:.*"));
      assertThat(named || !fields(result).equals(fields(plain)))
          .as("%s %s", known, result.notes())
          .isTrue();
      assertThat(result.notes()).noneMatch(note -> note.kind() == Kind.Unknown);
    } catch (TrainerException refused) {
      assertThat(refused.getMessage()).contains(known.name());
    }
  }

  private static String another(Known known) {
    return switch (known.type()) {
      case BOOL -> String.valueOf(!Boolean.TRUE.equals(known.value()));
      case INT ->
          known.value() instanceof BigDecimal n ? n.add(BigDecimal.TWO).toPlainString() : "7";
      case FLOAT ->
          known.value() instanceof BigDecimal n
              ? n.multiply(new BigDecimal("0.5")).add(new BigDecimal("0.125")).toPlainString()
              : "0.25";
      case STR -> word(known.name());
      case LIST, DICT -> "novel";
    };
  }

  private static String word(String name) {
    return switch (name) {
      case "lr_scheduler_type" -> "cosine";
      case "lr_scheduler_kwargs" -> "{\"num_cycles\":2}";
      case "loss_type" -> "dft";
      case "dtype" -> "float16";
      default -> "novel";
    };
  }

  @ParameterizedTest
  @MethodSource("programs")
  void theReasonsAreOfArgumentsThatHaveNoField(Program program) {
    var known = KnownArguments.of(program);
    var arguments = new io.sftjob.trainer.imports.Arguments(known, minimal(program));
    var draft = new Draft();
    Mapping.of(program).map(new Carrier(program, arguments, draft), new Places("work"));
    assertThat(Unmapped.of(program).names())
        .filteredOn(arguments::wasRead)
        // Also what evaluation falls back to.
        .isSubsetOf("logging_steps");
  }

  static Stream<Program> programs() {
    return Arrays.stream(Program.values());
  }

  private static Map<String, Object> minimal(Program program) {
    var given = new LinkedHashMap<String, Object>();
    given.put("model_name_or_path", "a/m");
    given.put(program == Program.trl ? "dataset_name" : "dataset", "d");
    return given;
  }
}
