package io.sftjob.trainer.train;

import io.sftjob.api.v1alpha1.LrScheduler;
import io.sftjob.trainer.data.Document;
import io.sftjob.trainer.data.PackedRow;
import io.sftjob.trainer.lora.LoraConfig;
import io.sftjob.trainer.lora.SplitMix64;
import io.sftjob.trainer.source.RowOrigin;
import java.util.ArrayList;
import java.util.List;

/** Small recipes and random rows for tests. */
final class TinyRun {
  static final LoraConfig LORA = new LoraConfig(4, 8, 0, List.of("AllLinear"), false);

  private TinyRun() {}

  static TrainSettings settings(long steps, boolean checkpointing) {
    return new TrainSettings(
        new TrainSettings.Length.Steps(steps),
        TrainSettings.Rate.of(LrScheduler.Cosine, 1e-2, new TrainSettings.Warmup.Ratio(0.1)),
        TrainSettings.Optimizer.of(0.01, 1),
        TrainSettings.Objective.NLL,
        2,
        2,
        checkpointing,
        3,
        7);
  }

  /** Rows of several documents, about half of their tokens targets. */
  static List<PackedRow> rows(int count, int vocab, long seed) {
    var random = new SplitMix64(seed);
    var rows = new ArrayList<PackedRow>();
    for (int r = 0; r < count; r++) {
      var documents = new ArrayList<Document>();
      for (int d = random.nextInt(3); d >= 0; d--) {
        documents.add(document(random, 2 + random.nextInt(14), vocab));
      }
      var origin = new RowOrigin("train.jsonl", RowOrigin.By.Line, r + 1);
      rows.add(new PackedRow(documents, List.of(origin)));
    }
    return rows;
  }

  private static Document document(SplitMix64 random, int length, int vocab) {
    int[] ids = new int[length];
    boolean[] targets = new boolean[length];
    for (int i = 0; i < length; i++) {
      ids[i] = random.nextInt(vocab);
      targets[i] = i > 0 && (i == 1 || random.nextInt(2) == 0);
    }
    return new Document(ids, targets);
  }
}
