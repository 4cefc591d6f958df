package io.sftjob.e2e;

import java.nio.file.Files;
import java.nio.file.Path;

/** The files of the checkout that the harness runs from. */
public record Repository(Path root) {

  /** The checkout that holds the working directory. */
  public static Repository here() {
    for (var dir = Path.of("").toAbsolutePath(); dir != null; dir = dir.getParent()) {
      if (Files.exists(dir.resolve("mvnw")) && Files.isDirectory(dir.resolve("crds"))) {
        return new Repository(dir);
      }
    }
    throw new IllegalStateException(
        "run this inside a checkout of sft-operator (no folder above "
            + Path.of("").toAbsolutePath()
            + " has mvnw and crds/)");
  }

  public Path operatorImage() {
    return built("operator/target/image.tar", "make images");
  }

  public Path trainerImage() {
    return built("trainer-image/target/image.tar", "make images");
  }

  public Path sftkube() {
    return built("cluster/build/sftkube", "make cluster");
  }

  public Path helm() {
    return built("cluster/build/helm", "make cluster");
  }

  public Path sft() {
    return built("bin/sft", "git checkout bin/sft");
  }

  public Path chart() {
    return root.resolve("charts/sft-operator");
  }

  public Path examples() {
    return root.resolve("examples");
  }

  private Path built(String path, String target) {
    var file = root.resolve(path);
    if (!Files.exists(file)) {
      throw new IllegalStateException(file + " is missing: run `" + target + "` first");
    }
    return file;
  }
}
