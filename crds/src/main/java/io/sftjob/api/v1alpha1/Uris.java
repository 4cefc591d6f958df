package io.sftjob.api.v1alpha1;

/** The forms of URI that specs accept. */
public final class Uris {
  /** {@code pvc://claim/path} or {@code file:///path}; no {@code ..} is checked by the consumer. */
  public static final String PATTERN =
      "^(pvc://[a-z0-9]([-a-z0-9.]*[a-z0-9])?(/[^\\s]*)?|file:///[^\\s]+)$";

  private Uris() {}
}
