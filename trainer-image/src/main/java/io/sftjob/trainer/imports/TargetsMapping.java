package io.sftjob.trainer.imports;

import io.sftjob.trainer.imports.Note.Kind;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/** Which modules get an adapter, as PEFT reads it. */
record TargetsMapping(Carrier carrier) {
  static final String MODULES = "lora.targetModules";
  static final String REGEX = "lora.targetModulesRegex";
  private static final List<String> ALL = List.of("AllLinear");
  private static final Pattern NAMES = Pattern.compile("[\\w.]+(,\\s*[\\w.]+)*");

  /** What PEFT takes for Llama and Qwen where nothing is said; for ChatGLM its own. */
  void standard(String name, String model) {
    boolean glm = model != null && model.toLowerCase(Locale.ROOT).contains("chatglm");
    carrier
        .draft()
        .set(
            MODULES,
            glm ? List.of("query_key_value") : List.of("q_proj", "v_proj"),
            "PEFT's default");
    carrier
        .draft()
        .note(
            Kind.ToDo,
            name
                + ": not given; PEFT's default depends on the family: [q_proj, v_proj] for Llama and"
                + " Qwen2/3, [query_key_value] for ChatGLM, none for Baichuan and Qwen v1"
                + " (sft inspect --model PATH lists the modules)");
  }

  /** One word is a regular expression to PEFT, but for {@code all-linear}; several are names. */
  void of(String name, List<String> words) {
    if (words.size() == 1 && words.getFirst().equals("all-linear")) {
      carrier.set(name, MODULES, ALL);
    } else if (words.size() > 1) {
      carrier.set(name, MODULES, words);
    } else if (NAMES.matcher(words.getFirst()).matches()) {
      carrier.set(name, MODULES, Values.items(words.getFirst()));
      carrier.note(
          Kind.Differs,
          name,
          "PEFT would take the one word for a regular expression, which no module's path matches;"
              + " taken for names");
    } else {
      carrier.set(name, REGEX, words.getFirst());
    }
  }

  /** LLaMA-Factory's comma-separated names, or {@code all}. */
  void commaSeparated(String name) {
    var names = carrier.arguments().items(name);
    carrier.set(name, MODULES, names.equals(List.of("all")) ? ALL : names);
  }
}
