package io.sftjob.trainer.chat;

import io.sftjob.trainer.chat.jinja.PyJson;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A conversation in ChatGLM3's turns, by the rules of its published format: the system message
 * comes first and carries the tools; a user speaks once at a time; the assistant speaks after
 * somebody else; an observation follows the assistant.
 */
final class GlmTurns {
  private static final String TOOLS_OFFERED =
      "Answer the following questions as best as you can. You have access to the following tools:";
  private static final int TOOLS_INDENT = 4;

  private GlmTurns() {}

  /**
   * @param tools of the row, or null
   */
  static List<GlmTurn> of(List<Turn> turns, Object tools) throws RefusedChatException {
    List<GlmTurn> said = new ArrayList<>();
    if (Turn.says(tools) && !turns.getFirst().is("system")) {
      said.add(new GlmTurn("system", "", TOOLS_OFFERED + "\n" + json(tools)));
    }
    for (Turn turn : turns) {
      requireOrder(turn, said.isEmpty() ? "" : said.getLast().role());
      switch (turn.role()) {
        case "system" -> said.add(system(turn, tools));
        case "assistant" -> said.addAll(assistant(turn));
        case "user" -> said.add(new GlmTurn("user", metadata(turn), turn.content()));
        default -> said.add(new GlmTurn("observation", metadata(turn), turn.content()));
      }
    }
    return said;
  }

  private static void requireOrder(Turn turn, String before) throws RefusedChatException {
    String fault =
        switch (turn.role()) {
          case "user" -> before.equals("user") ? "a user's message after a user's" : null;
          case "assistant" ->
              before.isEmpty() || before.equals("system") ? "an answer before any question" : null;
          case "tool", "observation" ->
              before.equals("assistant") ? null : "an observation that does not follow an answer";
          default -> null;
        };
    if (fault != null) {
      throw new RefusedChatException(
          Refusal.NotInFormat,
          "`%s` is %s; %s has no such thing".formatted(turn.name(), fault, ChatGlm3Renderer.NAME));
    }
    if (!turn.is("system") && turn.field("tools").isPresent()
        || !turn.is("assistant") && turn.field("tool_calls").isPresent()) {
      throw new RefusedChatException(
          Refusal.NotInFormat,
          "`%s` is of the role %s; tools stand in the system message, tool_calls in the assistant's"
              .formatted(turn.name(), turn.role()));
    }
  }

  private static GlmTurn system(Turn turn, Object rowTools) throws RefusedChatException {
    Optional<Object> own = turn.field("tools");
    if (own.isPresent() && Turn.says(rowTools)) {
      throw new RefusedChatException(
          Refusal.NotInFormat,
          "both the row and `%s` have `tools`; keep one of them".formatted(turn.name()));
    }
    Object tools = own.orElse(rowTools);
    return new GlmTurn(
        "system",
        metadata(turn),
        Turn.says(tools) ? turn.content() + "\n" + json(tools) : turn.content());
  }

  private static List<GlmTurn> assistant(Turn turn) throws RefusedChatException {
    Optional<Object> calls = turn.field("tool_calls");
    if (calls.isEmpty()) {
      return List.of(new GlmTurn("assistant", metadata(turn), turn.content()));
    }
    GlmTurn call = GlmToolCall.of(turn, calls.get());
    return turn.content().isEmpty()
        ? List.of(call)
        : List.of(new GlmTurn("assistant", metadata(turn), turn.content()), call);
  }

  private static String metadata(Turn turn) throws RefusedChatException {
    Object metadata = turn.field("metadata").orElse("");
    if (metadata instanceof String line && line.indexOf('\n') < 0) {
      return line;
    }
    throw new RefusedChatException(
        Refusal.NotInFormat, "`%s.metadata` must be one line of text".formatted(turn.name()));
  }

  /** A string is JSON already. */
  private static String json(Object tools) {
    return tools instanceof String text ? text : PyJson.dump(tools, TOOLS_INDENT);
  }
}
