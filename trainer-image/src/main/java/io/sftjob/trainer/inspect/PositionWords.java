package io.sftjob.trainer.inspect;

import io.sftjob.trainer.model.Alibi;
import io.sftjob.trainer.model.DecoderSpec;
import io.sftjob.trainer.model.RopeScaling;
import io.sftjob.trainer.model.Rotary;
import java.util.ArrayList;

/** How a decoder tells positions apart, in words. */
final class PositionWords {
  private PositionWords() {}

  static String of(DecoderSpec spec) {
    String kind =
        switch (spec.positions()) {
          case Alibi alibi -> "ALiBi";
          case Rotary rotary -> rotary(rotary);
        };
    return "%s; made for %,d".formatted(kind, spec.maxPositions());
  }

  private static String rotary(Rotary rotary) {
    var words = new ArrayList<String>();
    words.add("rotary, base " + number(rotary.theta()));
    String pairing =
        switch (rotary.pairing()) {
          case Half -> "halves";
          case Interleaved -> "neighbouring pairs";
        };
    words.add("%d dimensions of a head (%s)".formatted(rotary.dims(), pairing));
    words.add(scaling(rotary.scaling()));
    if (!rotary.evaluationScaling().equals(rotary.scaling())) {
      words.add("in evaluation " + scaling(rotary.evaluationScaling()));
    }
    rotary
        .lognFrom()
        .ifPresent(
            from -> words.add("in evaluation larger queries beyond %,d (logn)".formatted(from)));
    return String.join(", ", words);
  }

  private static String scaling(RopeScaling scaling) {
    return switch (scaling) {
      case RopeScaling.None none -> "not scaled";
      case RopeScaling.Linear linear -> "linear scaling by " + number(linear.factor());
      case RopeScaling.Dynamic dynamic ->
          "dynamic scaling by %s beyond %,d"
              .formatted(number(dynamic.factor()), dynamic.originalMaxPositions());
      case RopeScaling.QwenNtk ntk ->
          "a larger base beyond %,d (dynamic NTK)".formatted(ntk.originalMaxPositions());
      case RopeScaling.Llama3 llama3 ->
          "Llama 3's scaling by %s of %s"
              .formatted(number(llama3.factor()), number(llama3.originalMaxPositions()));
      case RopeScaling.Yarn yarn ->
          "YaRN by %s of %,d".formatted(number(yarn.factor()), yarn.originalMaxPositions());
      case RopeScaling.Divisors divisors -> "divided by the file's rope_freqs";
    };
  }

  private static String number(double value) {
    return value == Math.rint(value) ? "%,d".formatted((long) value) : String.valueOf(value);
  }
}
