package io.sftjob.trainer.checkpoint;

import io.sftjob.trainer.store.Digest;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * What determines a training run, by the spec's own field names. Two runs with equal identities
 * train the same adapter, so the one may go on from the other's checkpoint.
 */
public record TrainingIdentity(SortedMap<String, String> fields) {
  public TrainingIdentity {
    fields = new TreeMap<>(fields);
  }

  public static TrainingIdentity of(Map<String, String> fields) {
    return new TrainingIdentity(new TreeMap<>(fields));
  }

  /** SHA-256 in hex over all fields. */
  public String hash() {
    String lines =
        fields.entrySet().stream()
            .map(e -> e.getKey() + "=" + e.getValue() + "\n")
            .collect(Collectors.joining());
    return Digest.sha256(lines.getBytes(StandardCharsets.UTF_8));
  }

  /** "field: there, here" for each field that differs. */
  public String differencesFrom(TrainingIdentity there) {
    var names = new TreeSet<>(fields.keySet());
    names.addAll(there.fields.keySet());
    return names.stream()
        .filter(n -> !Objects.equals(fields.get(n), there.fields.get(n)))
        .map(n -> "%s was %s, is %s".formatted(n, there.fields.get(n), fields.get(n)))
        .collect(Collectors.joining("; "));
  }
}
