package io.sftjob.trainer.inspect;

import io.sftjob.trainer.TrainerException;
import io.sftjob.trainer.chat.ChatFormat;
import io.sftjob.trainer.tokenizer.Tokenizer;
import io.sftjob.trainer.tokenizer.Tokenizer.Special;
import io.sftjob.trainer.tokenizer.Tokenizers;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/** A checkpoint's tokenizer and its chats. Weights can be looked at without one. */
final class TokenizerFacts {
  private TokenizerFacts() {}

  static List<Fact> of(Path model) {
    try (Tokenizer tokenizer = Tokenizers.load(model)) {
      return List.of(
          new Fact(
              "tokenizer", "%s; %,d ids".formatted(Tokenizers.kind(model), tokenizer.vocabSize())),
          new Fact("specials", specials(tokenizer.specialTokens())),
          new Fact("chats", chats(model, tokenizer)));
    } catch (TrainerException e) {
      return List.of(new Fact("tokenizer", "can not be used: " + e.getMessage()));
    }
  }

  private static String specials(Tokenizer.SpecialTokens tokens) {
    return "bos %s, eos %s, pad %s; a text begins with %s, a generation stops at %s"
        .formatted(
            token(tokens.bos()),
            token(tokens.eos()),
            token(tokens.pad()),
            tokens.prefixIds(),
            new TreeSet<>(tokens.stopIds()));
  }

  private static String token(Optional<Special> token) {
    return token.map(t -> "%s (%d)".formatted(t.text(), t.id())).orElse("none");
  }

  private static String chats(Path model, Tokenizer tokenizer) {
    return ChatFormat.find(Optional.empty(), model, tokenizer)
        .map(ChatFormat::origin)
        .orElse("no format: give dataset.chatTemplate");
  }
}
