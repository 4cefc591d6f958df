package io.sftjob.trainer.data;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sftjob.api.progress.ExitCode;
import io.sftjob.trainer.TrainerException;
import io.sftjob.trainer.safetensors.HostTensor;
import io.sftjob.trainer.safetensors.SafetensorsFile;
import io.sftjob.trainer.safetensors.SafetensorsWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Prepared data in a safetensors file, so that a run need not tokenize again. Its metadata says
 * what it was made of.
 */
public final class PreparedFile {
  private static final String VERSION = "1";
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

  /** What the metadata holds beside the fingerprint. */
  record Facts(Ledger trainLedger, Ledger evalLedger, Detection detection, List<String> preview) {}

  /** Writes or replaces the file, whole or not at all. */
  public static void write(Path file, PreparedData data) {
    List<HostTensor> tensors = new ArrayList<>();
    tensors.addAll(RowTensors.of("train", data.train()));
    tensors.addAll(RowTensors.of("eval", data.eval()));
    Path unfinished = file.resolveSibling(file.getFileName() + ".tmp");
    try {
      var facts =
          new Facts(data.trainLedger(), data.evalLedger(), data.detection(), data.preview());
      SafetensorsWriter.write(
          unfinished,
          tensors,
          Map.of(
              "version",
              VERSION,
              "fingerprint",
              JSON.writeValueAsString(data.fingerprint()),
              "facts",
              JSON.writeValueAsString(facts)));
      Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new TrainerException(
          ExitCode.StorageUnavailable, file + ": can not be written: " + e.getMessage(), e);
    }
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
      return new Loaded.Fresh(
          new PreparedData(
              RowTensors.read("train", tensors),
              RowTensors.read("eval", tensors),
              facts.trainLedger(),
              facts.evalLedger(),
              facts.detection(),
              facts.preview(),
              fingerprint));
    } catch (TrainerException | JsonProcessingException | IllegalArgumentException e) {
      return stale("it can not be read: " + e.getMessage());
    }
  }

  private static Loaded stale(String reason) {
    return new Loaded.Stale(List.of(reason));
  }
}
