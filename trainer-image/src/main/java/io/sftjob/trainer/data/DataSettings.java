package io.sftjob.trainer.data;

import io.sftjob.api.v1alpha1.DatasetFormat;
import io.sftjob.api.v1alpha1.EffectiveSpec;
import io.sftjob.api.v1alpha1.LossTarget;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.Optional;

/**
 * All that decides about the packed rows, beside the tokenizer.
 *
 * @param textField of a Text row
 * @param chatTemplate instead of the checkpoint's own
 * @param loss empty: Assistant for Messages, All for Text
 * @param evalFraction of the training rows kept for evaluation; 0 for none
 * @param maxLength tokens in a packed row
 * @param seed decides which rows are kept for evaluation
 * @param templateTime what a template's {@code strftime_now} says; fixed for a job, so that a
 *     resumed run sees the same tokens
 */
public record DataSettings(
    Path train,
    Optional<Path> eval,
    DatasetFormat format,
    String textField,
    Optional<String> chatTemplate,
    Optional<LossTarget> loss,
    double evalFraction,
    int maxLength,
    long seed,
    LocalDateTime templateTime) {

  public static DataSettings of(
      EffectiveSpec spec,
      Path train,
      Optional<Path> eval,
      Optional<String> chatTemplate,
      LocalDateTime templateTime) {
    return new DataSettings(
        train,
        eval,
        spec.format(),
        spec.textField(),
        chatTemplate,
        Optional.ofNullable(spec.loss()),
        spec.evalFraction() == null ? 0 : Double.parseDouble(spec.evalFraction()),
        spec.maxLength(),
        spec.seed(),
        templateTime);
  }
}
