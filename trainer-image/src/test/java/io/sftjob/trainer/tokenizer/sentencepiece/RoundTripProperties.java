package io.sftjob.trainer.tokenizer.sentencepiece;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.StringLength;

/** A model without rules loses nothing, and its tokens lie side by side. */
class RoundTripProperties {
  private static final SentencePiece YI = load("yi");
  private static final SentencePiece LLAMA = load("llama");

  private static SentencePiece load(String name) {
    Path model =
        Path.of("src/test/resources/fixtures/vocabularies")
            .resolve(name)
            .resolve("tokenizer.model");
    try {
      return new SentencePiece(ModelProto.read(Files.readAllBytes(model)));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Property(tries = 1000)
  void theTextComesBack(@ForAll @StringLength(max = 60) String any) {
    // A blank written ▁ is a blank afterwards, and half a character is none.
    String text = any.replace('\u2581', ' ').replaceAll("[\\ud800-\\udfff]", "");
    for (SentencePiece engine : List.of(YI, LLAMA)) {
      List<Integer> ids = new ArrayList<>();
      StringBuilder covered = new StringBuilder();
      engine.encode(
          text,
          true,
          (id, start, end) -> {
            ids.add(id);
            covered.append(text, Math.max(start, Math.min(end, covered.length())), end);
          });
      assertThat(covered.toString()).isEqualTo(text);
      assertThat(engine.decode(ids, true)).isEqualTo(text);
    }
  }
}
