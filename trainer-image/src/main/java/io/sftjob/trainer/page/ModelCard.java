package io.sftjob.trainer.page;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.quarkus.qute.RawString;
import io.sftjob.trainer.trail.Cut;
import io.sftjob.trainer.trail.Ending;
import io.sftjob.trainer.trail.Measurement;
import io.sftjob.trainer.trail.Measurement.Kind;
import io.sftjob.trainer.trail.RunFacts;
import io.sftjob.trainer.trail.Sink;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The adapter's {@code README.md} in the form of the Hugging Face hub: what machines read as YAML,
 * then what people read.
 */
public final class ModelCard implements Sink {
  /** The name that the hub knows. */
  public static final String FILE = "README.md";

  private static final YAMLMapper YAML =
      YAMLMapper.builder()
          .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
          .enable(YAMLGenerator.Feature.MINIMIZE_QUOTES)
          .build();
  private static final JsonMapper JSON = new JsonMapper();

  private static final int TABLE_ROWS = 20;

  /** What vLLM takes as {@code --max-lora-rank}. */
  private static final List<Integer> VLLM_RANKS = List.of(8, 16, 32, 64, 128, 256, 320, 512);

  private final List<Measurement> all = new ArrayList<>();
  private RunFacts facts;

  @Override
  public String name() {
    return FILE;
  }

  @Override
  public void begin(RunFacts begun, List<Measurement> earlier, Cut cut) {
    facts = begun;
    all.addAll(earlier);
  }

  @Override
  public void add(Measurement measurement) {
    all.add(measurement);
  }

  @Override
  public void end(Ending ending) {}

  /** Of everything that was added. To be called after a sync of the trail. */
  public String text() {
    return text(facts, all);
  }

  static String text(RunFacts facts, List<Measurement> all) {
    var summary = Summary.of(all);
    var body =
        Templates.of("README.md", Templates.MARKDOWN)
            .data(
                Map.of(
                    "facts",
                    facts,
                    "summary",
                    summary.facts(),
                    "step",
                    all.isEmpty() ? 0 : all.getLast().step(),
                    "evaluation",
                    Table.of(Kind.Evaluation, all, TABLE_ROWS),
                    "ledgers",
                    facts.data().ledgers().stream().map(LedgerTable::of).toList(),
                    "python",
                    new RawString(python(facts.model().base())),
                    "shell",
                    new RawString(shell(facts.model().base())),
                    "gguf",
                    isGguf(facts.model().base()),
                    "name",
                    new RawString(facts.job().name()),
                    "vllmRank",
                    vllmRank(facts.model()).orElse(0)))
            .render();
    return "---\n" + frontMatter(facts) + "---\n\n" + body;
  }

  /** The keys that PEFT and TRL write. */
  private static String frontMatter(RunFacts facts) {
    String base = facts.model().base();
    var matter = new LinkedHashMap<String, Object>();
    matter.put("base_model", base);
    matter.put("library_name", "peft");
    matter.put("pipeline_tag", "text-generation");
    matter.put("datasets", datasets(facts));
    matter.put("tags", List.of("base_model:adapter:" + base, "lora", "sft", "sft-operator"));
    try {
      return YAML.writeValueAsString(matter);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The hub knows names, not URIs: the last part of each. */
  private static List<String> datasets(RunFacts facts) {
    return facts.data().sources().values().stream()
        .flatMap(List::stream)
        .map(uri -> uri.replaceFirst("/+$", "").replaceFirst("^.*/", ""))
        .distinct()
        .toList();
  }

  /** Empty where vLLM does not load the adapter as it is. */
  private static Optional<Integer> vllmRank(RunFacts.ModelFacts model) {
    return model.patterns() || model.wholeModules()
        ? Optional.empty()
        : VLLM_RANKS.stream().filter(rank -> rank >= model.rank()).findFirst();
  }

  /** What transformers loads a checkpoint by. */
  private static String python(String base) {
    int file = base.lastIndexOf('/') + 1;
    return isGguf(base)
        ? "%s, gguf_file=%s"
            .formatted(quoted(base.substring(0, file)), quoted(base.substring(file)))
        : quoted(base);
  }

  private static boolean isGguf(String base) {
    return base.endsWith(".gguf");
  }

  /** JSON's strings are Python's, too. */
  private static String quoted(String text) {
    try {
      return JSON.writeValueAsString(text);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String shell(String text) {
    return text.matches("[\\w./:@-]+") ? text : "'" + text.replace("'", "'\\''") + "'";
  }
}
