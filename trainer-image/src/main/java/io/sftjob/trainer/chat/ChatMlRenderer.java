package io.sftjob.trainer.chat;

import io.sftjob.trainer.tokenizer.Tokenizer;
import io.sftjob.trainer.tokenizer.Tokenizer.Encoding;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * ChatML: {@code <|im_start|>role\ncontent<|im_end|>\n}. Special tokens in a content are not
 * parsed.
 */
final class ChatMlRenderer implements ChatRenderer {
  static final String QWEN = "Qwen's ChatML";
  static final String YI = "Yi's ChatML";
  private static final String QWEN_SYSTEM = "You are a helpful assistant.";

  private final NativeTurns turns;
  private final Tokenizer tokenizer;
  private final Optional<String> defaultSystem;
  private final boolean contentApart;
  private final int start;
  private final int end;

  private ChatMlRenderer(
      String name, Tokenizer tokenizer, Optional<String> defaultSystem, boolean contentApart) {
    this.turns = new NativeTurns(name, List.of("system", "user", "assistant"), Set.of(), Set.of());
    this.tokenizer = tokenizer;
    this.defaultSystem = defaultSystem;
    this.contentApart = contentApart;
    SpecialIds special = new SpecialIds(name, tokenizer);
    this.start = special.id("<|im_start|>");
    this.end = special.id("<|im_end|>");
  }

  /** Qwen (v1), which has a system message always and encodes role, newline and content apart. */
  static ChatMlRenderer qwen(Tokenizer tokenizer) {
    return new ChatMlRenderer(QWEN, tokenizer, Optional.of(QWEN_SYSTEM), true);
  }

  static ChatMlRenderer yi(Tokenizer tokenizer) {
    return new ChatMlRenderer(YI, tokenizer, Optional.empty(), false);
  }

  @Override
  public List<String> roles() {
    return turns.roles();
  }

  @Override
  public ChatTokens tokens(Chat chat) throws RefusedChatException {
    return row(chat).tokens();
  }

  @Override
  public int[] prompt(Chat chat) throws RefusedChatException {
    TokenRow row = row(chat);
    row.add(start, false);
    say(row, "assistant\n", "", false);
    return row.ids();
  }

  private TokenRow row(Chat chat) throws RefusedChatException {
    List<Turn> said = turns.of(chat);
    TokenRow row = new TokenRow();
    if (defaultSystem.isPresent() && !said.getFirst().is("system")) {
      say(row, "system", defaultSystem.get());
    }
    for (Turn turn : said) {
      say(row, turn.role(), turn.content());
    }
    return row;
  }

  private void say(TokenRow row, String role, String content) {
    boolean answer = role.equals("assistant");
    row.add(start, false);
    say(row, role + "\n", content, answer);
    row.add(end, answer);
    row.add(tokenizer.encodeOrdinary("\n").ids(), false);
  }

  private void say(TokenRow row, String header, String content, boolean answer) {
    if (contentApart) {
      row.add(tokenizer.encodeOrdinary(header.strip()).ids(), false);
      row.add(tokenizer.encodeOrdinary("\n").ids(), false);
      row.add(tokenizer.encodeOrdinary(content).ids(), answer);
      return;
    }
    Encoding encoding = tokenizer.encodeOrdinary(header + content);
    for (int i = 0; i < encoding.ids().length; i++) {
      row.add(encoding.ids()[i], answer && encoding.ends()[i] > header.length());
    }
  }

  @Override
  public Set<Integer> stopIds() {
    Set<Integer> stops = new HashSet<>(tokenizer.specialTokens().stopIds());
    stops.add(end);
    return stops;
  }

  @Override
  public List<String> notes() {
    return List.of();
  }
}
