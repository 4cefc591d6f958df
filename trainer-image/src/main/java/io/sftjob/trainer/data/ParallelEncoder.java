package io.sftjob.trainer.data;

import io.sftjob.trainer.concurrent.Await;
import io.sftjob.trainer.data.SetReader.Taken;
import io.sftjob.trainer.data.SetReader.Use;
import io.sftjob.trainer.source.MalformedRowException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;

/** Encodes rows on several threads; what comes out has the order of the data set. */
final class ParallelEncoder {
  private static final int BATCH_ROWS = 256;
  private static final long BATCH_BYTES = 1 << 20;

  private final RowReader reader;
  private final RowEncoder encoder;
  private final int threads;

  ParallelEncoder(RowReader reader, RowEncoder encoder, int threads) {
    this.reader = reader;
    this.encoder = encoder;
    this.threads = threads;
  }

  /**
   * One row's outcome.
   *
   * @param encoded null if the row is unusable, or left out
   * @param fault null if it is not
   */
  record Result(Taken taken, Encoded encoded, UnusableRowException fault) {}

  /**
   * @param bytesRead of the data set when the batch was read
   */
  record Batch(List<Result> results, long bytesRead) {}

  void run(SetReader rows, Consumer<Batch> sink) {
    ExecutorService pool =
        Executors.newFixedThreadPool(
            threads, Thread.ofPlatform().name("encode-", 0).daemon().factory());
    Deque<Future<Batch>> pending = new ArrayDeque<>();
    try {
      for (List<Taken> batch = read(rows); !batch.isEmpty(); batch = read(rows)) {
        List<Taken> current = batch;
        long bytesRead = rows.bytesRead();
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

  private static List<Taken> read(SetReader rows) {
    List<Taken> batch = new ArrayList<>();
    long bytes = 0;
    while (batch.size() < BATCH_ROWS && bytes < BATCH_BYTES) {
      Taken row = rows.next();
      if (row == null) {
        break;
      }
      batch.add(row);
      bytes += row.row().size();
    }
    return batch;
  }

  private Batch encode(List<Taken> rows, long bytesRead) {
    return new Batch(rows.stream().map(this::encode).toList(), bytesRead);
  }

  private Result encode(Taken taken) {
    if (taken.use() == Use.LeftOut) {
      return new Result(taken, null, null);
    }
    try {
      Row row = reader.read(taken.row().fields());
      return new Result(taken, encoder.encode(row), null);
    } catch (MalformedRowException e) {
      return new Result(
          taken, null, new UnusableRowException(DropReason.Malformed, e.getMessage()));
    } catch (UnusableRowException e) {
      return new Result(taken, null, e);
    }
  }

  private static Batch await(Future<Batch> batch) {
    return Await.result(batch, "the data was prepared");
  }
}
