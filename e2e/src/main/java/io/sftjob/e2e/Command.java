package io.sftjob.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** A program to run, as the user would type it. Immutable; IO happens in {@link #run}. */
public record Command(List<String> words, Map<String, String> environment, Optional<Path> folder) {

  public static Command of(String... words) {
    return new Command(List.of(words), Map.of(), Optional.empty());
  }

  public Command with(String... more) {
    var all = new ArrayList<>(words);
    all.addAll(List.of(more));
    return new Command(List.copyOf(all), environment, folder);
  }

  public Command env(String name, String value) {
    var all = new TreeMap<>(environment);
    all.put(name, value);
    return new Command(words, Map.copyOf(all), folder);
  }

  public Command in(Path directory) {
    return new Command(words, environment, Optional.of(directory));
  }

  /** What it wrote and how it ended; stderr is part of the output. */
  public record Result(int exitCode, String output) {}

  /** Runs it to the end, whatever its exit code. */
  public Result run() {
    try {
      var process = start(true);
      var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return new Result(process.waitFor(), output);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot run " + this + ": " + e.getMessage(), e);
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  /**
   * Runs it and returns its output.
   *
   * @throws IllegalStateException with the command and its output if it fails
   */
  public String output() {
    var result = run();
    if (result.exitCode != 0) {
      throw new IllegalStateException(
          "`%s` ended with exit code %d:%n%s".formatted(this, result.exitCode, result.output));
    }
    return result.output;
  }

  /** Runs it with this program's own input and output; fails as {@link #output} does. */
  public void show() {
    try {
      int code = start(false).waitFor();
      if (code != 0) {
        throw new IllegalStateException("`%s` ended with exit code %d".formatted(this, code));
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot run " + this + ": " + e.getMessage(), e);
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  private Process start(boolean captured) throws IOException {
    var builder = new ProcessBuilder(words);
    builder.environment().putAll(environment);
    folder.ifPresent(path -> builder.directory(path.toFile()));
    if (captured) {
      builder.redirectErrorStream(true);
    } else {
      builder.inheritIO();
    }
    return builder.start();
  }

  private IllegalStateException interrupted(InterruptedException e) {
    Thread.currentThread().interrupt();
    return new IllegalStateException("interrupted while running " + this, e);
  }

  @Override
  public String toString() {
    return String.join(" ", words);
  }
}
