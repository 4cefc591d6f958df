package io.sftjob.trainer.lora;

import io.sftjob.api.progress.ExitCode;
import io.sftjob.trainer.TrainerException;
import io.sftjob.trainer.model.DecoderSpec;
import io.sftjob.trainer.safetensors.Dtype;
import io.sftjob.trainer.safetensors.HostTensor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** An adapter in PEFT's files that a training begins with, {@code spec.lora.initFrom}. */
public final class FirstAdapter {
  private static final Logger LOG = LoggerFactory.getLogger(FirstAdapter.class);
  private static final String FIELD = "spec.lora.initFrom";

  private FirstAdapter() {}

  /**
   * Its weights in float32, in the adapter's order. Its dropout, which leaves no trace in them, is
   * not compared.
   *
   * @throws TrainerException if it is not what the configuration describes, saying what to write
   */
  public static List<HostTensor> read(Path folder, DecoderSpec spec, LoraConfig wanted) {
    var saved = PeftFiles.read(folder);
    var placement = Placement.of(spec, wanted, Origin.SPEC);
    var found = Placement.of(spec, saved.config(), new Origin(folder + "/" + PeftFiles.CONFIG));
    if (!found.whole().equals(placement.whole())
        || !computed(saved.config(), found).equals(computed(wanted, placement))) {
      throw new TrainerException(
          ExitCode.InvalidSpec,
          "%s: the adapter in %s is another than spec.lora describes: %s. Set these fields to the adapter's values."
              .formatted(
                  FIELD,
                  folder,
                  differences(
                      Described.of(spec, wanted, placement),
                      Described.of(spec, saved.config(), found))));
    }
    long narrow = saved.tensors().stream().filter(t -> t.dtype() != Dtype.F32).count();
    if (narrow > 0) {
      LOG.info("{} tensors of {} are of 16 bits; they are trained in float32", narrow, folder);
    }
    return LoraTensors.checked(folder.toString(), spec, placement, saved.tensors());
  }

  /** What the values of A and B mean: module, rank, scale. */
  private static List<List<Object>> computed(LoraConfig config, Placement placement) {
    Function<LoraModule, List<Object>> values =
        m -> List.of(m.path(), m.rank(), config.scale(m.rank(), m.alpha()));
    return placement.linears().stream().map(values).toList();
  }

  private static String differences(Described wanted, Described found) {
    var differences = new ArrayList<String>();
    var there = found.fields();
    wanted
        .fields()
        .forEach(
            (field, value) -> {
              if (!value.equals(there.get(field))) {
                differences.add(
                    "%s is %s, the adapter's %s".formatted(field, value, there.get(field)));
              }
            });
    return String.join("; ", differences);
  }
}
