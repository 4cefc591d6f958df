package io.sftjob.trainer.data;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sftjob.api.progress.ExitCode;
import io.sftjob.trainer.TrainerException;
import io.sftjob.trainer.mapped.MappedFile;
import io.sftjob.trainer.safetensors.SafetensorsFile;
import io.sftjob.trainer.safetensors.SafetensorsSlots;
import io.sftjob.trainer.safetensors.TensorInfo;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Prepared data in a safetensors file, so that a run need not tokenize again. Its metadata says
 * what it was made of. Rows that are read stay in the file.
 */
public final class PreparedFile {
  private static final String VERSION = "2";
  private static final String TRAIN = "train";
  private static final String EVAL = "eval";
  private static final ObjectMapper JSON = new ObjectMapper();

  private PreparedFile() {}

  /** What a file was found to be. */
  public sealed interface Loaded {
    /** Made of exactly what was asked for. */
    record Fresh(PreparedData data) implements Loaded {}

    /**
     * Not usable for what was asked for.
     *
     * @param reasons sentences for people
     */
    record Stale(List<String> reasons) implements Loaded {}
  }

  /**
   * What the metadata holds beside the fingerprint.
   *
   * @param apart whether the parts of a row are documents of their own
   * @param files that the rows' origins count
   */
  record Facts(
      Ledger trainLedger,
      Ledger evalLedger,
      Detection detection,
      List<Preview> firstRows,
      int maxLength,
      boolean apart,
      List<Origins.File> files) {}

  /**
   * Writes or replaces the file, whole or not at all.
   *
   * @param data of {@link Preparation}, or read before
   */
  public static void write(Path file, PreparedData data) {
    var train = (PackedRows) data.train();
    var eval = (PackedRows) data.eval();
    List<TensorInfo> tensors = new ArrayList<>(RowTensors.infos(TRAIN, train));
    tensors.addAll(RowTensors.infos(EVAL, eval));
    Path unfinished = file.resolveSibling(file.getFileName() + ".tmp");
    try {
      Files.deleteIfExists(unfinished);
      try (var slots = SafetensorsSlots.create(unfinished, tensors, metadata(data, train))) {
        RowTensors.write(TRAIN, train, slots);
        RowTensors.write(EVAL, eval, slots);
        slots.finish();
      }
      Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new TrainerException(
          ExitCode.StorageUnavailable, file + ": can not be written: " + e.getMessage(), e);
    }
  }

  private static Map<String, String> metadata(PreparedData data, PackedRows rows)
      throws JsonProcessingException {
    var facts =
        new Facts(
            data.trainLedger(),
            data.evalLedger(),
            data.detection(),
            data.firstRows(),
            data.maxLength(),
            rows.apart(),
            rows.origins().files());
    return Map.of(
        "version",
        VERSION,
        "fingerprint",
        JSON.writeValueAsString(data.fingerprint()),
        "facts",
        JSON.writeValueAsString(facts));
  }

  /**
   * @param expected of the settings, files and tokenizer at hand
   */
  public static Loaded read(Path file, Fingerprint expected) {
    try (SafetensorsFile tensors = SafetensorsFile.open(file)) {
      Map<String, String> metadata = tensors.metadata();
      if (!VERSION.equals(metadata.get("version"))) {
        return stale("it is no prepared data of this version of the trainer");
      }
      var fingerprint = JSON.readValue(metadata.get("fingerprint"), Fingerprint.class);
      List<String> differences = expected.differencesFrom(fingerprint);
      if (!differences.isEmpty()) {
        return new Loaded.Stale(differences);
      }
      Facts facts = JSON.readValue(metadata.get("facts"), Facts.class);
      MemorySegment mapped = MappedFile.map(file);
      var origins = new Origins(facts.files());
      return new Loaded.Fresh(
          new PreparedData(
              RowTensors.read(TRAIN, tensors, mapped, origins, facts.apart()),
              RowTensors.read(EVAL, tensors, mapped, origins, facts.apart()),
              facts.trainLedger(),
              facts.evalLedger(),
              facts.detection(),
              facts.firstRows(),
              fingerprint,
              facts.maxLength()));
    } catch (TrainerException | JsonProcessingException | IllegalArgumentException e) {
      return stale("it can not be read: " + e.getMessage());
    }
  }

  private static Loaded stale(String reason) {
    return new Loaded.Stale(List.of(reason));
  }
}
