package io.sftjob.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;

/** One of several sources of rows. */
@ValidationRule(value = Uris.FORM, message = Uris.FORM_MESSAGE)
@ValidationRule(value = Uris.NO_CLIMBING, message = Uris.NO_CLIMBING_MESSAGE)
@ValidationRule(
    value = "!has(self.weight) || (double(self.weight) > 0.0 && double(self.weight) <= 100.0)",
    fieldPath = ".weight",
    message = "weight must be above \"0\" and at most \"100\"; leave out a source without rows")
public record WeightedSource(
    @Required
        @Size(min = 8, max = 1024)
        @JsonPropertyDescription(
            "A file, a folder of files, or a pattern: pvc://CLAIM/PATH or file:///PATH.")
        String uri,
    @Pattern(Decimals.PATTERN)
        @Size(max = 16)
        @JsonPropertyDescription(
            "How often each row is seen in an epoch (default \"1\"): \"2\" is twice, \"0.5\" a half"
                + " of the rows, chosen by the seed.")
        String weight) {}
