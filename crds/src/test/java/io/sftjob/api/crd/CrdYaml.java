package io.sftjob.api.crd;

import io.fabric8.crdv2.generator.CRDGenerator;
import io.fabric8.crdv2.generator.CRDGenerator.AbstractCRDOutput;
import io.sftjob.api.v1alpha1.SFTJob;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The CRD as its file holds it, generated from the Java records. */
final class CrdYaml {
  private static final String NAME = "sftjobs.sftjob.io-v1.yml";

  private CrdYaml() {}

  /** The published copies: one to `kubectl apply`, one in the chart. */
  static List<Path> files() {
    var root = Path.of("").toAbsolutePath();
    while (!Files.exists(root.resolve("mvnw"))) {
      root = root.getParent();
    }
    return List.of(
        root.resolve("crds", NAME), root.resolve("charts", "sft-operator", "crds", NAME));
  }

  static String generate() {
    var out = new InMemory();
    new CRDGenerator()
        .customResourceClasses(SFTJob.class)
        .forCRDVersions("v1")
        .withMinQuotes(true)
        .withPostProcessor(new CrdPostProcessor())
        .withOutput(out)
        .generate();
    return out.yaml.toString(StandardCharsets.UTF_8);
  }

  private static final class InMemory extends AbstractCRDOutput<ByteArrayOutputStream> {
    private final ByteArrayOutputStream yaml = new ByteArrayOutputStream();

    @Override
    protected ByteArrayOutputStream createStreamFor(String crdName) {
      return yaml;
    }

    @Override
    public URI crdURI(String crdName) {
      return URI.create("file:///" + crdName);
    }
  }
}
