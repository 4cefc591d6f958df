package io.sftjob.trainer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Bars where a person looks, lines where a file does. */
@Timeout(60)
class TerminalProcessTest {
  private static final String ESCAPE = "\033";
  private static final Pattern BAR = Pattern.compile("(Load|Prepare|Train|Save) +(\\d+)% .*");
  private static final Map<String, String> XTERM = Map.of("TERM", "xterm", "LC_ALL", "C.UTF-8");

  @TempDir private Path folder;

  @Test
  void eachPhaseHasABarAsWideAsTheTerminal() {
    try (var train = onTerminal(60, "", XTERM, "train")) {
      assertThat(train.exitCode()).as(train::output).isZero();
      var bars = bars(train.output());
      for (String phase : List.of("Load", "Prepare", "Train", "Save")) {
        assertThat(bars).as(train::output).anyMatch(bar -> bar.startsWith(phase + " 100% |"));
      }
      assertThat(bars).allMatch(bar -> bar.length() < 60);
      assertThat(train.output()).doesNotContain(ESCAPE + "[3", "done in");
    }
  }

  @Test
  void stdoutMayBeAFile() {
    try (var prepare = onTerminal(80, "> " + folder.resolve("stdout"), XTERM, "prepare")) {
      assertThat(prepare.exitCode()).as(prepare::output).isZero();
      assertThat(bars(prepare.output())).isNotEmpty();
    }
  }

  @Test
  void aDumbTerminalGetsLines() {
    var environment = Map.of("TERM", "dumb", "LC_ALL", "C.UTF-8");
    try (var prepare = onTerminal(80, "", environment, "prepare")) {
      assertThat(prepare.exitCode()).as(prepare::output).isZero();
      assertThat(prepare.output()).contains("Prepare: done in").doesNotContain(ESCAPE);
      assertThat(bars(prepare.output())).isEmpty();
    }
  }

  @Test
  void aTerminalWithoutUnicodeGetsAsciiBars() {
    var environment = Map.of("TERM", "xterm", "LC_ALL", "C");
    try (var prepare = onTerminal(80, "", environment, "prepare")) {
      assertThat(prepare.exitCode()).as(prepare::output).isZero();
      assertThat(bars(prepare.output())).isNotEmpty().allMatch(bar -> bar.contains("["));
    }
  }

  @Test
  void aLogInAFileHasNoSignsOfATerminal() throws Exception {
    var log = folder.resolve("log");
    try (var prepare = onTerminal(80, "2> " + log, XTERM, "prepare")) {
      assertThat(prepare.exitCode()).isZero();
    }
    assertThat(Files.readString(log)).contains("Prepare: done in").doesNotContain(ESCAPE, "\r");
  }

  private SftProcess onTerminal(
      int columns, String stream, Map<String, String> environment, String command) {
    var job = new TinyJob(folder, 5, 5);
    return SftProcess.onTerminal(columns, stream, environment, job.arguments(command));
  }

  /** What a bar's line showed, one after the other. */
  private static List<String> bars(String output) {
    return output
        .lines()
        .flatMap(line -> Pattern.compile("\r").splitAsStream(line))
        .map(text -> text.replaceAll(ESCAPE + "\\[[0-9;]*[A-Za-z]", ""))
        .filter(text -> BAR.matcher(text).matches())
        .toList();
  }
}
