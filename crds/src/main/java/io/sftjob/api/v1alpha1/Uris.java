package io.sftjob.api.v1alpha1;

/** The forms of URI that specs accept. */
public final class Uris {
  /** {@code pvc://claim/path} or {@code file:///path}. */
  public static final String PATTERN =
      "^(pvc://[a-z0-9]([-a-z0-9.]*[a-z0-9])?(/[^\\s]*)?|file:///[^\\s]+)$";

  /** CEL, and not a schema's pattern, because its message can say what to write. */
  static final String FORM = "self.uri.matches(r'" + PATTERN + "')";

  static final String FORM_MESSAGE =
      "uri must be pvc://CLAIM/PATH, in a claim of the job's namespace, or file:///PATH";

  /** CEL: no path may climb out of its claim or folder. */
  static final String NO_CLIMBING = "!self.uri.matches('(^|/)[.][.](/|$)')";

  static final String NO_CLIMBING_MESSAGE =
      "uri has a `..` segment: write the path as it is seen from the claim's root";

  private Uris() {}
}
