package io.sftjob.trainer.imports;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.sftjob.api.progress.ExitCode;
import io.sftjob.trainer.TrainerException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Arguments in a YAML or JSON file: an object whose keys are their names. */
final class ArgumentsFile {
  private static final YAMLMapper YAML =
      YAMLMapper.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();
  private static final TypeReference<LinkedHashMap<String, Object>> OBJECT =
      new TypeReference<>() {};

  private ArgumentsFile() {}

  static boolean isOne(String word) {
    return word.endsWith(".yaml") || word.endsWith(".yml") || word.endsWith(".json");
  }

  /** JSON is YAML. */
  static Map<String, Object> read(Path file) {
    try {
      Map<String, Object> read = YAML.readValue(Files.readString(file), OBJECT);
      if (read == null) {
        throw invalid(file, "is empty");
      }
      return read;
    } catch (JsonProcessingException e) {
      var at = e.getLocation();
      throw invalid(
          file,
          (at == null ? "" : "line " + at.getLineNr() + ": ")
              + "no YAML or JSON object: "
              + e.getOriginalMessage());
    } catch (IOException e) {
      throw invalid(file, "can not be read: " + e);
    }
  }

  /** Its keys as arguments. */
  static Given arguments(Names names, Map<String, Object> read) {
    var values = new LinkedHashMap<String, Object>();
    List<String> renamed = new ArrayList<>();
    read.forEach(
        (key, value) -> {
          var found = names.find(key);
          found.renamed().ifPresent(renamed::add);
          Object plain = Values.plain(value);
          values.put(found.name(), found.known().map(k -> Values.typed(k, plain)).orElse(plain));
        });
    return new Given(values, renamed);
  }

  private static TrainerException invalid(Path file, String problem) {
    return new TrainerException(ExitCode.InvalidSpec, file + ": " + problem);
  }
}
