package io.sftjob.trainer.data;

import io.sftjob.trainer.chat.ChatFormat;
import io.sftjob.trainer.source.DataDigest;
import io.sftjob.trainer.source.DataSet;
import io.sftjob.trainer.source.Found;
import io.sftjob.trainer.tokenizer.Tokenizer;
import io.sftjob.trainer.tokenizer.Tokenizer.SpecialTokens;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.TreeSet;

/**
 * What packed rows were made of: equal fingerprints give equal rows.
 *
 * @param trainData a digest of the files' bytes, kinds and weights
 * @param evalData likewise; empty without evaluation data
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
        digest(settings.train()),
        settings.eval().map(Fingerprint::digest).orElse(""));
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
        "format %s, textField %s, loss %s, evalFraction %s, dropDuplicates %s, packing %s, seed %d%s"
            .formatted(
                settings.format(),
                settings.textField(),
                settings.loss().map(Enum::name).orElse("by format"),
                settings.evalFraction(),
                settings.dropDuplicates(),
                settings.packing(),
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
    add(found, "the training data has other content", trainData, prepared.trainData);
    add(found, "the evaluation data has other content", evalData, prepared.evalData);
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

  private static String digest(DataSet set) {
    return DataDigest.of(Found.of(set));
  }
}
