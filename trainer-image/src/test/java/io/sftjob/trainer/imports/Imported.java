package io.sftjob.trainer.imports;

import io.sftjob.trainer.imports.Note.Kind;
import io.sftjob.trainer.spec.Job;
import io.sftjob.trainer.spec.SpecReader;
import java.util.List;
import java.util.Optional;

/** Imports of command lines, and what is looked at in them. */
final class Imported {
  static final String TRL = "--model_name_or_path a/m --dataset_name a/d";
  static final String FACTORY =
      "--stage sft --finetuning_type lora --model_name_or_path a/m --dataset d --output_dir o";

  private Imported() {}

  static Import.Result of(String line) {
    return Import.run(
        new Import.Request(Optional.empty(), List.of(line.split(" ")), "work", Optional.empty()));
  }

  static Import.Result of(Program program, List<String> words) {
    return Import.run(new Import.Request(Optional.of(program), words, "work", Optional.empty()));
  }

  static Job read(Import.Result result) {
    return SpecReader.parse("imported", result.yaml());
  }

  /** Without comments. */
  static String fields(Import.Result result) {
    return result.yaml().replaceAll("(?m) *#.*$", "");
  }

  static List<String> texts(Import.Result result, Kind kind) {
    return result.notes().stream().filter(n -> n.kind() == kind).map(Note::text).toList();
  }
}
