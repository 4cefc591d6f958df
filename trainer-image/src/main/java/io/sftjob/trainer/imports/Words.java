package io.sftjob.trainer.imports;

import io.sftjob.api.progress.ExitCode;
import io.sftjob.trainer.TrainerException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What a user typed, in one of the programs' forms: {@code --name value …}, {@code --config FILE
 * --name value …}, {@code FILE name=value …}; a launcher before it is passed over ({@code python
 * sft.py}, {@code trl sft}, {@code llamafactory-cli train}).
 *
 * @param file arguments of a file
 * @param line the words besides it
 */
record Words(Map<String, Object> file, List<String> line) {
  private static final String CONFIG = "--config";

  /** A script, a module or a command behind which its arguments begin. */
  private static final Pattern LAUNCHED = Pattern.compile("(.*[./])?(sft|train)(\\.py)?|.*\\.py");

  static Words read(List<String> words) {
    var line = new ArrayList<>(withoutLauncher(words));
    Optional<String> file = Optional.empty();
    if (!line.isEmpty() && ArgumentsFile.isOne(line.getFirst())) {
      file = Optional.of(line.removeFirst());
    }
    int config = line.indexOf(CONFIG);
    if (config >= 0) {
      if (config + 1 == line.size()) {
        throw invalid(CONFIG + " needs a file");
      }
      line.remove(config);
      file = Optional.of(line.remove(config));
    }
    if (file.isEmpty() && line.isEmpty()) {
      throw invalid(
          "no arguments; give those of TRL's script (--model_name_or_path … --learning_rate …), or a"
              + " YAML or JSON file of TRL's or LLaMA-Factory's");
    }
    return new Words(
        file.map(f -> ArgumentsFile.read(Path.of(f))).orElseGet(LinkedHashMap::new),
        line.stream().map(Words::dashed).toList());
  }

  /** {@code name=value}, as LLaMA-Factory takes it behind a file. */
  private static String dashed(String word) {
    return word.matches("[a-z_]+=.*") ? "--" + word : word;
  }

  private static List<String> withoutLauncher(List<String> words) {
    if (words.isEmpty()
        || words.getFirst().startsWith("--")
        || ArgumentsFile.isOne(words.getFirst())) {
      return words;
    }
    for (int i = 0; i < words.size(); i++) {
      String word = words.get(i);
      if (LAUNCHED.matcher(word).matches()) {
        return words.subList(i + 1, words.size());
      }
    }
    throw invalid(
        "unexpected word '%s'; expected --name value, or a .yaml or .json file"
            .formatted(words.getFirst()));
  }

  /** The one that alone knows more of the names. */
  Program program() {
    return foreign(Program.llamafactory, Program.trl) > foreign(Program.trl, Program.llamafactory)
        ? Program.llamafactory
        : Program.trl;
  }

  private long foreign(Program program, Program other) {
    var known = KnownArguments.of(program);
    var others = KnownArguments.of(other);
    return names().stream()
        .filter(name -> known.find(name).isPresent() && others.find(name).isEmpty())
        .count();
  }

  private List<String> names() {
    var names = new ArrayList<>(file.keySet());
    line.stream()
        .filter(word -> word.startsWith("--"))
        .map(word -> word.substring(2).replaceFirst("=.*", "").replace('-', '_'))
        .forEach(names::add);
    return names;
  }

  /** The line over the file. */
  Given given(Names names) {
    return CommandLineWords.parse(names, line).over(ArgumentsFile.arguments(names, file));
  }

  private static TrainerException invalid(String message) {
    return new TrainerException(ExitCode.InvalidSpec, message);
  }
}
