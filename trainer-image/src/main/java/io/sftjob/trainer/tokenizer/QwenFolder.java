package io.sftjob.trainer.tokenizer;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sftjob.trainer.tokenizer.Tokenizer.Special;
import io.sftjob.trainer.tokenizer.Tokenizer.SpecialTokens;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Qwen (v1): tiktoken ranks, written as a tokenizer.json for texts in NFC. The pattern and the
 * special tokens are those of its tokenization_qwen.py.
 */
final class QwenFolder {
  static final String FILE = "qwen.tiktoken";

  private static final String END_OF_TEXT = "<|endoftext|>";
  private static final String TURN_END = "<|im_end|>";
  private static final int EXTRAS = 205;

  private final CheckpointFolder folder;
  private final TiktokenRanks ranks;
  private final List<String> specials =
      Stream.concat(
              Stream.of(END_OF_TEXT, "<|im_start|>", TURN_END),
              IntStream.range(0, EXTRAS).mapToObj("<|extra_%d|>"::formatted))
          .toList();

  private QwenFolder(CheckpointFolder folder) {
    this.folder = folder;
    try {
      this.ranks = TiktokenRanks.parse(folder.text(FILE));
    } catch (IllegalArgumentException e) {
      throw folder.unusable(FILE + ": " + e.getMessage() + "; download it again", e);
    }
  }

  static TokenizerSource read(CheckpointFolder folder) {
    QwenFolder qwen = new QwenFolder(folder);
    ObjectNode json = qwen.json();
    Vocabulary vocabulary = Vocabulary.of(FILE, json);
    return new TokenizerSource(
        folder.toString(),
        json.toString().getBytes(StandardCharsets.UTF_8),
        vocabulary,
        qwen.specials(new DeclaredTokens(folder, vocabulary)),
        folder.chatTemplate());
  }

  private SpecialTokens specials(DeclaredTokens declared) {
    int first = ranks.tokens().size();
    Special endOfText = new Special(END_OF_TEXT, first);
    Special eos = declared.eos().orElse(endOfText);
    Set<Integer> stops = new HashSet<>(declared.stopIds());
    stops.add(eos.id());
    stops.add(first + specials.indexOf(TURN_END));
    return new SpecialTokens(
        declared.bos(),
        Optional.of(eos),
        declared.pad().or(() -> Optional.of(endOfText)),
        stops,
        IntStream.range(0, specials.size()).mapToObj(i -> first + i).collect(Collectors.toSet()),
        List.of());
  }

  private ObjectNode json() {
    ObjectNode root = JsonNodeFactory.instance.objectNode().put("version", "1.0");
    ArrayNode added = root.putArray("added_tokens");
    for (int i = 0; i < specials.size(); i++) {
      added
          .addObject()
          .put("id", ranks.tokens().size() + i)
          .put("content", specials.get(i))
          .put("single_word", false)
          .put("lstrip", false)
          .put("rstrip", false)
          .put("normalized", false)
          .put("special", true);
    }
    root.putNull("normalizer");
    root.set("pre_tokenizer", PreTokenizers.of("qwen2").orElseThrow().json());
    root.putNull("post_processor");
    root.set("decoder", ByteLevel.json());
    root.set("model", model());
    return root;
  }

  private ObjectNode model() {
    // A piece of the pattern that is a token as a whole is that token (tiktoken looks there first).
    ObjectNode model = ByteLevel.bpe(true);
    ObjectNode vocabulary = model.putObject("vocab");
    ArrayNode merges = model.putArray("merges");
    for (int rank = 0; rank < ranks.tokens().size(); rank++) {
      vocabulary.put(ByteLevel.visible(ranks.tokens().get(rank)), rank);
      ranks
          .merge(rank)
          .ifPresent(
              m ->
                  merges
                      .addArray()
                      .add(ByteLevel.visible(m.left()))
                      .add(ByteLevel.visible(m.right())));
    }
    return model;
  }
}
