package io.sftjob.trainer.bench;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.jni.JniUtils;
import com.sun.management.OperatingSystemMXBean;
import io.sftjob.api.v1alpha1.LrScheduler;
import io.sftjob.api.v1alpha1.ModelDtype;
import io.sftjob.api.v1alpha1.QuantizationMode;
import io.sftjob.trainer.data.Document;
import io.sftjob.trainer.data.PackedRow;
import io.sftjob.trainer.lora.LoraConfig;
import io.sftjob.trainer.lora.SplitMix64;
import io.sftjob.trainer.model.CausalLm;
import io.sftjob.trainer.model.LinearRole;
import io.sftjob.trainer.model.LoadListener;
import io.sftjob.trainer.quant.QuantConfig;
import io.sftjob.trainer.torch.TorchRuntime;
import io.sftjob.trainer.train.StepResult;
import io.sftjob.trainer.train.TrainSettings;
import io.sftjob.trainer.train.TrainingSession;
import io.sftjob.trainer.train.TrainingSessions;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** One measurement of bench/train: prints a line of JSON. */
final class TrainBench {
  private static final int WARMUP = 2;
  private static final int RANK = 16;

  private TrainBench() {}

  public static void main(String[] args) throws IOException {
    Map<String, String> options = options(args);
    int steps = Integer.parseInt(options.getOrDefault("--steps", "8"));
    int batch = Integer.parseInt(options.getOrDefault("--batch", "4"));
    int length = Integer.parseInt(options.getOrDefault("--length", "256"));
    int threads = Integer.parseInt(options.getOrDefault("--threads", "2"));
    boolean checkpointing = Boolean.parseBoolean(options.get("--checkpointing"));
    TorchRuntime.start(OptionalInt.of(threads));
    try (var model =
            CausalLm.load(
                Path.of(options.get("--model")),
                Device.cpu(),
                ModelDtype.BFloat16,
                quantization(options),
                LoadListener.NONE);
        var session =
            TrainingSessions.start(
                model,
                new LoraConfig(RANK, 2 * RANK, 0, List.of("AllLinear"), false),
                settings(steps, batch, checkpointing),
                rows(batch * steps, length, model.spec().vocabSize()),
                List.of(),
                Optional.empty())) {
      double loaded = sinceStart();
      var clock = new CpuClock();
      List<Double> seconds = run(session, options.get("--profile"), clock);
      double first = loaded + seconds.getFirst();
      long peak = peakRssMiB();
      var timed = seconds.subList(WARMUP, seconds.size()).stream().sorted().toList();
      double mean = timed.stream().mapToDouble(s -> s).average().orElseThrow();
      double limit = matmulLimit(model);
      double perToken = gigaFlopPerToken(model, length, checkpointing);
      int tokens = batch * length;
      System.out.printf(
          Locale.ROOT,
          "{\"trainer\": \"sft\", \"dtype\": \"bfloat16\", \"quantization\": \"%s\", \"batch\": %d, \"length\": %d, \"rank\": 16, \"threads\": %d, \"gradientCheckpointing\": %s, \"timedSteps\": %d, \"tokensPerSecond\": %.1f, \"tokensPerCpuSecond\": %.1f, \"bestTokensPerSecond\": %.1f, \"matmulGflops\": %.0f, \"gflopPerToken\": %.3f, \"ofMatmulLimit\": %.2f, \"peakRssMiB\": %d, \"secondsToLoad\": %.1f, \"secondsToFirstStep\": %.1f}%n",
          options.getOrDefault("--quantization", "none"),
          batch,
          length,
          threads,
          checkpointing,
          timed.size(),
          tokens / mean,
          tokens * timed.size() / clock.seconds(),
          tokens / timed.getFirst(),
          limit,
          perToken,
          tokens / timed.getFirst() * perToken / limit,
          peak,
          loaded,
          first);
    }
  }

  /** {@code --quantization NF4|FP4|Int8}, blocks of 64; {@code --double-quant true}. */
  private static Optional<QuantConfig> quantization(Map<String, String> options) {
    return Optional.ofNullable(options.get("--quantization"))
        .map(
            mode ->
                QuantConfig.of(
                    QuantizationMode.valueOf(mode),
                    Optional.empty(),
                    Boolean.parseBoolean(options.get("--double-quant"))));
  }

