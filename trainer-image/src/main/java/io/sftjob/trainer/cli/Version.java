package io.sftjob.trainer.cli;

import java.io.IOException;
import java.util.Properties;
import picocli.CommandLine.IVersionProvider;

/** The version that the build wrote into {@code sft.properties}. */
final class Version implements IVersionProvider {
  @Override
  public String[] getVersion() throws IOException {
    var properties = new Properties();
    try (var in = Version.class.getResourceAsStream("/sft.properties")) {
      properties.load(in);
    }
    return new String[] {"sft " + properties.getProperty("version")};
  }
}
