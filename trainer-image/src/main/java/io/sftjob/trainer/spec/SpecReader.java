package io.sftjob.trainer.spec;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.cfg.CoercionAction;
import com.fasterxml.jackson.databind.cfg.CoercionInputShape;
import com.fasterxml.jackson.databind.cfg.MutableCoercionConfig;
import com.fasterxml.jackson.databind.exc.InvalidFormatException;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.type.LogicalType;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.sftjob.api.progress.ExitCode;
import io.sftjob.api.v1alpha1.SFTJob;
import io.sftjob.trainer.TrainerException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Collectors;

/** Reads an SFTJob's YAML; what it does not know it refuses by name and line. */
public final class SpecReader {
  private static final YAMLMapper YAML =
      YAMLMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
          .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
          .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
          .withCoercionConfig(LogicalType.Textual, SpecReader::onlyStrings)
          .build();

  private SpecReader() {}

  /** As the API server: {@code epochs: 1} is not the string {@code "1"}. */
  private static void onlyStrings(MutableCoercionConfig config) {
    config
        .setCoercion(CoercionInputShape.Integer, CoercionAction.Fail)
        .setCoercion(CoercionInputShape.Float, CoercionAction.Fail)
        .setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail);
  }

  /**
   * @throws TrainerException with {@link ExitCode#InvalidSpec}
   */
  public static Job read(Path file) {
    try {
      return parse(file.toString(), Files.readString(file));
    } catch (NoSuchFileException e) {
      throw new TrainerException(
          ExitCode.InvalidSpec,
          "The job's file %s does not exist. Check --spec.".formatted(file),
          e);
    } catch (IOException e) {
      throw new TrainerException(
          ExitCode.InvalidSpec, "The job's file %s can not be read: %s".formatted(file, e), e);
    }
  }

  /**
   * @param file where it is from, for the error
   * @throws TrainerException with {@link ExitCode#InvalidSpec}
   */
  public static Job parse(String file, String yaml) {
    SpecFile read;
    try {
      read = YAML.readValue(yaml, SpecFile.class);
    } catch (JsonProcessingException e) {
      throw invalid(file, explain(e));
    }
    if (read == null) {
      throw invalid(file, "the file is empty");
    }
    if (!SFTJob.API_VERSION.equals(read.apiVersion()) || !SFTJob.KIND.equals(read.kind())) {
      throw invalid(
          file,
          "apiVersion %s, kind %s; expected %s, %s"
              .formatted(read.apiVersion(), read.kind(), SFTJob.API_VERSION, SFTJob.KIND));
    }
    if (read.metadata() == null || read.metadata().name() == null) {
      throw invalid(file, "metadata.name is missing");
    }
    var problems = SpecProblems.of(read.spec());
    if (!problems.isEmpty()) {
      throw invalid(file, String.join("; ", problems));
    }
    return new Job(read.metadata().name(), read.metadata().uid(), read.spec());
  }

  private static TrainerException invalid(String file, String problem) {
    return new TrainerException(ExitCode.InvalidSpec, file + ": " + problem);
  }

  private static String explain(JsonProcessingException e) {
    return at(e.getLocation())
        + switch (e) {
          case UnrecognizedPropertyException unknown ->
              "unknown field %s; known here: %s"
                  .formatted(
                      path(unknown),
                      unknown.getKnownPropertyIds().stream()
                          .map(Object::toString)
                          .sorted()
                          .collect(Collectors.joining(", ")));
          case InvalidFormatException wrong when wrong.getTargetType().isEnum() ->
              "%s is '%s'; expected one of %s"
                  .formatted(
                      path(wrong),
                      wrong.getValue(),
                      Arrays.toString(wrong.getTargetType().getEnumConstants()));
          case JsonMappingException other -> path(other) + ": " + other.getOriginalMessage();
          default -> e.getOriginalMessage();
        };
  }

  private static String at(JsonLocation location) {
    return location == null ? "" : "line " + location.getLineNr() + ": ";
  }

  /** {@code spec.training.epochs}, {@code spec.lora.targetModules[2]}. */
  private static String path(JsonMappingException e) {
    return e.getPath().stream()
        .map(r -> r.getFieldName() == null ? "[" + r.getIndex() + "]" : "." + r.getFieldName())
        .collect(Collectors.joining())
        .replaceFirst("^\\.", "");
  }
}
