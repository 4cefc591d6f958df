package io.sftjob.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;

@ValidationRule(
    value = "!(has(self.eval) && has(self.evalFraction))",
    fieldPath = ".evalFraction",
    message = "eval and evalFraction exclude each other: keep one")
@ValidationRule(
    value =
        "!has(self.evalFraction) || (double(self.evalFraction) > 0.0 && double(self.evalFraction) <"
            + " 1.0)",
    fieldPath = ".evalFraction",
    message = "evalFraction must lie between \"0\" and \"1\", both excluded")
@ValidationRule(
    value = "!has(self.format) || self.format != 'Messages' || !has(self.textField)",
    fieldPath = ".textField",
    message = "textField has no meaning for format Messages: remove it, or use format Text")
@ValidationRule(
    value = "!has(self.format) || self.format != 'Text' || !has(self.chatTemplate)",
    fieldPath = ".chatTemplate",
    message = "chatTemplate has no meaning for format Text: remove it, or use format Messages")
@ValidationRule(
    value =
        "!has(self.format) || self.format != 'Text' || !has(self.loss) || self.loss != 'Assistant'",
    fieldPath = ".loss",
    message = "format Text has no assistant turns: use loss All, or format Messages")
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
