package io.sftjob.trainer.run;

import ai.djl.Device;
import io.sftjob.api.v1alpha1.LrScheduler;
import io.sftjob.api.v1alpha1.ModelDtype;
import io.sftjob.trainer.checkpoint.CheckpointWriter;
import io.sftjob.trainer.checkpoint.CheckpointWriter.RunFacts;
import io.sftjob.trainer.checkpoint.Evaluations;
import io.sftjob.trainer.checkpoint.Output;
import io.sftjob.trainer.checkpoint.Ownership;
import io.sftjob.trainer.checkpoint.Retention;
import io.sftjob.trainer.checkpoint.SaveRequest;
import io.sftjob.trainer.checkpoint.Saver;
import io.sftjob.trainer.checkpoint.TrainingIdentity;
import io.sftjob.trainer.data.Document;
import io.sftjob.trainer.data.PackedRow;
import io.sftjob.trainer.lora.LoraConfig;
import io.sftjob.trainer.lora.SplitMix64;
import io.sftjob.trainer.model.CausalLm;
import io.sftjob.trainer.model.LoadListener;
import io.sftjob.trainer.torch.TorchRuntime;
import io.sftjob.trainer.train.TrainSettings;
import io.sftjob.trainer.train.TrainingSession;
import io.sftjob.trainer.train.TrainingSessions;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What a checkpoint costs the training beside which it is saved: turns of steps with one save and
 * with none. Prints a line of JSON.
 */
final class SaveBench {
  private static final int EVERY_STEPS = 50;

  private SaveBench() {}

  /**
   * @param args the model, an empty folder, steps in a turn, pairs of turns
   */
  public static void main(String[] args) throws IOException {
    int steps = Integer.parseInt(args[2]);
    int pairs = Integer.parseInt(args[3]);
    TorchRuntime.start(OptionalInt.of(2));
    var lora = new LoraConfig(16, 32, 0, List.of("AllLinear"), false);
    try (var model =
            CausalLm.load(Path.of(args[0]), Device.cpu(), ModelDtype.BFloat16, LoadListener.NONE);
        var session =
            TrainingSessions.start(
                model,
                lora,
                settings(1 + 2L * steps * pairs),
                rows(model.spec().vocabSize()),
                List.of(),
                Optional.empty())) {
      var savingCpu = new AtomicLong();
      var threads = ManagementFactory.getThreadMXBean();
      var files = new StateFiles(lora, model.spec(), args[0]);
      var saver =
          new Saver(
              writer(new Output(Path.of(args[1])), files),
              kept -> savingCpu.set(threads.getCurrentThreadCpuTime()));
      session.next(() -> false).orElseThrow();
      var with = new ArrayList<Double>();
      var without = new ArrayList<Double>();
      double blocked = 0;
      for (int pair = 0; pair < pairs; pair++) {
        without.add(turn(session, steps));
        long begin = System.nanoTime();
        saver.start(new SaveRequest(session.snapshot(), Evaluations.NONE));
        double copying = (System.nanoTime() - begin) / 1e9;
        blocked += copying / pairs;
        with.add(copying + turn(session, steps));
        saver.await();
      }
      saver.close();
      print(with, without, blocked, savingCpu.get() / 1e9 / pairs, steps);
    }
  }

  private static void print(
      List<Double> with, List<Double> without, double blocked, double cpu, int steps) {
    double on = mean(with);
    double off = mean(without);
    double step = off / steps;
    System.out.printf(
        Locale.ROOT,
        "{\"secondsPerStep\": %.3f, \"secondsWithSave\": %.3f, \"secondsWithout\": %.3f, \"steps\": %d, \"secondsToCopy\": %.4f, \"cpuSecondsToSave\": %.4f, \"costOf50Steps\": %.5f, \"differenceOf50Steps\": %.5f}%n",
        step,
        on,
        off,
        steps,
        blocked,
        cpu,
        (blocked + cpu) / (EVERY_STEPS * step),
        (on - off) / (EVERY_STEPS * step));
  }

  private static double turn(TrainingSession session, int steps) {
    long begin = System.nanoTime();
    for (int i = 0; i < steps; i++) {
      session.next(() -> false).orElseThrow();
    }
    return (System.nanoTime() - begin) / 1e9;
  }

  private static double mean(List<Double> values) {
    return values.stream().mapToDouble(v -> v).average().orElseThrow();
  }

  private static CheckpointWriter writer(Output output, StateFiles files) throws IOException {
    Files.createDirectories(output.root());
    return new CheckpointWriter(
        output,
        Ownership.claim(output, "run", "job", "pod"),
        new RunFacts(TrainingIdentity.of(Map.of()), Map.of(), Map.of(), 1),
        files,
        new Retention(1, 0),
        Clock.systemUTC());
  }

  private static TrainSettings settings(long steps) {
    return new TrainSettings(
        new TrainSettings.Length.Steps(steps),
        TrainSettings.Rate.of(LrScheduler.Cosine, 2e-4, new TrainSettings.Warmup.Steps(0)),
        TrainSettings.Optimizer.of(0, 1),
        TrainSettings.Objective.NLL,
        4,
        1,
        true,
        3,
        1);
  }

  /** 256 tokens each, every one but the first a target. */
  private static List<PackedRow> rows(int vocab) {
    var random = new SplitMix64(1);
    var rows = new ArrayList<PackedRow>();
    for (int r = 0; r < 64; r++) {
      int[] ids = new int[256];
      boolean[] targets = new boolean[256];
      for (int i = 0; i < ids.length; i++) {
        ids[i] = 3 + random.nextInt(vocab - 3);
        targets[i] = i > 0;
      }
      rows.add(new PackedRow(List.of(new Document(ids, targets))));
    }
    return rows;
  }
}
