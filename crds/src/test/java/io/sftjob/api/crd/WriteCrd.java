package io.sftjob.api.crd;

import java.io.IOException;
import java.nio.file.Files;

/** Writes the CRD to the places where it is published (`make crds`). */
final class WriteCrd {
  private WriteCrd() {}

  public static void main(String[] args) throws IOException {
    var yaml = CrdYaml.generate();
    for (var file : CrdYaml.files()) {
      Files.createDirectories(file.getParent());
      Files.writeString(file, yaml);
    }
  }
}
