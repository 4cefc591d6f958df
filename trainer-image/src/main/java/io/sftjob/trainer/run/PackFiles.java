package io.sftjob.trainer.run;

import io.sftjob.api.progress.ExitCode;
import io.sftjob.trainer.TrainerException;
import io.sftjob.trainer.data.PackedJson;
import io.sftjob.trainer.data.PackedRow;
import io.sftjob.trainer.data.PreparedData;
import io.sftjob.trainer.source.Found;
import io.sftjob.trainer.spec.RunSettings;
import io.sftjob.trainer.store.WholeFile;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.LongConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where {@code sft prepare} writes the packed rows, as {@link PackedJson}.
 *
 * @param train of the training rows
 * @param eval of the evaluation rows; absent: they are not written
 */
public record PackFiles(Path train, Optional<Path> eval) {
  private static final Logger LOG = LoggerFactory.getLogger(PackFiles.class);

  /** Hears of rows written, of how many. */
  interface Listener {
    void written(long rows, long total);
  }

  /** Finds before the data is read what would fail after it. */
  void require(RunSettings settings) {
    require("--out", train, settings);
    eval.ifPresent(file -> require("--eval-out", file, settings));
    if (eval.isPresent() && same(eval.get(), train)) {
      throw invalid("--out and --eval-out are the same file, %s: name two".formatted(train));
    }
  }

  private static void require(String option, Path file, RunSettings settings) {
    WholeFile.requireWritable(option, file);
    for (Found inputs : Recipe.found(settings)) {
      if (inputs.files().stream().anyMatch(input -> same(file, input.path()))) {
        throw invalid("%s: %s is the data that is read: name another file".formatted(option, file));
      }
    }
  }

  /** Writes one file after the other, each whole or not at all. */
  void write(PreparedData data, Listener listener) {
    long total = data.train().size() + (eval.isPresent() ? data.eval().size() : 0);
    write(train, "training", data.train(), rows -> listener.written(rows, total));
    if (eval.isPresent()) {
      long before = data.train().size();
      write(eval.get(), "evaluation", data.eval(), rows -> listener.written(before + rows, total));
    } else if (!data.eval().isEmpty()) {
      LOG.info(
          "{} packed evaluation rows are not written: name a file with --eval-out",
          data.eval().size());
    }
  }

  private static void write(Path file, String kind, List<PackedRow> rows, LongConsumer written) {
    WholeFile.write(
        file,
        out -> {
          try (var buffered = new BufferedOutputStream(out, 1 << 16)) {
            PackedJson.write(buffered, rows, written::accept);
          }
        });
    LOG.info("{} packed {} rows are in {}", rows.size(), kind, file);
  }

  private static boolean same(Path a, Path b) {
    try {
      return Files.exists(a) && Files.exists(b)
          ? Files.isSameFile(a, b)
          : a.toAbsolutePath().normalize().equals(b.toAbsolutePath().normalize());
    } catch (IOException e) {
      return false;
    }
  }

  private static TrainerException invalid(String message) {
    return new TrainerException(ExitCode.InvalidSpec, message);
  }
}
