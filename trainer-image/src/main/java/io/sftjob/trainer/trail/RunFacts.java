package io.sftjob.trainer.trail;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What is known of a run when its training begins.
 *
 * @param spec every resolved field that is set
 * @param environment versions and machine
 */
public record RunFacts(
    JobFacts job,
    ModelFacts model,
    DataFacts data,
    Map<String, Object> spec,
    Map<String, String> environment) {

  public RunFacts {
    spec = Collections.unmodifiableMap(new LinkedHashMap<>(spec));
    environment = Collections.unmodifiableMap(new LinkedHashMap<>(environment));
  }

  /**
   * @param id the same for every process of the run, and of no other run
   * @param attempt 1, and one more for each process
   * @param output URI of the output folder
   */
  public record JobFacts(String id, String name, int attempt, String output, long totalSteps) {}

  /**
   * @param base as {@code adapter_config.json} names it
   * @param rank the largest of the adapter's
   * @param patterns whether some modules have a rank or an alpha of their own
   * @param wholeModules whether some modules are trained whole
   */
  public record ModelFacts(String base, int rank, boolean patterns, boolean wholeModules) {}

  /**
   * @param sources URIs by "train" and "eval"
   * @param format of the rows, as detected
   * @param target whose tokens are trained on, as detected
   * @param firstRows the first training rows, as the model sees them
   */
  public record DataFacts(
      Map<String, List<String>> sources,
      String format,
      String target,
      List<LedgerFacts> ledgers,
      List<FirstRow> firstRows) {
    public DataFacts {
      sources = Collections.unmodifiableMap(new LinkedHashMap<>(sources));
      ledgers = List.copyOf(ledgers);
      firstRows = List.copyOf(firstRows);
    }
  }
}
