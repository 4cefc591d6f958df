package io.sftjob.trainer.train;

import io.sftjob.api.progress.ExitCode;
import io.sftjob.api.v1alpha1.ModelDtype;
import io.sftjob.trainer.TrainerException;
import io.sftjob.trainer.data.Document;
import io.sftjob.trainer.data.PackedRow;
import io.sftjob.trainer.lora.LoraAdapter;
import io.sftjob.trainer.lora.LoraConfig;
import io.sftjob.trainer.model.CausalLm;
import io.sftjob.trainer.model.DecoderSpec;
import java.util.List;
import java.util.Optional;

/** Begins trainings. */
public final class TrainingSessions {
  /** Rows of logits at a time: enough for fast matmuls, little beside the layers' activations. */
  public static final int HEAD_ROWS = 128;

  private TrainingSessions() {}

  /**
   * Begins at the adapter's initialisation, or goes on from a state to the same bits as if there
   * had been no interruption (same device and thread count). Closing the session leaves the model
   * open.
   *
   * @param train not empty; every row has a target; rows may be read from a file when they are
   *     asked for
   * @param eval may be empty
   * @throws TrainerException if configuration, rows or state do not fit the model
   */
  public static TrainingSession start(
      CausalLm model,
      LoraConfig config,
      TrainSettings settings,
      List<PackedRow> train,
      List<PackedRow> eval,
      Optional<TrainState> resume) {
    if (train.isEmpty()) {
      throw new TrainerException(ExitCode.DataNotUsable, "There is no row to train on.");
    }
    checkRows("Training", model.spec(), train);
    checkRows("Evaluation", model.spec(), eval);
    LoraAdapter adapter =
        resume
            .map(
                state ->
                    LoraAdapter.of(
                        "The checkpoint's adapter",
                        config,
                        model.spec(),
                        model.kernels(),
                        state.adapter()))
            .orElseGet(() -> LoraAdapter.initial(config, model.decoder(), settings.seed()));
    AdamW optimizer = optimizer(model, adapter, resume);
    var session =
        new LoraTrainingSession(
            settings,
            new LoraTrainingSession.Rows(train, eval),
            adapter,
            optimizer,
            new Backprop(
                model.decoder(), adapter, settings.gradientCheckpointing(), settings.objective()));
    return session.at(beginning(model.dtype(), resume));
  }

  /** Float16 has a loss scale from the first step on. */
  private static TrainCounts beginning(ModelDtype dtype, Optional<TrainState> resume) {
    var counts = resume.map(TrainState::counts).orElse(TrainCounts.NONE);
    return counts.lossScale() == null
        ? LossScale.initial(dtype).map(counts::with).orElse(counts)
        : counts;
  }

  private static AdamW optimizer(CausalLm model, LoraAdapter adapter, Optional<TrainState> resume) {
    try {
      return resume
          .map(state -> AdamW.resumed(model.kernels(), adapter, state))
          .orElseGet(() -> AdamW.initial(model.kernels(), adapter));
    } catch (RuntimeException e) {
      adapter.close();
      throw e;
    }
  }

  private static void checkRows(String kind, DecoderSpec spec, List<PackedRow> rows) {
    for (int r = 0; r < rows.size(); r++) {
      boolean anyTarget = false;
      for (Document document : rows.get(r).documents()) {
        if (document.length() > spec.maxPositions()) {
          throw new TrainerException(
              ExitCode.InvalidSpec,
              "%s row %d holds a document of %d tokens; the model's positions end at %d. Lower spec.packing.maxLength."
                  .formatted(kind, r, document.length(), spec.maxPositions()));
        }
        for (int i = 0; i < document.length(); i++) {
          int id = document.ids()[i];
          if (id < 0 || id >= spec.vocabSize()) {
            throw new TrainerException(
                ExitCode.ModelNotUsable,
                "%s row %d holds the token id %d; the model has %d embeddings. Tokenizer and weights are of different models."
                    .formatted(kind, r, id, spec.vocabSize()));
          }
          anyTarget |= document.targets()[i];
        }
      }
      if (!anyTarget) {
        throw new TrainerException(
            ExitCode.DataNotUsable, "%s row %d has no token to train on.".formatted(kind, r));
      }
    }
  }
}
