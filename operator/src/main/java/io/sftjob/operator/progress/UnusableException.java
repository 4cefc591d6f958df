package io.sftjob.operator.progress;

/** An answer that can not be used; carries the {@link Problem} to show. */
final class UnusableException extends Exception {
  private static final long serialVersionUID = 1;
  private final transient Problem problem;

  UnusableException(Problem.Kind kind, String message) {
    super(message);
    problem = new Problem(kind, message);
  }

  Problem problem() {
    return problem;
  }
}
