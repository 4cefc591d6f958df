package io.sftjob.trainer.chat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sftjob.trainer.chat.jinja.PyRepr;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** A tool call as ChatGLM3 writes it: the name in the header, then Python that calls it. */
final class GlmToolCall {
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(DeserializationFeature.USE_LONG_FOR_INTS);

  private GlmToolCall() {}

  static GlmTurn of(Turn turn, Object calls) throws RefusedChatException {
    String name = "`" + turn.name() + ".tool_calls`";
    if (!(calls instanceof List<?> list) || !(list.getFirst() instanceof Map<?, ?> first)) {
      throw refused(name + " must be a list of {function: {name, arguments}}");
    }
    if (list.size() > 1) {
      throw refused(
          "%s has %d calls; %s makes one at a time"
              .formatted(name, list.size(), ChatGlm3Renderer.NAME));
    }
    Object function = first.get("function") == null ? first : first.get("function");
    if (!(function instanceof Map<?, ?> call)
        || !(call.get("name") instanceof String tool)
        || tool.isBlank()
        || tool.indexOf('\n') >= 0) {
      throw refused(name + " has no name of a function");
    }
    return new GlmTurn(
        "assistant", tool, "```python\ntool_call(" + keywords(name, call) + ")\n```");
  }

  private static String keywords(String name, Map<?, ?> call) throws RefusedChatException {
    Object arguments = call.get("arguments");
    if (arguments instanceof String text) {
      arguments = parsed(name, text);
    }
    if (!(arguments instanceof Map<?, ?> map)) {
      throw refused(name + " has `arguments` that are no object");
    }
    return map.entrySet().stream()
        .map(e -> e.getKey() + "=" + PyRepr.of(e.getValue()))
        .collect(Collectors.joining(", "));
  }

  private static Object parsed(String name, String text) throws RefusedChatException {
    try {
      return JSON.readValue(text, Object.class);
    } catch (JsonProcessingException e) {
      throw refused(name + " has `arguments` that are not JSON: " + e.getOriginalMessage());
    }
  }

  private static RefusedChatException refused(String message) {
    return new RefusedChatException(Refusal.NotInFormat, message);
  }
}
