package io.sftjob.trainer.run;

import io.sftjob.trainer.config.RuntimeConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Properties;

/** What a run was computed with: versions and machine. */
final class Environment {
  private static final Path PROCESSORS = Path.of("/proc/cpuinfo");

  private Environment() {}

  static Map<String, String> of(RuntimeConfig config) {
    var build = build();
    int processors = Runtime.getRuntime().availableProcessors();
    var facts = new LinkedHashMap<String, String>();
    facts.put("sft-operator", build.getProperty("version"));
    facts.put("PyTorch", build.getProperty("pytorch.version"));
    facts.put("DJL", build.getProperty("djl.version"));
    facts.put("Java", Runtime.version().toString());
    facts.put(
        "Operating system", System.getProperty("os.name") + " " + System.getProperty("os.version"));
    facts.put("Processor", "%s, %d processors".formatted(processor(), processors));
    facts.put("Device", config.device());
    facts.put("Threads", String.valueOf(config.threads().orElse(processors)));
    return facts;
  }

  private static Properties build() {
    var properties = new Properties();
    try (var in = Environment.class.getResourceAsStream("/sft.properties")) {
      properties.load(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return properties;
  }

  /** As Linux names it; without that, the architecture. */
  private static String processor() {
    try (var lines = Files.lines(PROCESSORS)) {
      return lines
          .filter(line -> line.startsWith("model name"))
          .map(line -> line.replaceFirst("^[^:]*:\\s*", ""))
          .findFirst()
          .orElse(System.getProperty("os.arch"));
    } catch (IOException e) {
      return System.getProperty("os.arch");
    }
  }
}
