package io.sftjob.trainer.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * What {@code tokenizer.ggml.pre} stands for: how a text is split before the merges. The patterns
 * are those of the checkpoints' own tokenizer.json; {@code default} is llama.cpp's. A name is
 * listed only where normaliser and patterns are known to be the checkpoint's.
 */
final class PreTokenizers {
  private static final String GPT2 =
      "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+";
  private static final String CL100K_DIGITS =
      "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|%s"
          + "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";
  private static final String LLAMA3 = CL100K_DIGITS.formatted("\\p{N}{1,3}");
  private static final String QWEN2 = CL100K_DIGITS.formatted("\\p{N}");

  private static final List<PreTokenizer> TABLE =
      List.of(
          new PreTokenizer(
              Set.of("default"),
              List.of("[\\p{P}\\$\\+<=>\\^~\\|]+", GPT2, "\\p{N}+", "[0-9][0-9][0-9]"),
              false,
              false,
              false),
          new PreTokenizer(Set.of("gpt-2", "phi-2"), List.of(GPT2), false, false, false),
          new PreTokenizer(
              Set.of("smollm", "starcoder"), List.of("\\p{N}", GPT2), false, false, false),
          new PreTokenizer(
              Set.of("llama-bpe", "llama3", "llama-v3"), List.of(LLAMA3), false, true, true),
          new PreTokenizer(Set.of("qwen2"), List.of(QWEN2), true, false, false));

  private PreTokenizers() {}

  /**
   * @param names values of {@code tokenizer.ggml.pre}
   * @param patterns applied one after the other, each isolates its matches
   * @param nfc texts are normalised to NFC first
   * @param ignoreMerges a piece that is in the vocabulary is one token, whatever the merges say
   * @param addsBos what holds where the header has no {@code add_bos_token}
   */
  record PreTokenizer(
      Set<String> names,
      List<String> patterns,
      boolean nfc,
      boolean ignoreMerges,
      boolean addsBos) {

    JsonNode normalizer() {
      return nfc
          ? JsonNodeFactory.instance.objectNode().put("type", "NFC")
          : JsonNodeFactory.instance.nullNode();
    }

    JsonNode json() {
      ObjectNode sequence = JsonNodeFactory.instance.objectNode().put("type", "Sequence");
      ArrayNode steps = sequence.putArray("pretokenizers");
      for (String pattern : patterns) {
        ObjectNode split = steps.addObject().put("type", "Split").put("behavior", "Isolated");
        split.putObject("pattern").put("Regex", pattern);
        split.put("invert", false);
      }
      steps.add(ByteLevel.json());
      return sequence;
    }
  }

  static Optional<PreTokenizer> of(String name) {
    return TABLE.stream().filter(p -> p.names().contains(name)).findFirst();
  }

  static Set<String> names() {
    Set<String> names = new TreeSet<>();
    TABLE.forEach(p -> names.addAll(p.names()));
    return names;
  }
}
