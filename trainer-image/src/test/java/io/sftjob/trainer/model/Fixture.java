package io.sftjob.trainer.model;

import ai.djl.Device;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sftjob.api.v1alpha1.ModelDtype;
import io.sftjob.trainer.data.Document;
import io.sftjob.trainer.quant.QuantConfig;
import io.sftjob.trainer.safetensors.SafetensorsFile;
import io.sftjob.trainer.safetensors.StoredTensor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What the real libraries computed on a tiny model (parity/). */
public record Fixture(Path folder, JsonNode json) {
  public static Fixture of(String name) {
    Path folder = Path.of("src/test/resources/fixtures", name);
    try {
      return new Fixture(
          folder, new ObjectMapper().readTree(folder.resolve("expected.json").toFile()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public CausalLm load(ModelDtype dtype) {
    return CausalLm.load(folder, Device.cpu(), dtype, LoadListener.NONE);
  }

  /** As its config.json describes it. */
  public DecoderSpec spec() {
    return Families.spec(ConfigFile.read(folder.resolve("config.json")));
  }

  public CausalLm load(ModelDtype dtype, QuantConfig quantization) {
    return CausalLm.load(folder, Device.cpu(), dtype, Optional.of(quantization), LoadListener.NONE);
  }

  public List<int[]> documents() {
    var documents = new ArrayList<int[]>();
    for (JsonNode document : json.path("documents")) {
      documents.add(ints(document));
    }
    return documents;
  }

  /** The documents with one of the fixture's target masks. */
  public List<Document> documents(String mask) {
    var documents = new ArrayList<Document>();
    List<int[]> ids = documents();
    for (int i = 0; i < ids.size(); i++) {
      int[] flags = ints(json.path("targetMasks").path(mask).path(i));
      boolean[] targets = new boolean[flags.length];
      for (int t = 0; t < flags.length; t++) {
        targets[t] = flags[t] == 1;
      }
      documents.add(new Document(ids.get(i), targets));
    }
    return documents;
  }

  public float[] tensor(String name) {
    try (var file = SafetensorsFile.open(folder.resolve("expected.safetensors"))) {
      StoredTensor tensor = file.tensor(name).orElseThrow();
      return tensor.data().toArray(ValueLayout.JAVA_FLOAT_UNALIGNED);
    }
  }

  private static int[] ints(JsonNode list) {
    int[] values = new int[list.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = list.path(i).asInt();
    }
    return values;
  }
}