  /** Time that the processors spent on us: what a busy machine distorts least. */
  private static final class CpuClock {
    private final OperatingSystemMXBean process =
        (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    private long begin;
    private long end;

    void begin() {
      begin = process.getProcessCpuTime();
    }

    void end() {
      end = process.getProcessCpuTime();
    }

    double seconds() {
      return (end - begin) / 1e9;
    }
  }

  private static List<Double> run(TrainingSession session, String profile, CpuClock clock) {
    var seconds = new ArrayList<Double>();
    while (session.step() < session.totalSteps()) {
      boolean last = session.step() == session.totalSteps() - 1;
      if (last && profile != null) {
        JniUtils.startProfile(false, true, false);
      }
      if (session.step() == WARMUP) {
        clock.begin();
      }
      StepResult step = session.next(() -> false).orElseThrow();
      seconds.add(step.seconds());
      if (last && profile != null) {
        JniUtils.stopProfile(profile);
      }
    }
    clock.end();
    return seconds;
  }

  private static TrainSettings settings(int steps, int batch, boolean checkpointing) {
    return new TrainSettings(
        new TrainSettings.Length.Steps(steps),
        TrainSettings.Rate.of(LrScheduler.Cosine, 2e-4, new TrainSettings.Warmup.Steps(0)),
        TrainSettings.Optimizer.of(0, 1),
        TrainSettings.Objective.NLL,
        batch,
        1,
        checkpointing,
        3,
        1);
  }

  /** Rows of exactly the length, every token but the first a target. */
  private static List<PackedRow> rows(int count, int length, int vocab) {
    var random = new SplitMix64(1);
    var rows = new ArrayList<PackedRow>();
    for (int r = 0; r < count; r++) {
      int[] ids = new int[length];
      boolean[] targets = new boolean[length];
      for (int i = 0; i < length; i++) {
        ids[i] = 3 + random.nextInt(vocab - 3);
        targets[i] = i > 0;
      }
      rows.add(new PackedRow(List.of(new Document(ids, targets))));
    }
    return rows;
  }

  /** A bare matmul of the model's largest linear layer, the best of several, GFLOP/s. */
  private static double matmulLimit(CausalLm model) {
    long n = 1024;
    long in = model.spec().hiddenSize();
    long out = model.spec().mlp().intermediateSize();
    double best = 0;
    try (NDManager scope = model.kernels().manager().newSubManager()) {
      NDArray like = model.decoder().embedding();
      NDArray x = model.kernels().tensor(scope, "zeros", new long[] {n, in}, like);
      NDArray w = model.kernels().tensor(scope, "zeros", new long[] {out, in}, like);
      NDArray transposed = w.transpose();
      for (int i = 0; i < 30; i++) {
        long begin = System.nanoTime();
        for (int k = 0; k < 5; k++) {
          x.matMul(transposed).close();
        }
        best = Math.max(best, 5 * 2.0 * n * in * out / (System.nanoTime() - begin));
      }
    }
    return best;
  }

  /**
   * Multiplications and additions that a token needs: a frozen linear forward and to its input, an
   * adapter also to its weights; with checkpointing a layer once more, but for its last linear.
   */
  private static double gigaFlopPerToken(CausalLm model, int length, boolean checkpointing) {
    var spec = model.spec();
    double again = checkpointing ? 1 : 0;
    double perLayer =
        (3 + again) * 4 * length * spec.attention().heads() * spec.attention().headDim();
    for (LinearRole role : spec.layout().roles()) {
      double recomputed = role == LinearRole.Down ? 0 : again;
      double sides = role.in(spec) + role.out(spec);
      perLayer += (2 + recomputed) * 2 * role.in(spec) * role.out(spec);
      perLayer += (3 + again) * 2 * RANK * sides;
    }
    double head = 2 * 2.0 * spec.hiddenSize() * spec.vocabSize();
    return (spec.layers() * perLayer + head) / 1e9;
  }

  private static double sinceStart() {
    return ManagementFactory.getRuntimeMXBean().getUptime() / 1e3;
  }

  private static long peakRssMiB() throws IOException {
    return Files.readAllLines(Path.of("/proc/self/status")).stream()
        .filter(line -> line.startsWith("VmHWM:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) / 1024)
        .findFirst()
        .orElseThrow();
  }

  private static Map<String, String> options(String[] args) {
    var options = new HashMap<String, String>();
    for (int i = 0; i + 1 < args.length; i += 2) {
      options.put(args[i], args[i + 1]);
    }
    return options;
  }
}
