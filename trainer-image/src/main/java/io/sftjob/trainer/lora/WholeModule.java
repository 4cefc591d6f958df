package io.sftjob.trainer.lora;

import io.sftjob.trainer.model.DecoderSpec;
import java.util.List;

/**
 * A module that is trained whole, PEFT's {@code modules_to_save}.
 *
 * @param path in transformers
 */
record WholeModule(Part part, String path) {
  /** Which of a decoder's tensors outside of its layers. */
  enum Part {
    Embedding,
    Head
  }

  static List<WholeModule> all(DecoderSpec spec) {
    var layout = spec.layout();
    return List.of(
        new WholeModule(Part.Embedding, path(layout.embedding())),
        new WholeModule(Part.Head, path(layout.head())));
  }

  private static String path(String tensor) {
    return tensor.replaceFirst("\\.weight$", "");
  }

  /** PEFT's name of its weight [vocab, hidden]. */
  String nameOfWeight() {
    return PeftFiles.PREFIX + path + ".weight";
  }

  long[] shape(DecoderSpec spec) {
    return new long[] {spec.vocabSize(), spec.hiddenSize()};
  }
}
