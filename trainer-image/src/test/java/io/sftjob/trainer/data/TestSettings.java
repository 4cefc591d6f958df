package io.sftjob.trainer.data;

import io.sftjob.trainer.source.DataSet;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.Optional;

/** Settings with one thing changed. */
record TestSettings(
    Path file,
    Optional<Path> evalFile,
    Optional<String> chatTemplate,
    Optional<LossOn> lossTarget,
    double fraction,
    Packing packing,
    RowFormat format) {
  static final Path MODEL = Path.of("src/test/resources/fixtures/gguf/tiny-llama.gguf");

  static TestSettings of(Path file) {
    return new TestSettings(
        file,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        0,
        new Packing.BfdSplit(1024, 1000),
        RowFormat.Auto);
  }

  TestSettings eval(Path eval) {
    return new TestSettings(
        file, Optional.of(eval), chatTemplate, lossTarget, fraction, packing, format);
  }

  TestSettings template(String template) {
    return new TestSettings(
        file, evalFile, Optional.of(template), lossTarget, fraction, packing, format);
  }

  TestSettings loss(LossOn loss) {
    return new TestSettings(
        file, evalFile, chatTemplate, Optional.of(loss), fraction, packing, format);
  }

  TestSettings evalFraction(double evalFraction) {
    return new TestSettings(
        file, evalFile, chatTemplate, lossTarget, evalFraction, packing, format);
  }

  TestSettings maxLength(int maxLength) {
    return packing(new Packing.BfdSplit(maxLength, 1000));
  }

  TestSettings packing(Packing other) {
    return new TestSettings(file, evalFile, chatTemplate, lossTarget, fraction, other, format);
  }

  DataSettings build() {
    return new DataSettings(
        MODEL,
        DataSet.of("dataset.train", file),
        evalFile.map(eval -> DataSet.of("dataset.eval", eval)),
        false,
        format,
        "text",
        chatTemplate,
        lossTarget,
        fraction,
        packing,
        42,
        LocalDateTime.of(2024, 7, 26, 0, 0));
  }
}
