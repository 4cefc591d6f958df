package io.sftjob.trainer.imports;

import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Where a job finds what programs name by a path or by a name on the hub.
 *
 * @param claim the PersistentVolumeClaim of whatever is not on this machine
 */
record Places(String claim) {
  private static final String FILE = "file:///";

  /**
   * A URI.
   *
   * @param elsewhere whether it must be brought there
   */
  record Place(String uri, boolean elsewhere) {}

  /**
   * @param folder of the claim, for names that are no path
   */
  Place of(String name, String folder) {
    if (name.startsWith("pvc://") || name.startsWith(FILE)) {
      return new Place(name, false);
    }
    var path = Path.of(name);
    if (path.isAbsolute() || Files.exists(path)) {
      return new Place("file://" + path.toAbsolutePath().normalize(), false);
    }
    String relative = path.normalize().toString().replaceFirst("^(\\.\\./)+", "");
    return new Place(
        "pvc://%s/%s".formatted(claim, folder.isEmpty() ? relative : folder + "/" + relative),
        true);
  }
}
