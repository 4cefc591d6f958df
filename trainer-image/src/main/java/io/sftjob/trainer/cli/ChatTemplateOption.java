package io.sftjob.trainer.cli;

import io.sftjob.api.progress.ExitCode;
import io.sftjob.trainer.TrainerException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

/** What {@code dataset.chatTemplate} is in a spec. */
final class ChatTemplateOption {
  @Option(
      names = "--chat-template",
      paramLabel = "FILE",
      description = "A Jinja chat template, instead of how the model's chats are written.")
  private Path file;

  Optional<String> text() {
    try {
      return file == null ? Optional.empty() : Optional.of(Files.readString(file));
    } catch (IOException e) {
      throw new TrainerException(
          ExitCode.InvalidSpec, "--chat-template: %s can not be read: %s".formatted(file, e), e);
    }
  }
}
