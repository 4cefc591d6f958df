package io.sftjob.trainer.data;

import io.sftjob.api.progress.ExitCode;
import io.sftjob.trainer.TrainerException;
import io.sftjob.trainer.chat.ChatFormat;
import io.sftjob.trainer.tokenizer.Tokenizer;
import io.sftjob.trainer.tokenizer.Tokenizer.SpecialTokens;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.TreeSet;

/**
 * What packed rows were made of: equal fingerprints give equal rows.
 *
 * @param trainData SHA-256 of the file's bytes
 * @param evalData likewise; empty without an evaluation file
 * @param tokenizer its own fingerprint
 * @param template SHA-256 of the chat format, of no text without one
 * @param settings readable
 */
public record Fingerprint(
    String trainData, String evalData, String tokenizer, String template, String settings) {

  /** Reads the data files once. */
  public static Fingerprint of(DataSettings settings, Tokenizer tokenizer) {
    return of(
        settings,
        tokenizer,
        sha256(settings.train()),
        settings.eval().map(Fingerprint::sha256).orElse(""));
  }

  static Fingerprint of(
      DataSettings settings, Tokenizer tokenizer, String trainData, String evalData) {
    String template =
        ChatFormat.find(settings.chatTemplate(), settings.model(), tokenizer)
            .map(ChatFormat::identity)
            .orElse("");
    // The time is part of the text only where the template asks for it.
    String time = template.contains("strftime_now") ? ", time " + settings.templateTime() : "";
    return new Fingerprint(
        trainData,
        evalData,
        tokenizer(tokenizer),
        Digests.ofText(template),
        "format %s, textField %s, loss %s, evalFraction %s, maxLength %d, seed %d%s"
            .formatted(
                settings.format(),
                settings.textField(),
                settings.loss().map(Enum::name).orElse("by format"),
                settings.evalFraction(),
                settings.maxLength(),
                settings.seed(),
                time));
  }

  private static String tokenizer(Tokenizer tokenizer) {
    SpecialTokens specials = tokenizer.specialTokens();
    return Digests.ofText(
        String.join(
            "|",
            tokenizer.fingerprint(),
            specials.bos().toString(),
            specials.eos().toString(),
            specials.pad().toString(),
            new TreeSet<>(specials.stopIds()).toString(),
            specials.prefixIds().toString()));
  }

  /** What differs, in words; empty if nothing does. */
  public List<String> differencesFrom(Fingerprint prepared) {
    List<String> found = new ArrayList<>();
    add(found, "the training file has other content", trainData, prepared.trainData);
    add(found, "the evaluation file has other content", evalData, prepared.evalData);
    add(found, "the tokenizer is another", tokenizer, prepared.tokenizer);
    add(found, "the chat template is another", template, prepared.template);
    add(
        found,
        "the settings were [%s] and are [%s]".formatted(prepared.settings, settings),
        settings,
        prepared.settings);
    return found;
  }

  private static void add(List<String> found, String what, String now, String prepared) {
    if (!Objects.equals(now, prepared)) {
      found.add(what);
    }
  }

  private static String sha256(Path file) {
    MessageDigest digest = Digests.sha256();
    byte[] buffer = new byte[1 << 16];
    try (InputStream in = Files.newInputStream(file)) {
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        digest.update(buffer, 0, n);
      }
    } catch (IOException e) {
      throw new TrainerException(
          ExitCode.StorageUnavailable, file + ": can not be read: " + e.getMessage(), e);
    }
    return Digests.hex(digest);
  }
}
