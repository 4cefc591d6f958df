package io.sftjob.trainer.run;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sftjob.api.v1alpha1.EffectiveSpec;
import io.sftjob.trainer.checkpoint.OpenedOutput;
import io.sftjob.trainer.config.RuntimeConfig;
import io.sftjob.trainer.data.Ledger;
import io.sftjob.trainer.data.PreparedData;
import io.sftjob.trainer.data.Preview;
import io.sftjob.trainer.spec.DataPath;
import io.sftjob.trainer.spec.RunSettings;
import io.sftjob.trainer.store.Digest;
import io.sftjob.trainer.trail.FirstRow;
import io.sftjob.trainer.trail.FirstRow.Piece;
import io.sftjob.trainer.trail.LedgerFacts;
import io.sftjob.trainer.trail.LedgerFacts.Drop;
import io.sftjob.trainer.trail.RunFacts;
import io.sftjob.trainer.trail.RunFacts.DataFacts;
import io.sftjob.trainer.trail.RunFacts.JobFacts;
import io.sftjob.trainer.trail.RunFacts.ModelFacts;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A run in the words of its trail. */
final class Facts {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final TypeReference<LinkedHashMap<String, Object>> FIELDS =
      new TypeReference<>() {};

  private Facts() {}

  static RunFacts of(
      RunSettings settings,
      OpenedOutput opened,
      PreparedData data,
      long totalSteps,
      RuntimeConfig config) {
    var owner = opened.ownership().owner();
    // Of an output that one run after the other uses, the first process's time tells them apart.
    String id =
        Digest.sha256(
            (settings.outputUri() + "\n" + owner.begun()).getBytes(StandardCharsets.UTF_8));
    return new RunFacts(
        new JobFacts(id, settings.jobName(), owner.attempt(), settings.outputUri(), totalSteps),
        model(settings),
        data(settings, data, config.pvcRoot()),
        fields(settings.spec()),
        Environment.of(config));
  }

  /** Every resolved field that is set. */
  static Map<String, Object> fields(EffectiveSpec spec) {
    var fields = JSON.convertValue(spec, FIELDS);
    fields.values().removeIf(value -> value == null);
    return fields;
  }

  private static ModelFacts model(RunSettings settings) {
    var lora = Recipe.lora(settings.spec());
    int largest =
        lora.rankPattern().values().stream().mapToInt(r -> r).reduce(lora.rank(), Math::max);
    return new ModelFacts(
        settings.baseModel(),
        largest,
        !lora.rankPattern().isEmpty() || !lora.alphaPattern().isEmpty(),
        !lora.modulesToSave().isEmpty());
  }

  private static DataFacts data(RunSettings settings, PreparedData data, Path pvcRoot) {
    var sources = new LinkedHashMap<String, List<String>>();
    sources.put("train", uris(settings.train(), pvcRoot));
    if (!settings.eval().isEmpty()) {
      sources.put("eval", uris(settings.eval(), pvcRoot));
    }
    var ledgers = new ArrayList<LedgerFacts>();
    ledgers.add(ledger("train", data.trainLedger(), data.train().size(), data.maxLength()));
    if (data.evalLedger().rows() > 0) {
      ledgers.add(ledger("eval", data.evalLedger(), data.eval().size(), data.maxLength()));
    }
    return new DataFacts(
        sources,
        data.detection().format().name(),
        data.detection().loss().name(),
        ledgers,
        data.firstRows().stream().map(Facts::row).toList());
  }

  /** As the spec has it: the place where claims are mounted means nothing to others. */
  private static List<String> uris(List<DataPath> data, Path pvcRoot) {
    return data.stream().map(source -> uri(source.path(), pvcRoot)).toList();
  }

  static String uri(Path path, Path pvcRoot) {
    return path.startsWith(pvcRoot) ? "pvc://" + pvcRoot.relativize(path) : path.toString();
  }

  private static FirstRow row(Preview preview) {
    var pieces = new ArrayList<Piece>();
    preview.pieces().forEach(piece -> pieces.add(new Piece(piece.text(), piece.target())));
    return new FirstRow(pieces, preview.cutTokens() == 0 ? "" : preview.cut());
  }

  private static LedgerFacts ledger(String name, Ledger ledger, int packedRows, int maxLength) {
    return new LedgerFacts(
        name,
        ledger.rows(),
        ledger.droppedRows(),
        ledger.read(),
        ledger.targets(),
        ledger.masked(),
        ledger.dropped(),
        packedRows,
        (double) (ledger.targets() + ledger.masked()) / ((long) packedRows * maxLength),
        ledger.drops().entrySet().stream()
            .map(
                drop ->
                    new Drop(
                        drop.getKey().description(),
                        drop.getValue().count(),
                        drop.getValue().tokens(),
                        drop.getValue().examples()))
            .toList());
  }
}
