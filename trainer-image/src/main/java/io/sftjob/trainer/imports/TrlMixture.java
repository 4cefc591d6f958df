package io.sftjob.trainer.imports;

import io.sftjob.trainer.imports.Note.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** TRL's {@code datasets}: several, each with a path and what {@code load_dataset} takes. */
record TrlMixture(Carrier carrier) {
  private static final String NAME = "datasets";
  private static final Set<String> READ = Set.of("path", "split", "data_files");

  /** A file, pattern or name for each. */
  List<String> files() {
    var files = new ArrayList<String>();
    for (Object item : (List<?>) carrier.arguments().value(NAME)) {
      if (!(item instanceof Map<?, ?> dataset) || !(dataset.get("path") instanceof String path)) {
        throw Values.invalid(NAME, item, "a list of data sets, each with its path");
      }
      if (dataset.get("data_files") == null) {
        String split = dataset.get("split") instanceof String given ? given : "train";
        files.addAll(Sources.split(path, split));
      } else {
        files.addAll(Values.items(dataset.get("data_files")));
      }
      dataset.forEach((key, value) -> tell(path, key.toString(), value));
    }
    return files;
  }

  private void tell(String path, String key, Object value) {
    if (!READ.contains(key) && value != null) {
      carrier
          .draft()
          .note(
              Kind.Lost,
              "%s %s.%s %s: %s"
                  .formatted(
                      NAME,
                      path,
                      key,
                      Values.text(value),
                      key.equals("fraction")
                          ? "a share of the mixture; weight says how often a source's rows are seen"
                          : "put those rows where the source points to"));
    }
  }
}
