package io.sftjob.trainer.cli;

/** Whether a person looks on. */
final class Terminal {
  private Terminal() {}

  static boolean present() {
    return System.console() != null && System.console().isTerminal();
  }
}
