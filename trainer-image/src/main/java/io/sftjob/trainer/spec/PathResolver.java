package io.sftjob.trainer.spec;

import io.sftjob.api.progress.ExitCode;
import io.sftjob.api.v1alpha1.Uris;
import io.sftjob.trainer.TrainerException;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * URIs of a spec as paths of this machine: {@code file:///p} is {@code /p}, {@code pvc://c/p} is
 * {@code <pvcRoot>/c/p}. Nothing is decoded: a path is written as it is.
 */
public record PathResolver(Path pvcRoot) {
  private static final String PVC = "pvc://";
  private static final String FILE = "file://";

  /**
   * @param field the field's path in the spec, for the error
   * @throws TrainerException with {@link ExitCode#InvalidSpec}
   */
  public Path resolve(String field, String uri) {
    if (!uri.matches(Uris.PATTERN)) {
      throw new TrainerException(
          ExitCode.InvalidSpec,
          "%s: '%s' is neither pvc://CLAIM/PATH nor file:///PATH".formatted(field, uri));
    }
    String path = uri.startsWith(PVC) ? uri.substring(PVC.length()) : uri.substring(FILE.length());
    if (Arrays.asList(path.split("/")).contains("..")) {
      throw new TrainerException(
          ExitCode.InvalidSpec,
          "%s: '%s' leaves its root by '..'; write the path without it".formatted(field, uri));
    }
    return uri.startsWith(PVC) ? pvcRoot.resolve(path) : Path.of(path);
  }
}
