package io.sftjob.trainer.data;

import io.sftjob.trainer.chat.ChatTemplate;
import io.sftjob.trainer.chat.jinja.JinjaException;
import io.sftjob.trainer.chat.jinja.JinjaTemplate.Rendered;
import io.sftjob.trainer.chat.jinja.JinjaTemplate.Span;
import io.sftjob.trainer.tokenizer.Tokenizer;
import io.sftjob.trainer.tokenizer.Tokenizer.Encoding;
import java.util.Arrays;
import java.util.List;

/**
 * Messages rows: the rendered text is tokenized as it is, since the template writes bos and the
 * ends of turns itself.
 */
final class ChatEncoder implements RowEncoder {
  private final ChatTemplate template;
  private final Tokenizer tokenizer;
  private final LossOn loss;
  private final SpanMask mask;

  ChatEncoder(ChatTemplate template, Tokenizer tokenizer, LossOn loss) {
    this.template = template;
    this.tokenizer = tokenizer;
    this.loss = loss;
    this.mask = new SpanMask(tokenizer.specialTokens());
  }

  @Override
  public Encoded encode(Row row) throws UnusableRowException {
    Row.Messages chat = (Row.Messages) row;
    try {
      Rendered whole = template.render(chat.messages(), chat.extras(), false);
      Encoding encoding = tokenizer.encode(whole.text());
      return new Encoded(encoding.ids(), targets(chat, whole, encoding));
    } catch (JinjaException e) {
      throw new UnusableRowException(
          DropReason.TemplateRefused, "the chat template says: " + e.getMessage());
    }
  }

  private boolean[] targets(Row.Messages chat, Rendered whole, Encoding encoding)
      throws UnusableRowException {
    if (loss == LossOn.All) {
      boolean[] all = new boolean[encoding.ids().length];
      Arrays.fill(all, true);
      return all;
    }
    if (template.marksGeneration()) {
      return mask.of(whole.text(), encoding, whole.generated());
    }
    List<Span> turns = AssistantTurns.find(template, chat, whole.text());
    return mask.of(whole.text(), encoding, turns);
  }
}
