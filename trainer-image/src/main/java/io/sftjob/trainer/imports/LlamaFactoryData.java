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
    var train = source(TRAIN, "dataset.train", info);
    boolean evaluates = evaluation(info);
    format(train);
    template();
    if (arguments.isTrue("train_on_prompt")) {
      carrier.set("train_on_prompt", "dataset.loss", "All");
    }
    return evaluates;
  }

  private boolean evaluation(DatasetInfo info) {
    if (!carrier.arguments().items(EVAL).isEmpty()) {
      source(EVAL, "dataset.eval", info);
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

  private List<DatasetInfo.Entry> source(String name, String field, DatasetInfo info) {
    List<String> names = carrier.arguments().items(name);
    var entries = names.stream().map(info::entry).toList();
    new Sources(carrier, places)
        .set(field, name, entries.stream().map(DatasetInfo.Entry::file).toList(), "");
    for (int i = 0; i < names.size(); i++) {
      String told = name + " " + names.get(i) + ": ";
      entries.get(i).differences().forEach(text -> carrier.draft().note(Kind.Lost, told + text));
      entries.get(i).hints().forEach(text -> carrier.draft().note(Kind.ToDo, told + text));
    }
    return entries;
  }

  /** One for all files, or what the first row says. */
  private void format(List<DatasetInfo.Entry> entries) {
    var formats = entries.stream().map(DatasetInfo.Entry::format).distinct().toList();
    if (formats.size() > 1) {
      carrier
          .draft()
          .note(
              Kind.Lost,
              "dataset: its files are of several formats (%s), a job's rows of one: bring them into it"
                  .formatted(
                      String.join(", ", formats.stream().map(f -> f.orElse("alpaca")).toList())));
    } else {
      formats.getFirst().ifPresent(format -> carrier.set(TRAIN, "dataset.format", format));
    }
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
