package io.sftjob.trainer.imports;

import io.sftjob.api.progress.ExitCode;
import io.sftjob.trainer.TrainerException;
import io.sftjob.trainer.imports.Note.Kind;
import java.math.BigDecimal;
import java.util.List;

/** What LLaMA-Factory trains and evaluates on, and how rows become text. */
record LlamaFactoryData(Carrier carrier, Places places) {
  private static final String TRAIN = "dataset";
  private static final String EVAL = "eval_dataset";

  /** Returns whether there is data to evaluate on. */
  boolean map() {
    var arguments = carrier.arguments();
    var info = DatasetInfo.find(arguments.text("dataset_dir"));
    if (arguments.items(TRAIN).isEmpty()) {
      throw new TrainerException(ExitCode.InvalidSpec, TRAIN + " is missing");
    }
    var first = source(TRAIN, "dataset.train.uri", info);
    boolean evaluates = evaluation(info);
    first.format().ifPresent(format -> carrier.set(TRAIN, "dataset.format", format));
    template();
    if (arguments.isTrue("train_on_prompt")) {
      carrier.set("train_on_prompt", "dataset.loss", "All");
    }
    return evaluates;
  }

  private boolean evaluation(DatasetInfo info) {
    if (!carrier.arguments().items(EVAL).isEmpty()) {
      source(EVAL, "dataset.eval.uri", info);
      return true;
    }
    var size = carrier.arguments().number("val_size");
    if (!TrainerMapping.isPositive(size)) {
      return false;
    }
    if (size.compareTo(BigDecimal.ONE) < 0) {
      carrier.decimal("val_size", "dataset.evalFraction");
      return true;
    }
    carrier.note(
        Kind.Lost,
        "val_size",
        "a number of rows; set dataset.evalFraction to their part of all rows");
    return false;
  }

  private DatasetInfo.Entry source(String name, String field, DatasetInfo info) {
    List<String> names = carrier.arguments().items(name);
    var entry = info.entry(names.getFirst());
    var place = places.of(entry.file(), "");
    carrier.set(name, field, place.uri());
    if (place.elsewhere()) {
      carrier.note(
          Kind.ToDo, name, "put the rows into %s, or write where they are".formatted(place.uri()));
    }
    entry
        .differences()
        .forEach(
            text -> carrier.draft().note(Kind.Lost, name + " " + names.getFirst() + ": " + text));
    entry
        .hints()
        .forEach(
            text -> carrier.draft().note(Kind.ToDo, name + " " + names.getFirst() + ": " + text));
    if (names.size() > 1) {
      carrier
          .draft()
          .note(
              Kind.Lost,
              "%s %s: a job reads one file; put the rows together"
                  .formatted(name, String.join(", ", names.subList(1, names.size()))));
    }
    return entry;
  }

  private void template() {
    if (carrier.arguments().value("template") != null) {
      carrier.note(
          Kind.ToDo,
          "template",
          "chats are written by the checkpoint's own template; sft prepare shows the first rows, and"
              + " dataset.chatTemplate takes another");
    }
  }
}
