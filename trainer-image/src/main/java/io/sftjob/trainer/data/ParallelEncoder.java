package io.sftjob.trainer.data;

import io.sftjob.trainer.concurrent.Await;
import io.sftjob.trainer.data.JsonLines.Line;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;

/** Encodes lines on several threads; what comes out has the order of the file. */
final class ParallelEncoder {
  private static final int BATCH_LINES = 256;
  private static final int BATCH_BYTES = 1 << 20;

  private final RowReader reader;
  private final RowEncoder encoder;
  private final int threads;

  ParallelEncoder(RowReader reader, RowEncoder encoder, int threads) {
    this.reader = reader;
    this.encoder = encoder;
    this.threads = threads;
  }

  /**
   * One line's outcome.
   *
   * @param encoded null if the row is unusable
   * @param fault null if it is not
   */
  record Result(long line, Encoded encoded, UnusableRowException fault) {}

  /**
   * @param bytesRead of the file when the batch was read
   */
  record Batch(List<Result> results, long bytesRead) {}

  void run(JsonLines lines, Consumer<Batch> sink) {
    ExecutorService pool =
        Executors.newFixedThreadPool(
            threads, Thread.ofPlatform().name("encode-", 0).daemon().factory());
    Deque<Future<Batch>> pending = new ArrayDeque<>();
    try {
      for (List<Line> batch = read(lines); !batch.isEmpty(); batch = read(lines)) {
        List<Line> current = batch;
        long bytesRead = lines.bytesRead();
        pending.add(pool.submit(() -> encode(current, bytesRead)));
        if (pending.size() > 2 * threads) {
          sink.accept(await(pending.poll()));
        }
      }
      while (!pending.isEmpty()) {
        sink.accept(await(pending.poll()));
      }
    } finally {
      pool.shutdownNow();
    }
  }

  private static List<Line> read(JsonLines lines) {
    List<Line> batch = new ArrayList<>();
    int bytes = 0;
    while (batch.size() < BATCH_LINES && bytes < BATCH_BYTES) {
      Line line = lines.next();
      if (line == null) {
        break;
      }
      batch.add(line);
      bytes += line.bytes().length;
    }
    return batch;
  }

  private Batch encode(List<Line> lines, long bytesRead) {
    return new Batch(lines.stream().map(this::encode).toList(), bytesRead);
  }

  private Result encode(Line line) {
    try {
      Row row = reader.read(JsonRows.parse(line.bytes()));
      return new Result(line.number(), encoder.encode(row), null);
    } catch (UnusableRowException e) {
      return new Result(line.number(), null, e);
    }
  }

  private static Batch await(Future<Batch> batch) {
    return Await.result(batch, "the data was prepared");
  }
}
