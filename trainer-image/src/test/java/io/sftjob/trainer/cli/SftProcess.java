package io.sftjob.trainer.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The program {@code sft} as a process of its own, which can be killed. */
final class SftProcess implements AutoCloseable {
  private static final long LIMIT_SECONDS = 60;

  private final Process process;
  private final BufferedReader lines;
  private final List<String> read = new ArrayList<>();

  private SftProcess(Process process) {
    this.process = process;
    this.lines =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
  }

  static SftProcess start(Map<String, String> environment, String... arguments) {
    return started(environment, command(arguments));
  }

  /**
   * On a terminal of its own, by util-linux' {@code script}.
   *
   * @param stream redirections of a shell, or nothing
   */
  static SftProcess onTerminal(
      int columns, String stream, Map<String, String> environment, String... arguments) {
    String line =
        "stty cols %d; exec %s %s".formatted(columns, String.join(" ", command(arguments)), stream);
    return started(environment, List.of("script", "--quiet", "--return", "-c", line, "/dev/null"));
  }

  private static List<String> command(String... arguments) {
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("--enable-native-access=ALL-UNNAMED", "-XX:+UseSerialGC"));
    command.add("--add-opens=java.base/java.nio=ALL-UNNAMED");
    command.add("--sun-misc-unsafe-memory-access=allow");
    command.addAll(List.of("-Xmx256m", "-XX:TieredStopAtLevel=1", "-Xshare:auto"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add(Sft.class.getName());
    command.addAll(List.of(arguments));
    return command;
  }

  private static SftProcess started(Map<String, String> environment, List<String> command) {
    var builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().putAll(environment);
    try {
      return new SftProcess(builder.start());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Writes a line to stdin. */
  void send(String line) {
    try {
      process.getOutputStream().write((line + "\n").getBytes(StandardCharsets.UTF_8));
      process.getOutputStream().flush();
    } catch (IOException e) {
      throw new AssertionError("does not read:\n" + output(), e);
    }
  }

  /** Ends stdin. */
  void endInput() {
    try {
      process.getOutputStream().close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Reads on until a line contains a match. */
  Matcher await(String regex) {
    var pattern = Pattern.compile(regex);
    for (String line = next(); line != null; line = next()) {
      var match = pattern.matcher(line);
      if (match.find()) {
        return match;
      }
    }
    throw new AssertionError("ended without '" + regex + "':\n" + output());
  }

  /** SIGKILL. */
  void kill() {
    process.destroyForcibly();
    exitCode();
  }

  /** SIGKILL after that time; false if it has ended before. */
  boolean killAfter(Duration time) {
    try {
      if (process.waitFor(time.toNanos(), TimeUnit.NANOSECONDS)) {
        return false;
      }
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
    kill();
    return true;
  }

  /** SIGTERM. */
  void terminate() {
    process.destroy();
  }

  /** Reads on to the end. */
  int exitCode() {
    while (next() != null) {
      // Reading drains the pipe.
    }
    try {
      if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
        throw new AssertionError("does not end:\n" + output());
      }
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
    return process.exitValue();
  }

  /** All that was read so far. */
  String output() {
    return String.join("\n", read);
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }

  private String next() {
    try {
      String line = lines.readLine();
      if (line != null) {
        read.add(line);
      }
      return line;
    } catch (IOException e) {
      // The pipe of a killed process.
      return null;
    }
  }
}
