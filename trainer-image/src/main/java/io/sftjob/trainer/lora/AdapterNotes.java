package io.sftjob.trainer.lora;

import io.sftjob.trainer.model.DecoderSpec;
import java.util.ArrayList;
import java.util.List;

/** What a person should know of an adapter before it is trained. */
public final class AdapterNotes {
  private AdapterNotes() {}

  /**
   * @throws io.sftjob.trainer.TrainerException if the configuration does not fit the model
   */
  public static List<String> of(DecoderSpec spec, LoraConfig config) {
    var placement = Placement.of(spec, config, Origin.SPEC);
    var notes = new ArrayList<String>();
    var paths = placement.linears().stream().map(LoraModule::path).toList();
    notes.add(
        "Adapter on %d linear modules (%s): %,d weights are trained"
            .formatted(paths.size(), ModuleNames.list(paths), weights(spec, placement)));
    if (!placement.whole().isEmpty()) {
      notes.add(
          "Trained whole: %s. vLLM loads no such adapter; `sft merge` makes a model that it loads"
              .formatted(
                  String.join(", ", placement.whole().stream().map(WholeModule::path).toList())));
      if (spec.tiedEmbeddings()) {
        notes.add(
            "In the model, embedding and head are one tensor; in the adapter they come apart, as in PEFT");
      }
    }
    if (placement.linears().stream()
        .anyMatch(m -> config.scale(m.rank(), m.alpha()) != config.scale())) {
      notes.add(
          "By the patterns, modules have scales of their own. vLLM does not know patterns and would scale all alike; `sft merge` makes a model that it loads");
    }
    return notes;
  }

  private static long weights(DecoderSpec spec, Placement placement) {
    long linears =
        placement.linears().stream()
            .mapToLong(m -> (long) m.rank() * (m.role().in(spec) + m.role().out(spec)))
            .sum();
    return linears + (long) placement.whole().size() * spec.vocabSize() * spec.hiddenSize();
  }
}
