package io.sftjob.trainer.mlflow;

import java.util.Optional;

/**
 * Which server, and what a run is called there.
 *
 * @param uri of the server, without {@code /api/2.0}
 * @param token sent as bearer token
 */
public record MlflowSettings(
    String uri, String experiment, String runName, Optional<String> token) {
  public MlflowSettings {
    uri = uri.replaceFirst("/+$", "");
  }

  /** Without the token. */
  @Override
  public String toString() {
    return uri;
  }
}
