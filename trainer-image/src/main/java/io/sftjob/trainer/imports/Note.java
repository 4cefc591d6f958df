package io.sftjob.trainer.imports;

/** What is told of an argument besides the fields that it became. */
public record Note(Kind kind, String text) {

  /** Worst first. */
  public enum Kind {
    Unknown("Unknown arguments, which the job leaves out"),
    Lost("Not carried over, and the job is another for it"),
    Differs("Carried over, with a difference"),
    ToDo("To do, or to check"),
    Moot("Left out, because the training does not depend on it");

    private final String title;

    Kind(String title) {
      this.title = title;
    }

    String title() {
      return title;
    }

    /** Whether the job is another training because of it. */
    public boolean changesTraining() {
      return this == Unknown || this == Lost;
    }
  }
}
