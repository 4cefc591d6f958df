package io.sftjob.trainer.imports;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Arguments as a user gave them.
 *
 * @param values by name, in the order given; a name that the program does not know is kept
 * @param renamed sentences about names that were written otherwise
 */
record Given(Map<String, Object> values, List<String> renamed) {
  Given {
    renamed = List.copyOf(renamed);
  }

  /** These over those of a file. */
  Given over(Given file) {
    var merged = new LinkedHashMap<>(file.values());
    merged.putAll(values);
    var told = new ArrayList<>(file.renamed());
    told.addAll(renamed);
    return new Given(merged, told);
  }
}
