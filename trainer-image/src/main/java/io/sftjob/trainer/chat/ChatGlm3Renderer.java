package io.sftjob.trainer.chat;

import io.sftjob.trainer.tokenizer.Tokenizer;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * ChatGLM3: {@code [gMASK] sop (<|role|> metadata\n content)* eos}. Header and content are encoded
 * one by one, and special tokens in them are not parsed. As in the published training code, what
 * ends an answer is the role that follows, or eos at the end: it is a target; what the model is
 * given, the {@code <|assistant|>} after somebody else's turn, is not.
 */
final class ChatGlm3Renderer implements ChatRenderer {
  static final String NAME = "ChatGLM3's chat format";

  /** {@code tool} is what others call an observation. */
  private static final List<String> ROLES =
      List.of("system", "user", "assistant", "observation", "tool");

  private final NativeTurns turns =
      new NativeTurns(NAME, ROLES, Set.of("tool_calls", "metadata", "tools"), Set.of("tools"));
  private final Tokenizer tokenizer;
  private final int[] prefix;
  private final Map<String, Integer> roleIds = new TreeMap<>();
  private final int eos;

  ChatGlm3Renderer(Tokenizer tokenizer) {
    this.tokenizer = tokenizer;
    SpecialIds special = new SpecialIds(NAME, tokenizer);
    this.prefix = new int[] {special.id("[gMASK]"), special.id("sop")};
    for (String role : List.of("system", "user", "assistant", "observation")) {
      roleIds.put(role, special.id("<|" + role + "|>"));
    }
    this.eos = special.eos();
  }

  @Override
  public List<String> roles() {
    return turns.roles();
  }

  @Override
  public ChatTokens tokens(Chat chat) throws RefusedChatException {
    return row(chat, true).tokens();
  }

  @Override
  public int[] prompt(Chat chat) throws RefusedChatException {
    TokenRow row = row(chat, false);
    row.add(roleIds.get("assistant"), false);
    return row.ids();
  }

  private TokenRow row(Chat chat, boolean whole) throws RefusedChatException {
    List<GlmTurn> said = GlmTurns.of(turns.of(chat), chat.extras().get("tools"));
    TokenRow row = new TokenRow();
    row.add(prefix, false);
    boolean answered = false;
    for (GlmTurn turn : said) {
      row.add(roleIds.get(turn.role()), answered);
      answered = turn.role().equals("assistant");
      row.add(tokenizer.encodeOrdinary(turn.metadata() + "\n").ids(), answered);
      row.add(tokenizer.encodeOrdinary(turn.content()).ids(), answered);
    }
    if (whole && answered) {
      row.add(eos, true);
    }
    return row;
  }

  @Override
  public Set<Integer> stopIds() {
    return Set.of(eos, roleIds.get("user"), roleIds.get("observation"));
  }

  @Override
  public List<String> notes() {
    return List.of();
  }
}
