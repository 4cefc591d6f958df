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
    value = "!has(self.textField) || !has(self.format) || self.format in ['Auto', 'Text']",
    fieldPath = ".textField",
    message = "textField has no meaning for this format: remove it, or use format Text")
@ValidationRule(
    value =
        "!has(self.chatTemplate) || !has(self.format) || !(self.format in ['Text', 'Instruction',"
            + " 'Tokenized'])",
    fieldPath = ".chatTemplate",
    message =
        "chatTemplate has no meaning for formats Text, Instruction and Tokenized: remove it, or use"
            + " format Messages")
@ValidationRule(
    value =
        "!has(self.loss) || self.loss != 'Assistant' || !has(self.format) || !(self.format in"
            + " ['Text', 'Instruction'])",
    fieldPath = ".loss",
    message =
        "formats Text and Instruction have no assistant turns: use loss All or Completion, or"
            + " format Messages")
@ValidationRule(
    value =
        "!has(self.loss) || self.loss != 'Completion' || !has(self.format) || !(self.format in"
            + " ['Text', 'Messages', 'ShareGpt'])",
    fieldPath = ".loss",
    message =
        "formats Text, Messages and ShareGpt have no completion: use loss All or Assistant, or"
            + " format PromptCompletion")
@ValidationRule(
    value =
        "!has(self.eval) || !has(self.eval.sources) || self.eval.sources.all(s, !has(s.weight))",
    fieldPath = ".eval.sources",
    message =
        "weights are how often a row is trained on; rows to evaluate on are seen once: remove them")
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
            "Drop rows that give the same tokens and targets as an earlier one (default false).")
        Boolean dropDuplicates,
    @JsonPropertyDescription(
            "What a row holds (default Auto: what the fields of the first row say).")
        DatasetFormat format,
    @Size(min = 1, max = 128) @JsonPropertyDescription("The field of a Text row (default `text`).")
        String textField,
    @Size(max = 16384)
        @JsonPropertyDescription(
            "A Jinja chat template to use instead of the checkpoint's own, for Messages.")
        String chatTemplate,
    @JsonPropertyDescription(
            "Which tokens are trained on: All, the Completion, or the Assistant's turns only"
                + " (default: Assistant for Messages and ShareGpt, Completion for"
                + " PromptCompletion and Instruction, All for Text, what the row says for"
                + " Tokenized).")
        LossTarget loss) {}
