package io.sftjob.trainer.chat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What every native format asks of a conversation, before it looks at it. */
final class NativeTurns {
  private static final List<String> MEANINGFUL =
      List.of("tool_calls", "function_call", "tools", "metadata", "reasoning_content");
  private static final String WAY_OUT = "; remove it, or give dataset.chatTemplate";

  private final String format;
  private final List<String> roles;
  private final Set<String> fields;
  private final Set<String> extras;

  /**
   * @param fields of a message that the format says, beside role and content
   * @param extras of a row that the format says
   */
  NativeTurns(String format, List<String> roles, Set<String> fields, Set<String> extras) {
    this.format = format;
    this.roles = roles;
    this.fields = fields;
    this.extras = extras;
  }

  List<String> roles() {
    return roles;
  }

  List<Turn> of(Chat chat) throws RefusedChatException {
    for (Map.Entry<String, Object> extra : chat.extras().entrySet()) {
      if (Turn.says(extra.getValue()) && !extras.contains(extra.getKey())) {
        throw notInFormat("`%s`".formatted(extra.getKey()));
      }
    }
    List<Turn> turns = new ArrayList<>();
    for (int i = 0; i < chat.messages().size(); i++) {
      Turn turn = Turn.of(chat, i);
      check(turn, i);
      turns.add(turn);
    }
    return turns;
  }

  private void check(Turn turn, int index) throws RefusedChatException {
    if (!roles.contains(turn.role())) {
      throw new RefusedChatException(
          Refusal.UnknownRole,
          "`%s.role` is \"%s\", which %s does not know"
              .formatted(turn.name(), turn.role(), format));
    }
    if (turn.is("system") && index > 0) {
      throw new RefusedChatException(
          Refusal.NotInFormat,
          "`%s` is a system message; %s has one at the beginning only"
              .formatted(turn.name(), format));
    }
    for (String field : MEANINGFUL) {
      if (turn.field(field).isPresent() && !fields.contains(field)) {
        throw notInFormat("`%s.%s`".formatted(turn.name(), field));
      }
    }
    boolean callsTools = fields.contains("tool_calls") && turn.field("tool_calls").isPresent();
    if (turn.content().isEmpty() && !callsTools) {
      throw new RefusedChatException(Refusal.Empty, "`%s.content` is empty".formatted(turn.name()));
    }
  }

  private RefusedChatException notInFormat(String what) {
    return new RefusedChatException(
        Refusal.NotInFormat, "%s has no place in %s%s".formatted(what, format, WAY_OUT));
  }
}
