package io.sftjob.trainer.source;

import com.fasterxml.jackson.databind.JsonNode;
import io.sftjob.api.progress.ExitCode;
import io.sftjob.trainer.TrainerException;
import io.sftjob.trainer.source.DataSet.Source;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A folder that {@code datasets.Dataset.save_to_disk} wrote: {@code state.json} names its Arrow
 * streams in their order. A {@code DatasetDict} is a folder of such, named in {@code
 * dataset_dict.json}.
 */
final class SavedToDisk {
  private static final String STATE = "state.json";
  private static final String SPLITS = "dataset_dict.json";

  private SavedToDisk() {}

  static boolean at(Path folder) {
    return Files.exists(folder.resolve(SPLITS))
        || (Files.exists(folder.resolve(STATE))
            && Files.exists(folder.resolve("dataset_info.json")));
  }

  static List<DataFile> files(Source source) {
    Path folder = source.path();
    if (Files.exists(folder.resolve(SPLITS))) {
      throw refused(
          source,
          "%s is a DatasetDict with the splits %s; write one of them: %s/SPLIT"
              .formatted(
                  folder, words(json(source, folder.resolve(SPLITS)).path("splits")), folder));
    }
    JsonNode names = json(source, folder.resolve(STATE)).path("_data_files");
    List<DataFile> files = new ArrayList<>();
    for (JsonNode each : names) {
      Path file = folder.resolve(each.path("filename").asText());
      if (!folder.equals(file.getParent()) || !Files.isRegularFile(file)) {
        throw refused(
            source,
            "%s names the file `%s`, which is not beside it; save the data set again"
                .formatted(folder.resolve(STATE), each.path("filename").asText()));
      }
      files.add(
          new DataFile(file, file.getFileName().toString(), FileKind.Arrow, Compression.None));
    }
    if (files.isEmpty()) {
      throw refused(source, folder.resolve(STATE) + " names no data files; the data set is empty");
    }
    return files;
  }

  private static String words(JsonNode list) {
    List<String> words = new ArrayList<>();
    list.forEach(word -> words.add(word.asText()));
    return String.join(", ", words);
  }

  private static JsonNode json(Source source, Path file) {
    try {
      return Json.MAPPER.readTree(Files.readAllBytes(file));
    } catch (IOException e) {
      throw refused(source, file + " can not be read: " + e.getMessage());
    }
  }

  private static TrainerException refused(Source source, String why) {
    return new TrainerException(ExitCode.DataNotUsable, source.field() + ": " + why);
  }
}
