package io.sftjob.trainer.imports;

import io.sftjob.api.progress.ExitCode;
import io.sftjob.trainer.TrainerException;
import io.sftjob.trainer.imports.Note.Kind;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What TRL's script trains and evaluates on. */
record TrlData(Carrier carrier, Places places) {
  private static final String NAME = "dataset_name";

  /** Of {@code DatasetMixtureConfig}. */
  private static final String MIXTURE = "datasets";

  private static final int LONGEST_TEMPLATE = 16384;

  /** Returns whether there is data to evaluate on. */
  boolean map() {
    var arguments = carrier.arguments();
    boolean mixed = arguments.value(MIXTURE) instanceof List<?> list && !list.isEmpty();
    if (!mixed && arguments.value(NAME) == null) {
      throw new TrainerException(ExitCode.InvalidSpec, "--" + NAME + " is missing");
    }
    set("dataset.train", mixed, "dataset_train_split");
    boolean evaluates = evaluation(mixed);
    if (arguments.isGiven("dataset_text_field")) {
      carrier.set("dataset_text_field", "dataset.textField", arguments.text("dataset_text_field"));
    }
    template();
    loss();
    return evaluates;
  }

  private boolean evaluation(boolean mixed) {
    var part = carrier.arguments().number("test_split_size");
    if (TrainerMapping.isPositive(part)) {
      if (part.compareTo(BigDecimal.ONE) >= 0) {
        carrier.note(
            Kind.Lost,
            "test_split_size",
            "a number of rows; set dataset.evalFraction to their part of all rows");
        return false;
      }
      carrier.decimal("test_split_size", "dataset.evalFraction");
      return true;
    }
    boolean evaluates = !"no".equals(carrier.arguments().text("eval_strategy"));
    if (evaluates) {
      set("dataset.eval", mixed, "dataset_test_split");
    }
    return evaluates;
  }

  private void set(String field, boolean mixed, String split) {
    var sources = new Sources(carrier, places);
    if (mixed) {
      sources.set(field, MIXTURE, new TrlMixture(carrier).files(), "data");
      return;
    }
    String name = carrier.arguments().text(NAME);
    if (Sources.isFile(name) && carrier.arguments().isGiven(split)) {
      carrier.note(Kind.Moot, split, "the data set is one file");
    }
    sources.set(field, NAME, Sources.split(name, carrier.arguments().text(split)), "data");
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
