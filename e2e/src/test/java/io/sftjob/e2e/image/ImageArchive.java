package io.sftjob.e2e.image;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarFile;

/**
 * An OCI image archive, read.
 *
 * @param config the image's {@code config}: User, Env, Entrypoint
 * @param entries what the layers put at each absolute path, the upper layer winning
 * @param contents the bytes of the files that were asked for, by absolute path
 */
record ImageArchive(
    JsonNode config, Map<String, TarArchiveEntry> entries, Map<String, byte[]> contents) {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Reads an archive, and of its files those whose absolute paths are {@code wanted}. */
  static ImageArchive read(Path archive, Set<String> wanted) throws IOException {
    var image = new ImageArchive(JSON.nullNode(), new LinkedHashMap<>(), new LinkedHashMap<>());
    try (var tar = new TarFile(archive)) {
      var members =
          tar.getEntries().stream()
              .collect(Collectors.toMap(TarArchiveEntry::getName, Function.identity()));
      var index = document(tar, members.get("index.json"));
      var manifest = document(tar, members.get(blob(index.at("/manifests/0"))));
      for (var layer : manifest.get("layers")) {
        try (var in =
            new TarArchiveInputStream(
                new GZIPInputStream(tar.getInputStream(members.get(blob(layer)))))) {
          image.add(in, wanted);
        }
      }
      var config = document(tar, members.get(blob(manifest.get("config")))).get("config");
      return new ImageArchive(config, image.entries, image.contents);
    }
  }

  private void add(TarArchiveInputStream layer, Set<String> wanted) throws IOException {
    for (var entry = layer.getNextEntry(); entry != null; entry = layer.getNextEntry()) {
      var path = "/" + entry.getName().replaceFirst("^\\./", "").replaceFirst("/$", "");
      entries.put(path, entry);
      if (wanted.contains(path)) {
        contents.put(path, layer.readAllBytes());
      }
    }
  }

  private static String blob(JsonNode descriptor) {
    return "blobs/" + descriptor.get("digest").textValue().replace(':', '/');
  }

  private static JsonNode document(TarFile tar, TarArchiveEntry member) throws IOException {
    try (var in = tar.getInputStream(member)) {
      return JSON.readTree(in);
    }
  }
}
