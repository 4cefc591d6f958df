package io.sftjob.trainer.imports;

import io.sftjob.api.progress.ExitCode;
import io.sftjob.trainer.TrainerException;
import io.sftjob.trainer.imports.Note.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What TRL's script trains and evaluates on. */
record TrlData(Carrier carrier, Places places) {
  private static final String NAME = "dataset_name";
  private static final int LONGEST_TEMPLATE = 16384;

  /** Returns whether there is data to evaluate on. */
  boolean map() {
    var arguments = carrier.arguments();
    if (arguments.value(NAME) == null) {
      throw new TrainerException(ExitCode.InvalidSpec, "--" + NAME + " is missing");
    }
    boolean evaluates = source("dataset.train.uri", "dataset_train_split", evaluates());
    if (arguments.isGiven("dataset_text_field")) {
      carrier.set("dataset_text_field", "dataset.textField", arguments.text("dataset_text_field"));
    }
    template();
    loss();
    return evaluates;
  }

  private boolean evaluates() {
    return !"no".equals(carrier.arguments().text("eval_strategy"));
  }

  private boolean source(String field, String split, boolean evaluates) {
    set(field, split);
    var fraction = carrier.arguments().number("test_split_size");
    if (TrainerMapping.isPositive(fraction)) {
      carrier.decimal("test_split_size", "dataset.evalFraction");
      return true;
    }
    if (evaluates) {
      set("dataset.eval.uri", "dataset_test_split");
    }
    return evaluates;
  }

  /** A data set's folder or name, and in it the file of a split. */
  private void set(String field, String split) {
    String name = carrier.arguments().text(NAME);
    String part = carrier.arguments().text(split);
    boolean isFile = name.matches(".*\\.(jsonl|json)");
    var place = places.of(isFile ? name : name + "/" + part + ".jsonl", "data");
    carrier.set(NAME, field, place.uri());
    if (isFile && carrier.arguments().isGiven(split)) {
      carrier.note(Kind.Moot, split, "the data set is one file");
    }
    if (place.elsewhere()) {
      carrier.note(
          Kind.ToDo,
          NAME,
          "put the rows of the split `%s` into %s, or write where they are"
              .formatted(part, place.uri()));
    }
  }

  private void template() {
    String path = carrier.arguments().text("chat_template_path");
    if (path == null) {
      return;
    }
    var file = Path.of(path);
    try {
      if (!Files.isRegularFile(file) || Files.size(file) > LONGEST_TEMPLATE) {
        carrier.note(
            Kind.Lost,
            "chat_template_path",
            "a Jinja file of at most %,d characters would be taken into the job; put it into dataset.chatTemplate"
                .formatted(LONGEST_TEMPLATE));
      } else {
        carrier.set("chat_template_path", "dataset.chatTemplate", Files.readString(file));
      }
    } catch (IOException e) {
      throw new TrainerException(
          ExitCode.InvalidSpec, "chat_template_path: %s can not be read: %s".formatted(file, e), e);
    }
  }

  /** TRL's default depends on the rows. */
  private void loss() {
    var arguments = carrier.arguments();
    boolean assistant = arguments.isTrue("assistant_only_loss");
    Object completion = arguments.value("completion_only_loss");
    if (assistant) {
      carrier.set("assistant_only_loss", "dataset.loss", "Assistant");
      if (arguments.isTrue("completion_only_loss")) {
        carrier.note(
            Kind.Lost,
            "completion_only_loss",
            "targets are what the assistant says, in a prompt too; an answer with \"loss\": false is"
                + " left out");
      }
    } else if (completion == null) {
      carrier.draft().set("dataset.loss", "All", "TRL's default for text and messages");
      carrier
          .draft()
          .note(
              Kind.ToDo,
              "dataset.loss: if the rows are prompts and completions, TRL trains on the completions:"
                  + " write Completion");
    } else {
      carrier.set(
          "completion_only_loss",
          "dataset.loss",
          arguments.isTrue("completion_only_loss") ? "Completion" : "All");
    }
  }
}
