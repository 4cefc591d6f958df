package io.sftjob.trainer.config;

import io.sftjob.api.progress.ExitCode;
import io.sftjob.trainer.TrainerException;
import io.smallrye.config.ConfigValidationException;
import io.smallrye.config.EnvConfigSource;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import io.smallrye.config.source.yaml.YamlConfigSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Reads {@link RuntimeConfig}. */
public final class ConfigLoader {
  private static final int FLAGS = 400;
  private static final int ENVIRONMENT = 300;
  private static final int FILE = 200;

  private ConfigLoader() {}

  /**
   * @param flags by the names of the mapping, {@code sft.port}
   * @param environment the process's variables
   * @param file YAML with the one key {@code sft}
   * @throws TrainerException with {@link ExitCode#InvalidSpec} for an unknown or malformed setting
   */
  public static RuntimeConfig load(
      Map<String, String> flags, Map<String, String> environment, Optional<Path> file) {
    try {
      var builder =
          new SmallRyeConfigBuilder()
              .addDefaultInterceptors()
              .withConverter(Path.class, 100, v -> v.isEmpty() ? null : Path.of(v))
              .withMapping(RuntimeConfig.class)
              .withSources(new PropertiesConfigSource(flags, "flags", FLAGS))
              .withSources(new EnvConfigSource(environment, ENVIRONMENT));
      if (file.isPresent()) {
        builder.withSources(
            new YamlConfigSource("file " + file.get(), Files.readString(file.get()), FILE));
      }
      return builder.build().getConfigMapping(RuntimeConfig.class);
    } catch (ConfigValidationException e) {
      throw invalid(
          IntStream.range(0, e.getProblemCount())
              .mapToObj(i -> e.getProblem(i).getMessage())
              .collect(Collectors.joining("; ")),
          e);
    } catch (IllegalArgumentException e) {
      throw invalid(e.getMessage(), e);
    } catch (IOException e) {
      throw new TrainerException(
          ExitCode.InvalidSpec, "--config %s can not be read: %s".formatted(file.get(), e), e);
    }
  }

  /** Without the library's numbers of messages and its classes. */
  private static TrainerException invalid(String message, Exception cause) {
    return new TrainerException(
        ExitCode.InvalidSpec,
        "Runtime settings: "
            + message
                .replaceAll("(java\\.lang\\.\\w+: )?SRCFG\\d+: ", "")
                .replaceAll("to enum class \\S+, allowed values: ", "to one of ")
                .replaceAll("threw an Exception whilst being converted", "can not be used:"),
        cause);
  }
}
