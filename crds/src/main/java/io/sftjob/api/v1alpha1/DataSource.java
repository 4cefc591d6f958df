package io.sftjob.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;

/** Where rows come from: one place, or several. */
@ValidationRule(
    value = "has(self.uri) != has(self.sources)",
    message = "give either uri or sources")
@ValidationRule(value = "!has(self.uri) || " + Uris.FORM, message = Uris.FORM_MESSAGE)
@ValidationRule(value = "!has(self.uri) || " + Uris.NO_CLIMBING, message = Uris.NO_CLIMBING_MESSAGE)
public record DataSource(
    @Size(min = 8, max = 1024)
        @JsonPropertyDescription(
            "A file (JSON Lines, a JSON array, CSV, plain text, Parquet or Arrow, perhaps .gz or"
                + " .zst), a folder of files, a pattern (*.jsonl), or a folder of"
                + " datasets.save_to_disk: pvc://CLAIM/PATH or file:///PATH.")
        String uri,
    @Size(min = 1, max = 32)
        @JsonPropertyDescription("Several, in the order of reading, instead of uri.")
        List<WeightedSource> sources) {

  /** Each source; uri is one of weight "1". */
  public List<WeightedSource> all() {
    return sources == null ? List.of(new WeightedSource(uri, null)) : sources;
  }

  /** The field of the n-th of {@link #all}. */
  public String field(int n) {
    return sources == null ? "uri" : "sources[%d].uri".formatted(n);
  }
}
