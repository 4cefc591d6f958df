package io.sftjob.trainer.chat;

import io.sftjob.trainer.tokenizer.Tokenizer;
import io.sftjob.trainer.tokenizer.Tokenizer.Special;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * How a family's authors say chats in code, where their checkpoints carry no template.
 *
 * @param user of Baichuan, where generation_config.json names it
 * @param assistant likewise
 * @param insteadOf the checkpoint's template, which ends no answer
 */
record NativeFormat(Family family, OptionalInt user, OptionalInt assistant, boolean insteadOf)
    implements ChatFormat {
  enum Family {
    BAICHUAN(BaichuanRenderer.NAME),
    CHATGLM3(ChatGlm3Renderer.NAME),
    QWEN(ChatMlRenderer.QWEN),
    YI(ChatMlRenderer.YI);

    private final String words;

    Family(String words) {
      this.words = words;
    }
  }

  static Optional<NativeFormat> find(Path model, Tokenizer tokenizer) {
    CheckpointConfig config = CheckpointConfig.read(model);
    return family(config.modelType().orElse(""), tokenizer)
        .map(
            family -> new NativeFormat(family, config.userToken(), config.assistantToken(), false));
  }

  NativeFormat insteadOfTemplate() {
    return new NativeFormat(family, user, assistant, true);
  }

  private static Optional<Family> family(String modelType, Tokenizer tokenizer) {
    return switch (modelType) {
      case "baichuan" -> Optional.of(Family.BAICHUAN);
      case "chatglm" -> isChatGlm3(tokenizer) ? Optional.of(Family.CHATGLM3) : Optional.empty();
      case "qwen" -> Optional.of(Family.QWEN);
      case "llama" -> isYi(tokenizer) ? Optional.of(Family.YI) : Optional.empty();
      default -> Optional.empty();
    };
  }

  /** ChatGLM2 and GLM-4 have the same model_type. */
  private static boolean isChatGlm3(Tokenizer tokenizer) {
    return tokenizer.idOf("sop").isPresent() && tokenizer.idOf("<|observation|>").isPresent();
  }

  /** Yi is a Llama but for its vocabulary. */
  private static boolean isYi(Tokenizer tokenizer) {
    Optional<String> bos = tokenizer.specialTokens().bos().map(Special::text);
    return bos.equals(Optional.of("<|startoftext|>"))
        && tokenizer.idOf("<|im_start|>").isPresent()
        && tokenizer.idOf("<|im_end|>").isPresent();
  }

  @Override
  public String origin() {
    return family.words
        + (insteadOf
            ? " (the checkpoint's own template ends no answer, so that the model would not learn to"
                + " stop)"
            : "");
  }

  @Override
  public String identity() {
    return "native %s %s %s".formatted(family, user, assistant);
  }

  @Override
  public ChatRenderer renderer(Tokenizer tokenizer, LocalDateTime now) {
    return switch (family) {
      case BAICHUAN -> new BaichuanRenderer(tokenizer, user, assistant);
      case CHATGLM3 -> new ChatGlm3Renderer(tokenizer);
      case QWEN -> ChatMlRenderer.qwen(tokenizer);
      case YI -> ChatMlRenderer.yi(tokenizer);
    };
  }
}
