package io.sftjob.trainer.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.UUID;

/**
 * A tokenizer.json that finds no special token in a text: Python's {@code encode_special_tokens},
 * which DJL's binding does not have.
 */
final class OrdinaryText {
  private static final ObjectMapper JSON = new ObjectMapper();

  private OrdinaryText() {}

  static byte[] of(byte[] tokenizerJson) {
    try {
      ObjectNode root = (ObjectNode) JSON.readTree(tokenizerJson);
      root.replace("added_tokens", withoutSpecials(root));
      return JSON.writeValueAsBytes(root);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * The library numbers added tokens anew, in order, unless the model has them. So a special that
   * only the list has keeps its place there, under a name that no text can hold.
   */
  private static ArrayNode withoutSpecials(ObjectNode root) {
    Vocabulary model = Vocabulary.ofModel(JsonFolder.FILE, root);
    String unguessable = UUID.randomUUID().toString();
    ArrayNode kept = JSON.createArrayNode();
    for (JsonNode token : root.path("added_tokens")) {
      String content = token.path("content").asText();
      if (!token.path("special").booleanValue()) {
        kept.add(token);
      } else if (model.idOf(content).isEmpty()) {
        kept.add(((ObjectNode) token.deepCopy()).put("content", unguessable + content));
      }
    }
    return kept;
  }
}
