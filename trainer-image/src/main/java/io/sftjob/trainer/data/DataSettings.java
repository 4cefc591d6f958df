package io.sftjob.trainer.data;

import io.sftjob.trainer.source.DataSet;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.Optional;

/**
 * All that decides about the packed rows, beside the tokenizer.
 *
 * @param model the checkpoint, which may say how its chats are written
 * @param dropDuplicates whether a row that gives the same tokens and targets as an earlier one is
 *     dropped
 * @param textField of a Text row
 * @param chatTemplate instead of the checkpoint's own
 * @param loss empty: Assistant for Messages, All for Text
 * @param evalFraction of the training rows kept for evaluation; 0 for none
 * @param packing how documents become rows
 * @param seed decides which rows are kept for evaluation, and the order of ConstantLength
 * @param templateTime what a template's {@code strftime_now} says; fixed for a job, so that a
 *     resumed run sees the same tokens
 */
public record DataSettings(
    Path model,
    DataSet train,
    Optional<DataSet> eval,
    boolean dropDuplicates,
    RowFormat format,
    String textField,
    Optional<String> chatTemplate,
    Optional<LossOn> loss,
    double evalFraction,
    Packing packing,
    long seed,
    LocalDateTime templateTime) {}
