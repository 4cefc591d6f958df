package io.sftjob.trainer.weights;

import io.sftjob.api.progress.ExitCode;
import io.sftjob.trainer.TrainerException;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Holds a checkpoint against what the model needs: nothing missing, misshapen or left over. */
public final class Checked {
  private Checked() {}

  /**
   * @param expected shapes by name
   * @param ignorable names that may be there and are not read
   * @throws TrainerException naming the tensors
   */
  public static void require(
      TensorSource source, Map<String, long[]> expected, Set<String> ignorable) {
    var missing = new TreeSet<>(expected.keySet());
    missing.removeAll(source.names());
    var surplus = new TreeSet<>(source.names());
    surplus.removeAll(expected.keySet());
    surplus.removeAll(ignorable);
    if (!missing.isEmpty()) {
      throw refused(
          "%s has no %s%s",
          source.location(),
          list(missing),
          surplus.isEmpty() ? "" : "; unknown to the model are " + list(surplus));
    }
    if (!surplus.isEmpty()) {
      throw refused(
          "%s holds %s, which the model described by its configuration does not have",
          source.location(), list(surplus));
    }
    expected.forEach(
        (name, shape) -> {
          long[] found = source.shape(name);
          if (!Arrays.equals(found, shape)) {
            throw refused(
                "%s: tensor `%s` has shape %s; the configuration implies %s",
                source.location(), name, Arrays.toString(found), Arrays.toString(shape));
          }
        });
  }

  private static String list(Set<String> names) {
    String first = "`" + String.join("`, `", names.stream().limit(5).toList()) + "`";
    return names.size() > 5 ? first + " and %d more".formatted(names.size() - 5) : first;
  }

  private static TrainerException refused(String message, Object... values) {
    return new TrainerException(ExitCode.ModelNotUsable, message.formatted(values));
  }
}
