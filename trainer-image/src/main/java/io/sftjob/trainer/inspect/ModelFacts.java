package io.sftjob.trainer.inspect;

import io.sftjob.trainer.lora.ModuleNames;
import io.sftjob.trainer.model.Checkpoint;
import io.sftjob.trainer.model.DecoderSpec;
import io.sftjob.trainer.weights.TensorSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.LongStream;

/** What a model is made of, from its headers. */
final class ModelFacts {
  private ModelFacts() {}

  static List<Fact> of(Checkpoint checkpoint) {
    DecoderSpec spec = checkpoint.spec();
    TensorSource tensors = checkpoint.tensors();
    return List.of(
        new Fact("family", spec.family()),
        new Fact("parameters", "%,d".formatted(parameters(spec))),
        new Fact("layers", "%,d of hidden size %,d".formatted(spec.layers(), spec.hiddenSize())),
        new Fact("attention", attention(spec.attention())),
        new Fact("MLP", mlp(spec.mlp())),
        new Fact("vocabulary", "%,d".formatted(spec.vocabSize())),
        new Fact("positions", PositionWords.of(spec)),
        new Fact("head", head(spec)),
        new Fact("files", files(tensors)),
        new Fact("stored as", checkpoint.storedDtypes()),
        new Fact("dtype: Auto", checkpoint.autoDtype().name()),
        new Fact("LoRA targets", targets(spec)));
  }

  /** A tensor that stands for two is counted once. */
  private static long parameters(DecoderSpec spec) {
    return spec.layout().shapes(spec).values().stream().mapToLong(ModelFacts::elements).sum();
  }

  private static long elements(long[] shape) {
    return LongStream.of(shape).reduce(1, Math::multiplyExact);
  }

  private static String attention(DecoderSpec.Attention attention) {
    var words = new ArrayList<String>();
    words.add(
        "%d heads, %d of keys and values, dimension %d"
            .formatted(attention.heads(), attention.kvHeads(), attention.headDim()));
    if (attention.inputBias()) {
      words.add("bias of q, k and v");
    }
    if (attention.outputBias()) {
      words.add("bias of the output");
    }
    if (attention.headNorms()) {
      words.add("norms of q and k");
    }
    return String.join(", ", words);
  }

  private static String mlp(DecoderSpec.Mlp mlp) {
    return "SwiGLU of intermediate size %,d%s"
        .formatted(mlp.intermediateSize(), mlp.bias() ? ", with bias" : "");
  }

  private static String head(DecoderSpec spec) {
    return switch (spec.head()) {
      case Linear -> "a matrix of its own, " + spec.layout().head();
      case Tied -> "tied: the embedding, " + spec.layout().embedding();
      case Normalised ->
          "a matrix of its own, its rows scaled to length 1 (NormHead), " + spec.layout().head();
    };
  }

  private static String files(TensorSource tensors) {
    long bytes = tensors.names().stream().mapToLong(tensors::bytes).sum();
    return "%,d tensors, %,d bytes".formatted(tensors.names().size(), bytes);
  }

  /** Short names, of which one can stand for modules at several places of a layer. */
  private static String targets(DecoderSpec spec) {
    List<String> paths = ModuleNames.linears(spec);
    return "%s: %,d modules, the first %s"
        .formatted(ModuleNames.list(paths), paths.size(), paths.getFirst());
  }

  /** A line a tensor, in the order of their names, layers by their numbers. */
  static List<String> tensors(TensorSource tensors) {
    Function<String, String> padded =
        name ->
            Pattern.compile("\\d+")
                .matcher(name)
                .replaceAll(number -> "%9s".formatted(number.group()));
    return tensors.names().stream()
        .sorted(Comparator.comparing(padded))
        .map(
            name ->
                "%s %s %s"
                    .formatted(name, tensors.storedAs(name), Arrays.toString(tensors.shape(name))))
        .toList();
  }
}
