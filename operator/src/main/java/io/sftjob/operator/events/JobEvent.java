package io.sftjob.operator.events;

/** Something that happened to a job, for {@code kubectl describe}. */
public record JobEvent(Reason reason, String message) {

  /** The reasons of events. */
  public enum Reason {
    JobCreated(true),
    Running(true),
    Resumed(true),
    Queued(true),
    Suspended(true),
    Succeeded(true),
    Retrying(false),
    ProgressStale(false),
    Failed(false);

    private final boolean normal;

    Reason(boolean normal) {
      this.normal = normal;
    }

    /** The event's type in Kubernetes. */
    public String type() {
      return normal ? "Normal" : "Warning";
    }
  }
}
