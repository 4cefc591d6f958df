package io.sftjob.trainer.chat;

import io.sftjob.api.progress.ExitCode;
import io.sftjob.trainer.TrainerException;
import io.sftjob.trainer.chat.jinja.JinjaException;
import io.sftjob.trainer.chat.jinja.JinjaTemplate.Rendered;
import io.sftjob.trainer.tokenizer.Tokenizer;
import io.sftjob.trainer.tokenizer.Tokenizer.Encoding;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * A Jinja chat template: the rendered text is tokenized as it is, since the template writes bos and
 * the ends of turns itself.
 */
final class JinjaRenderer implements ChatRenderer {
  private final ChatTemplate template;
  private final ChatFormat.Template source;
  private final Tokenizer tokenizer;
  private final SpanMask mask;
  private final List<String> notes = new ArrayList<>();

  private JinjaRenderer(ChatTemplate template, ChatFormat.Template source, Tokenizer tokenizer) {
    this.template = template;
    this.source = source;
    this.tokenizer = tokenizer;
    this.mask = new SpanMask(tokenizer.specialTokens());
    this.notes.add(
        "The assistant's turns are "
            + (template.marksGeneration()
                ? "the template's generation blocks"
                : "what each adds to the rendering of the messages before it"));
  }

  static JinjaRenderer of(ChatFormat.Template source, Tokenizer tokenizer, LocalDateTime now) {
    JinjaRenderer renderer = new JinjaRenderer(compile(source, tokenizer, now), source, tokenizer);
    try {
      Thoughts.note(renderer.template).ifPresent(renderer.notes::add);
    } catch (JinjaException e) {
      throw renderer.broken(e);
    }
    return renderer;
  }

  private static ChatTemplate compile(
      ChatFormat.Template source, Tokenizer tokenizer, LocalDateTime now) {
    try {
      return ChatTemplate.compile(source.text(), tokenizer.specialTokens(), now);
    } catch (JinjaException e) {
      throw unusable(source, source.own() ? ExitCode.InvalidSpec : ExitCode.ModelNotUsable, e);
    }
  }

  @Override
  public List<String> roles() {
    return List.of("system", "user", "assistant", "tool");
  }

  @Override
  public ChatTokens tokens(Chat chat) throws RefusedChatException {
    try {
      Rendered whole = template.render(chat, false);
      Encoding encoding = tokenizer.encode(whole.text());
      return new ChatTokens(encoding.ids(), targets(chat, whole, encoding));
    } catch (JinjaException e) {
      throw refused(e);
    }
  }

  @Override
  public int[] ids(Chat chat) throws RefusedChatException {
    return rendered(chat, false);
  }

  private boolean[] targets(Chat chat, Rendered whole, Encoding encoding)
      throws RefusedChatException {
    return template.marksGeneration()
        ? mask.ofMarked(encoding, whole.generated())
        : mask.ofFound(whole.text(), encoding, AssistantTurns.find(template, chat, whole));
  }

  @Override
  public int[] prompt(Chat chat) throws RefusedChatException {
    return rendered(chat, true);
  }

  private int[] rendered(Chat chat, boolean addGenerationPrompt) throws RefusedChatException {
    try {
      return tokenizer.ids(template.render(chat, addGenerationPrompt).text());
    } catch (JinjaException e) {
      throw refused(e);
    }
  }

  @Override
  public Set<Integer> stopIds() {
    return tokenizer.specialTokens().stopIds();
  }

  @Override
  public List<String> notes() {
    return List.copyOf(notes);
  }

  private RefusedChatException refused(JinjaException e) {
    if (e.endless()) {
      throw broken(e);
    }
    return new RefusedChatException(
        Refusal.TemplateRefused, "the chat template says: " + e.getMessage());
  }

  private TrainerException broken(JinjaException e) {
    return unusable(source, source.own() ? ExitCode.DataNotUsable : ExitCode.ModelNotUsable, e);
  }

  private static TrainerException unusable(
      ChatFormat.Template source, ExitCode code, JinjaException e) {
    return new TrainerException(
        code,
        "%s can not be used: %s%s"
            .formatted(
                source.origin(),
                e.getMessage(),
                source.own() ? "" : "; give another as dataset.chatTemplate"),
        e);
  }
}
