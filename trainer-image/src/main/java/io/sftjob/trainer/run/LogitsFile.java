package io.sftjob.trainer.run;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sftjob.api.progress.ExitCode;
import io.sftjob.trainer.TrainerException;
import io.sftjob.trainer.safetensors.Dtype;
import io.sftjob.trainer.safetensors.HostTensor;
import io.sftjob.trainer.safetensors.SafetensorsWriter;
import io.sftjob.trainer.store.StorageFailure;
import io.sftjob.trainer.torch.Autograd;
import io.sftjob.trainer.torch.HostMemory;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Logits of rows of token ids, as a safetensors file: {@code logits.N} of row N, float32. */
public final class LogitsFile {
  private static final ObjectMapper JSON =
      new ObjectMapper()
          .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  private LogitsFile() {}

  /**
   * @param ids a JSON list of lists of token ids
   * @throws TrainerException {@link ExitCode#DataNotUsable} if the ids are not the model's
   */
  public static void write(AdaptedModel model, Path ids, Path out) {
    int[][] rows = read(ids);
    var tensors = new ArrayList<HostTensor>();
    for (int i = 0; i < rows.length; i++) {
      tensors.add(logits(model, ids, i, rows[i]));
    }
    try {
      SafetensorsWriter.write(out, tensors, SafetensorsWriter.PYTORCH);
    } catch (IOException e) {
      throw StorageFailure.of("Writing " + out, e);
    }
  }

  private static int[][] read(Path ids) {
    try {
      int[][] rows = JSON.readValue(Files.readAllBytes(ids), int[][].class);
      if (rows == null) {
        throw unusable("%s: expected a JSON list of lists of ids, not null", ids);
      }
      if (rows.length == 0) {
        throw unusable("%s: holds no row", ids);
      }
      return rows;
    } catch (JsonProcessingException e) {
      throw unusable("%s: expected a JSON list of lists of ids: %s", ids, e.getOriginalMessage());
    } catch (IOException e) {
      throw StorageFailure.of("Reading " + ids, e);
    }
  }

  private static HostTensor logits(AdaptedModel model, Path file, int index, int[] ids) {
    int vocabulary = model.model().spec().vocabSize();
    if (ids == null || ids.length == 0) {
      throw unusable("%s: row %d is empty", file, index);
    }
    for (int id : ids) {
      if (id < 0 || id >= vocabulary) {
        throw unusable(
            "%s: row %d holds the id %d; the model's ids are 0 to %d",
            file, index, id, vocabulary - 1);
      }
    }
    if (4L * ids.length * vocabulary > Integer.MAX_VALUE) {
      throw unusable(
          "%s: row %d has %d tokens; its logits would take more than 2 GiB. Split it.",
          file, index, ids.length);
    }
    var decoder = model.model().decoder();
    try (NDManager scope = model.model().kernels().manager().newSubManager();
        var mode = Autograd.notRecording()) {
      var sequences = decoder.evaluated(scope, ids, new long[] {ids.length});
      NDArray logits = decoder.logits(scope, sequences, model.adapter());
      ByteBuffer data = HostMemory.download(List.of(logits)).getFirst();
      return new HostTensor(
          "logits." + index, Dtype.F32, new long[] {ids.length, vocabulary}, data);
    }
  }

  private static TrainerException unusable(String message, Object... values) {
    return new TrainerException(ExitCode.DataNotUsable, message.formatted(values));
  }
}
