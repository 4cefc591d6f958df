package io.sftjob.trainer.run;

import io.sftjob.trainer.TrainerException;
import io.sftjob.trainer.data.Fingerprint;
import io.sftjob.trainer.data.PreparedData;
import io.sftjob.trainer.data.PreparedFile;
import io.sftjob.trainer.data.PreparedFile.Loaded;
import io.sftjob.trainer.store.Durable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Prepared data that one process leaves to the next. A run can do without it. */
record KeptData(Path file) {
  private static final Logger LOG = LoggerFactory.getLogger(KeptData.class);

  /** What is there, if it was made of what is expected. */
  Optional<PreparedData> read(Supplier<Fingerprint> expected) {
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    return switch (PreparedFile.read(file, expected.get())) {
      case Loaded.Fresh fresh -> {
        LOG.info("Using the prepared data in {}", file);
        yield Optional.of(fresh.data());
      }
      case Loaded.Stale stale -> {
        LOG.info("Preparing anew, not using {}: {}", file, String.join("; ", stale.reasons()));
        yield Optional.empty();
      }
    };
  }

  /** Where tokens may lie until they are kept: a folder of the same volume, which has the room. */
  Path scratch() {
    Path folder = file.toAbsolutePath().getParent();
    while (!Files.exists(folder)) {
      folder = folder.getParent();
    }
    return folder;
  }

  /** Writes the data; what is returned has its tokens there, in the order of its rows. */
  PreparedData keep(PreparedData data) {
    Path unfinished = file.resolveSibling("." + file.getFileName() + ".partial");
    try {
      Durable.createFolders(file.getParent());
      PreparedFile.write(unfinished, data);
      Durable.sync(unfinished);
      Durable.move(unfinished, file);
      if (PreparedFile.read(file, data.fingerprint()) instanceof Loaded.Fresh(var kept)) {
        return kept;
      }
    } catch (TrainerException | IOException e) {
      LOG.warn("The prepared data is not kept for a later process: {}", e.getMessage());
    }
    return data;
  }
}
