package io.sftjob.trainer.imports;

import io.sftjob.api.progress.ExitCode;
import io.sftjob.trainer.TrainerException;
import java.util.List;
import java.util.Optional;

/** What an argument's name stands for: dashes, former names, beginnings of names. */
record Names(KnownArguments known, Unmapped unmapped) {

  /**
   * A name and what it stands for.
   *
   * @param known absent: the program of today has no such argument
   */
  record Found(String written, String name, Optional<Known> known) {
    Optional<String> renamed() {
      return written.equals(name)
          ? Optional.empty()
          : Optional.of("%s: taken for %s".formatted(written, name));
    }
  }

  Found find(String written) {
    String name = written.replace('-', '_');
    if (known.find(name).isPresent() || unmapped.isKnown(name)) {
      return found(name, name);
    }
    var today = unmapped.today(name);
    if (today.isPresent()) {
      return found(name, today.get());
    }
    List<String> longer = known.beginningWith(name);
    if (longer.size() > 1) {
      throw new TrainerException(
          ExitCode.InvalidSpec,
          "--%s could be %s: write one of them".formatted(written, String.join(", ", longer)));
    }
    return found(name, longer.isEmpty() ? name : longer.getFirst());
  }

  private Found found(String written, String name) {
    return new Found(written, name, known.find(name));
  }
}
