package io.sftjob.trainer.cli;

import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** Whether a person looks at stderr, where logs and bars go, and what that screen can show. */
final class Terminal {
  private static final Path STDERR = Path.of("/proc/self/fd/2");

  private Terminal() {}

  /** A screen on which a line can be written over. */
  static boolean present() {
    return canRewrite(System.getenv()) && isTerminal();
  }

  /** A terminal without a cursor calls itself dumb. */
  static boolean canRewrite(Map<String, String> environment) {
    return !"dumb".equals(environment.get("TERM"));
  }

  /** Whether stderr can write what a bar is made of. */
  static boolean hasBlocks() {
    return Charset.forName(System.getProperty("stderr.encoding", "US-ASCII"))
        .newEncoder()
        .canEncode('█');
  }

  /** stderr alone: stdout and stdin may be files. The JDK can only tell of both of those. */
  private static boolean isTerminal() {
    if (!Files.exists(STDERR)) {
      return System.console() != null && System.console().isTerminal();
    }
    try {
      String device = Files.readSymbolicLink(STDERR).toString();
      return device.startsWith("/dev/pts/")
          || device.startsWith("/dev/tty")
          || device.equals("/dev/console");
    } catch (IOException e) {
      return false;
    }
  }
}
