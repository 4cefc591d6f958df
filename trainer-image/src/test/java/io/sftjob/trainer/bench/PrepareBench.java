package io.sftjob.trainer.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.management.OperatingSystemMXBean;
import io.sftjob.trainer.data.DataSettings;
import io.sftjob.trainer.data.Packing;
import io.sftjob.trainer.data.Preparation;
import io.sftjob.trainer.data.PreparedFile;
import io.sftjob.trainer.data.RowFormat;
import io.sftjob.trainer.report.ProcessMemory;
import io.sftjob.trainer.source.DataSet;
import io.sftjob.trainer.tokenizer.Tokenizer;
import io.sftjob.trainer.tokenizer.Tokenizers;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** One measurement of bench/prepare: prints a line of JSON. */
final class PrepareBench {
  private PrepareBench() {}

  /**
   * @param args a model, rows with a `text` each, threads
   */
  public static void main(String[] args) throws Exception {
    Path model = Path.of(args[0]);
    Path rows = Path.of(args[1]);
    int threads = Integer.parseInt(args[2]);
    Path folder = Files.createTempDirectory(rows.getParent(), "sft");
    try (Tokenizer tokenizer = Tokenizers.load(model)) {
      long[] tokenized = new long[1];
      long begin = System.nanoTime();
      long beginCpu = cpuNanos();
      var data =
          Preparation.prepare(
              settings(model, rows),
              tokenizer,
              folder,
              threads,
              (done, bytes, total) -> tokenized[0] = System.nanoTime());
      long packed = System.nanoTime();
      PreparedFile.write(folder.resolve("prepared.safetensors"), data);
      long written = System.nanoTime();
      double cpu = (cpuNanos() - beginCpu) / 1e9;
      double peak = ProcessMemory.peakBytes() / (1 << 20);
      long tokens = data.trainLedger().read();
      Rate alone = tokenizerAlone(tokenizer, rows, threads);
      System.out.printf(
          Locale.ROOT,
          "{\"trainer\": \"sft\", \"threads\": %d, \"documents\": %d, \"tokens\": %d, \"packedRows\": %d, \"fill\": %.4f, \"seconds\": %.2f, \"tokensPerSecond\": %.0f, \"tokensPerCpuSecond\": %.0f, \"peakRssMiB\": %.0f, \"secondsToReadAndTokenize\": %.2f, \"secondsToPackTheLastWindow\": %.2f, \"secondsToWrite\": %.2f, \"tokenizerAloneTokensPerSecond\": %.0f, \"tokenizersPartOfCpu\": %.2f}%n",
          threads,
          data.trainLedger().rows(),
          tokens,
          data.train().size(),
          data.fill(),
          (written - begin) / 1e9,
          tokens / ((written - begin) / 1e9),
          tokens / cpu,
          peak,
          (tokenized[0] - begin) / 1e9,
          (packed - tokenized[0]) / 1e9,
          (written - packed) / 1e9,
          alone.perSecond(),
          tokens / cpu / alone.perCpuSecond());
    }
  }

  private static long cpuNanos() {
    return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
        .getProcessCpuTime();
  }

  private static DataSettings settings(Path model, Path rows) {
    return new DataSettings(
        model,
        DataSet.of("dataset.train", rows),
        Optional.empty(),
        false,
        RowFormat.Text,
        "text",
        Optional.empty(),
        Optional.empty(),
        0,
        new Packing.Bfd(1024, 100_000),
        42,
        LocalDateTime.of(2026, 1, 1, 0, 0));
  }

  /** Tokens, by wall clock and by CPU. */
  private record Rate(double perSecond, double perCpuSecond) {}

  /** Of texts that are in memory, every thread with its share of them. */
  private static Rate tokenizerAlone(Tokenizer tokenizer, Path rows, int threads)
      throws IOException, InterruptedException, ExecutionException {
    var json = new ObjectMapper();
    List<String> texts = new ArrayList<>();
    try (var lines = Files.lines(rows)) {
      for (String line : (Iterable<String>) lines::iterator) {
        texts.add(json.readTree(line).path("text").textValue());
      }
    }
    try (var pool = Executors.newFixedThreadPool(threads)) {
      long begin = System.nanoTime();
      long beginCpu = cpuNanos();
      List<Future<Long>> shares = new ArrayList<>();
      for (int t = 0; t < threads; t++) {
        int first = t;
        shares.add(
            pool.submit(
                () -> {
                  long tokens = 0;
                  for (int i = first; i < texts.size(); i += threads) {
                    tokens += tokenizer.ids(texts.get(i)).length;
                  }
                  return tokens;
                }));
      }
      long tokens = 0;
      for (Future<Long> share : shares) {
        tokens += share.get();
      }
      return new Rate(
          tokens / ((System.nanoTime() - begin) / 1e9), tokens / ((cpuNanos() - beginCpu) / 1e9));
    }
  }
}
