package io.sftjob.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;

public record DatasetSpec(
    @Required @JsonPropertyDescription("The rows to train on.") DataSource train,
    @JsonPropertyDescription("The rows to evaluate on. Not together with evalFraction.")
        DataSource eval,
    @Pattern(Decimals.PATTERN)
        @Size(max = 16)
        @JsonPropertyDescription(
            "The part of the training rows kept for evaluation, chosen by the seed: \"0.05\".")
        String evalFraction,
    @JsonPropertyDescription(
            "What a row holds (default Auto: Messages if the first row has `messages`, else Text).")
        DatasetFormat format,
    @Size(min = 1, max = 128) @JsonPropertyDescription("The field of a Text row (default `text`).")
        String textField,
    @Size(max = 16384)
        @JsonPropertyDescription(
            "A Jinja chat template to use instead of the checkpoint's own, for Messages.")
        String chatTemplate,
    @JsonPropertyDescription(
            "Which tokens are trained on: All, or the Assistant's turns only (default: Assistant for"
                + " Messages, All for Text).")
        LossTarget loss) {}
