package io.sftjob.trainer.checkpoint;

import io.sftjob.trainer.store.Durable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sets broken folders aside: kept for inspection, their name free again. */
final class Aside {
  private static final Logger LOG = LoggerFactory.getLogger(Aside.class);

  private Aside() {}

  static void set(Path folder, String problem) throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    Path aside = freeName(folder);
    Durable.move(folder, aside);
    LOG.warn("Skipping {}: {}. Kept for inspection as {}", folder, problem, aside.getFileName());
  }

  private static Path freeName(Path folder) {
    for (int n = 1; ; n++) {
      Path name = folder.resolveSibling(folder.getFileName() + ".broken-" + n);
      if (!Files.exists(name)) {
        return name;
      }
    }
  }
}
