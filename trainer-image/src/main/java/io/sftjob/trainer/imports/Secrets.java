package io.sftjob.trainer.imports;

import java.util.regex.Pattern;

/** Arguments whose values are nobody's business. */
final class Secrets {
  private static final Pattern NAME =
      Pattern.compile(".*(hub_token|auth_token|api_key|secret|webhook_url)");

  private Secrets() {}

  static boolean isOne(String name) {
    return NAME.matcher(name).matches();
  }
}
