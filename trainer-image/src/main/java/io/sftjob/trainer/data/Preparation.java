package io.sftjob.trainer.data;

import io.sftjob.api.progress.ExitCode;
import io.sftjob.trainer.TrainerException;
import io.sftjob.trainer.data.ParallelEncoder.Result;
import io.sftjob.trainer.data.SetReader.Use;
import io.sftjob.trainer.source.Found;
import io.sftjob.trainer.source.RowOrigin;
import io.sftjob.trainer.tokenizer.Tokenizer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Rows to packed rows. The result depends on the input alone, not on threads. */
public final class Preparation {
  private static final int PREVIEWS = 2;

  private final DataSettings settings;
  private final Tokenizer tokenizer;
  private final RowPlan plan;
  private final ParallelEncoder encoder;
  private final ProgressListener listener;
  private final Packer train;
  private final Packer eval;
  private final List<Preview> preview = new ArrayList<>();
  private final List<String> notes = new ArrayList<>();
  private final Found trainFiles;
  private long rows;

  private Preparation(
      DataSettings settings,
      Tokenizer tokenizer,
      TokenWriter writer,
      int threads,
      ProgressListener listener) {
    this.settings = settings;
    this.tokenizer = tokenizer;
    this.trainFiles = Found.of(settings.train());
    this.plan = RowPlan.of(settings, trainFiles, tokenizer);
    this.encoder = new ParallelEncoder(plan.reader(), encoder(), threads);
    var origins = new Origins();
    this.train = new Packer(settings.packing(), settings.seed(), writer, origins);
    this.eval = new Packer(settings.packing(), settings.seed(), writer, origins);
    this.listener = listener;
    this.notes.addAll(plan.detection().notes());
    if (!settings.packing().keepsApart()) {
      notes.add(
          "Warning: packing %s puts documents end to end; a row is one document to the model, and its tokens attend to the documents before theirs"
              .formatted(settings.packing().getClass().getSimpleName()));
    }
  }

  /**
   * @param scratch a folder with room for four bytes a token, which are free again when the data is
   *     no longer used
   * @param threads that tokenize
   * @throws TrainerException {@link ExitCode#DataNotUsable} if no row can be used, {@link
   *     ExitCode#ModelNotUsable} if the checkpoint lacks what the rows need
   */
  public static PreparedData prepare(
      DataSettings settings,
      Tokenizer tokenizer,
      Path scratch,
      int threads,
      ProgressListener listener) {
    try (var writer = TokenWriter.in(scratch)) {
      return new Preparation(settings, tokenizer, writer, threads, listener).run();
    }
  }

  private PreparedData run() {
    var trainRows = new SetReader(trainFiles, settings.seed(), settings.evalFraction());
    Optional<SetReader> evalRows =
        settings.eval().map(set -> new SetReader(Found.of(set), settings.seed(), 0));
    long trainBytes = trainRows.bytesTotal();
    long total = trainBytes + evalRows.map(SetReader::bytesTotal).orElse(0L);
    String trainDigest = read(trainRows, train, 0, total);
    String evalDigest = evalRows.map(all -> read(all, eval, trainBytes, total)).orElse("");

    var packedTrain = train.pack();
    var packedEval = eval.pack();
    PreparedData data =
        new PreparedData(
            packedTrain.rows(),
            packedEval.rows(),
            packedTrain.ledger(),
            packedEval.ledger(),
            new Detection(plan.detection().format(), plan.detection().loss(), notes),
            preview,
            Fingerprint.of(settings, tokenizer, trainDigest, evalDigest),
            settings.packing().maxLength());
    requireRows(data);
    return data;
  }

  private RowEncoder encoder() {
    return settings.packing() instanceof Packing.ConstantLength
        ? new ConcatenatedEncoder(plan.encoder(), tokenizer)
        : plan.encoder();
  }

  /**
   * @param target of the rows that are not kept for evaluation
   * @return what the rows were made of
   */
  private String read(SetReader reader, Packer target, long bytesBefore, long bytesTotal) {
    var duplicates = settings.dropDuplicates() ? new Duplicates() : null;
    try (reader) {
      encoder.run(
          reader,
          batch -> {
            for (Result result : batch.results()) {
              take(result, result.taken().use() == Use.Eval ? eval : target, duplicates);
              rows++;
            }
            listener.progress(rows, bytesBefore + batch.bytesRead(), bytesTotal);
          });
      return reader.digest();
    }
  }

  private void take(Result result, Packer packer, Duplicates duplicates) {
    RowOrigin origin = result.taken().row().origin();
    if (result.taken().use() == Use.LeftOut) {
      packer.drop(DropReason.LeftOut, 0, origin.toString());
    } else if (result.fault() != null) {
      packer.drop(result.fault().reason(), 0, origin + " " + result.fault().getMessage());
    } else if (duplicates != null && duplicates.contains(result.taken(), result.encoded())) {
      packer.drop(DropReason.Duplicate, result.encoded().ids().length, origin.toString());
    } else if (packer.add(result.encoded(), origin)
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
