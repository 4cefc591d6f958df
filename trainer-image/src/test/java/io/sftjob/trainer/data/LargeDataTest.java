package io.sftjob.trainer.data;

import static org.assertj.core.api.Assertions.assertThat;

import io.sftjob.trainer.tokenizer.Tokenizers;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Preparing takes no memory for tokens. */
@Tag("slow")
class LargeDataTest {
  private static final int HEAP_MIB = 64;
  private static final int ROWS = 10_000;
  private static final int ROW_LENGTH = 2_100;
  private static final int IDS = 400;

  @TempDir Path folder;

  /** 21 million tokens: 84 MB as numbers of four bytes. */
  @Test
  void tokensMayBeLargerThanTheHeap() throws IOException, InterruptedException {
    long tokens = (long) ROWS * ROW_LENGTH;
    assertThat(Integer.BYTES * tokens).isGreaterThan((long) HEAP_MIB << 20);
    long sum = write(folder.resolve("large.jsonl"));
    var process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-Xmx" + HEAP_MIB + "m",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                LargeDataTest.class.getName(),
                folder.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    List<String> lines = process.inputReader().lines().toList();
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(lines).containsExactly("tokens %d sum %d".formatted(tokens, sum));
  }

  /** Returns the sum of all ids. */
  private static long write(Path file) throws IOException {
    var random = new Random(1);
    long sum = 0;
    try (BufferedWriter out = Files.newBufferedWriter(file)) {
      for (int row = 0; row < ROWS; row++) {
        var line = new StringBuilder("{\"input_ids\": [");
        for (int i = 0; i < ROW_LENGTH; i++) {
          int id = random.nextInt(IDS);
          sum += id;
          line.append(i == 0 ? "" : ",").append(id);
        }
        out.write(line.append("]}\n").toString());
      }
    }
    return sum;
  }

  /** Prepares, keeps and reads back a file, and prints what all its rows hold. */
  public static void main(String[] arguments) {
    Path folder = Path.of(arguments[0]);
    Path kept = folder.resolve("prepared.safetensors");
    var settings = TestSettings.of(folder.resolve("large.jsonl")).maxLength(512).build();
    try (var tokenizer = Tokenizers.load(TestSettings.MODEL)) {
      var prepared = Preparation.prepare(settings, tokenizer, folder, 2, (r, d, t) -> {});
      PreparedFile.write(kept, prepared);
      var read = PreparedFile.read(kept, prepared.fingerprint());
      var rows = ((PreparedFile.Loaded.Fresh) read).data().train();
      long tokens = 0;
      long sum = 0;
      for (PackedRow row : rows) {
        for (Document document : row.documents()) {
          tokens += document.length();
          for (int id : document.ids()) {
            sum += id;
          }
        }
      }
      System.out.printf("tokens %d sum %d%n", tokens, sum);
    }
  }
}
