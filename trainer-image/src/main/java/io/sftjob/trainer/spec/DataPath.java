package io.sftjob.trainer.spec;

import io.sftjob.api.v1alpha1.DataSource;
import io.sftjob.api.v1alpha1.Decimals;
import io.sftjob.api.v1alpha1.WeightedSource;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A source of rows on this machine.
 *
 * @param field of the spec
 * @param path a file, a folder or a pattern
 * @param weight how often each row is seen in an epoch
 */
public record DataPath(String field, Path path, double weight) {
  static List<DataPath> of(String parent, DataSource data, PathResolver paths) {
    List<DataPath> all = new ArrayList<>();
    for (WeightedSource source : data.all()) {
      String field = parent + "." + data.field(all.size());
      all.add(
          new DataPath(
              field,
              paths.resolve(field, source.uri()),
              source.weight() == null ? 1 : Decimals.parse(source.weight())));
    }
    return List.copyOf(all);
  }
}
