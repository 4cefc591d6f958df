package io.sftjob.trainer.lora;

import io.sftjob.trainer.lora.WholeModule.Part;
import io.sftjob.trainer.model.DecoderSpec;
import io.sftjob.trainer.model.LinearRole;
import java.util.List;

/**
 * An adapter by its sizes, before anything of it exists.
 *
 * @param linears in the order of computation
 * @param embedding whether it is trained whole
 * @param head whether it is trained whole
 */
public record AdapterPlan(List<Linear> linears, boolean embedding, boolean head, double dropout) {
  public AdapterPlan {
    linears = List.copyOf(linears);
  }

  /** A [rank, in] and B [out, rank] on a module. */
  public record Linear(int layer, LinearRole role, int rank) {
    public long parameters(DecoderSpec spec) {
      return (long) rank * (role.in(spec) + role.out(spec));
    }
  }

  /**
   * @throws io.sftjob.trainer.TrainerException if the configuration does not fit the model
   */
  public static AdapterPlan of(DecoderSpec spec, LoraConfig config) {
    var placement = Placement.of(spec, config, Origin.SPEC);
    return new AdapterPlan(
        placement.linears().stream().map(m -> new Linear(m.layer(), m.role(), m.rank())).toList(),
        placement.whole().stream().anyMatch(module -> module.part() == Part.Embedding),
        placement.whole().stream().anyMatch(module -> module.part() == Part.Head),
        config.dropout());
  }

  /** Those of a layer. */
  public List<Linear> of(int layer) {
    return linears.stream().filter(linear -> linear.layer() == layer).toList();
  }

  /** Of A and B. */
  public long linearParameters(DecoderSpec spec) {
    return linears.stream().mapToLong(linear -> linear.parameters(spec)).sum();
  }

  /** Of what is trained whole. */
  public long wholeParameters(DecoderSpec spec) {
    long matrix = (long) spec.vocabSize() * spec.hiddenSize();
    return (embedding ? matrix : 0) + (head ? matrix : 0);
  }

  /** Below this layer nothing needs a gradient. */
  public int lowestLayer() {
    return embedding ? 0 : linears.getFirst().layer();
  }
}
