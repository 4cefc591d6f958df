package io.sftjob.trainer.data;

import io.sftjob.api.progress.ExitCode;
import io.sftjob.trainer.TrainerException;
import io.sftjob.trainer.data.ParallelEncoder.Result;
import io.sftjob.trainer.tokenizer.Tokenizer;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongFunction;

/** Rows of JSON Lines to packed rows. The result depends on the input alone, not on threads. */
public final class Preparation {
  private static final int PREVIEWS = 2;

  private final DataSettings settings;
  private final Tokenizer tokenizer;
  private final RowPlan plan;
  private final ParallelEncoder encoder;
  private final ProgressListener listener;
  private final Packer train = new Packer();
  private final Packer eval = new Packer();
  private final List<String> preview = new ArrayList<>();
  private final List<String> notes = new ArrayList<>();
  private long rows;

  private Preparation(
      DataSettings settings, Tokenizer tokenizer, int threads, ProgressListener listener) {
    this.settings = settings;
    this.tokenizer = tokenizer;
    this.plan = RowPlan.of(settings, tokenizer);
    this.encoder = new ParallelEncoder(plan.reader(), plan.encoder(), threads);
    this.listener = listener;
    this.notes.addAll(plan.detection().notes());
  }

  /**
   * @param threads that tokenize
   * @throws TrainerException {@link ExitCode#DataNotUsable} if no row can be used, {@link
   *     ExitCode#ModelNotUsable} if the checkpoint lacks what the rows need
   */
  public static PreparedData prepare(
      DataSettings settings, Tokenizer tokenizer, int threads, ProgressListener listener) {
    return new Preparation(settings, tokenizer, threads, listener).run();
  }

  private PreparedData run() {
    long trainBytes = JsonLines.size(settings.train());
    long total = trainBytes + settings.eval().map(JsonLines::size).orElse(0L);
    String trainSha = read(settings.train(), this::trainOrEval, 0, total);
    String evalSha =
        settings.eval().map(file -> read(file, row -> eval, trainBytes, total)).orElse("");

    PackedSet packedTrain = train.pack(settings.maxLength(), BfdSplit.WINDOW);
    PackedSet packedEval = eval.pack(settings.maxLength(), BfdSplit.WINDOW);
    PreparedData data =
        new PreparedData(
            packedTrain.rows(),
            packedEval.rows(),
            packedTrain.ledger(),
            packedEval.ledger(),
            new Detection(plan.detection().format(), plan.detection().loss(), notes),
            preview,
            Fingerprint.of(settings, tokenizer, trainSha, evalSha));
    requireRows(data);
    return data;
  }

  private Packer trainOrEval(long row) {
    return EvalSplit.isEval(settings.seed(), row, settings.evalFraction()) ? eval : train;
  }

  /** Returns the SHA-256 of the file. */
  private String read(Path file, LongFunction<Packer> target, long bytesBefore, long bytesTotal) {
    MessageDigest digest = Digests.sha256();
    long firstRow = rows;
    try (JsonLines lines = JsonLines.open(file, digest)) {
      encoder.run(
          lines,
          batch -> {
            for (Result result : batch.results()) {
              take(result, target.apply(rows - firstRow));
              rows++;
            }
            listener.progress(rows, bytesBefore + batch.bytesRead(), bytesTotal);
          });
    }
    return Digests.hex(digest);
  }

  private void take(Result result, Packer packer) {
    if (result.fault() != null) {
      packer.drop(
          result.fault().reason(), "line " + result.line() + " " + result.fault().getMessage());
    } else if (packer.add(result.encoded(), "line " + result.line())
        && packer == train
        && preview.size() < PREVIEWS) {
      preview.add(Preview.of(result.encoded(), tokenizer));
      if (preview.size() == 1) {
        noteMissingStop(result.encoded());
      }
    }
  }

  private void noteMissingStop(Encoded row) {
    int last = row.ids().length - 1;
    while (!row.targets()[last]) {
      last--;
    }
    if (!plan.stopIds().contains(row.ids()[last])) {
      notes.add(
          ("Warning: the last target of the first row is \"%s\", which is no token that ends a"
                  + " generation; the model will not learn to stop")
              .formatted(tokenizer.decode(new int[] {row.ids()[last]}, false)));
    }
  }

  private void requireRows(PreparedData data) {
    if (data.train().isEmpty()) {
      throw new TrainerException(
          ExitCode.DataNotUsable,
          "%s: no row can be trained on. %s"
              .formatted(settings.train(), String.join("\n", data.report())));
    }
    boolean wantsEval = settings.eval().isPresent() || settings.evalFraction() > 0;
    if (wantsEval && data.eval().isEmpty()) {
      throw new TrainerException(
          ExitCode.DataNotUsable,
          settings.eval().isPresent()
              ? "%s: no row can be evaluated. %s"
                  .formatted(settings.eval().get(), String.join("\n", data.report()))
              : ("dataset.evalFraction %s keeps none of the %d rows; raise it, or give dataset.eval")
                  .formatted(settings.evalFraction(), rows));
    }
  }
}
