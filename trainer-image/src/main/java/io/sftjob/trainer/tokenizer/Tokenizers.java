package io.sftjob.trainer.tokenizer;

import io.sftjob.trainer.gguf.GgufFile;
import java.nio.file.Path;

/** Finds the tokenizer of a checkpoint. */
public final class Tokenizers {
  private Tokenizers() {}

  /**
   * Of several kinds in a folder, tokenizer.json goes first, as in transformers; for the families
   * whose published tokenizer is another file, that one does.
   *
   * @param model a folder with tokenizer.json, tokenizer.model or qwen.tiktoken, or a .gguf file
   * @throws io.sftjob.trainer.TrainerException if there is none that can be used
   */
  public static Tokenizer load(Path model) {
    return isGguf(model) ? ofGguf(model) : ofFolder(new CheckpointFolder(model));
  }

  /**
   * Whether special tokens that stand in a text are read as such, as Hugging Face's tokenizers do.
   * The families whose chats are said in code (Baichuan, ChatGLM3, Qwen v1) put them in by id
   * instead, and take a text for nothing but text.
   *
   * @param model as for {@link #load}
   */
  public static boolean readsSpecials(Path model) {
    return Family.of(new CheckpointFolder(model)) == Family.OTHER;
  }

  private enum Kind {
    RANKS(QwenFolder.FILE + ", tiktoken's ranks"),
    PIECES(SentencePieceFolder.FILE + ", SentencePiece"),
    JSON(JsonFolder.FILE);

    private final String words;

    Kind(String words) {
      this.words = words;
    }
  }

  /**
   * For a person: what {@link #load} reads.
   *
   * @throws io.sftjob.trainer.TrainerException if there is none
   */
  public static String kind(Path model) {
    if (isGguf(model)) {
      try (GgufFile file = GgufFile.open(model)) {
        return "the GGUF's vocabulary, "
            + ggufKind(new GgufTokens(model.toString(), file.metadata()), file);
      }
    }
    return kind(new CheckpointFolder(model)).words;
  }

  private static Kind kind(CheckpointFolder folder) {
    Family family = Family.of(folder);
    boolean ranks = folder.has(QwenFolder.FILE);
    boolean pieces = folder.has(SentencePieceFolder.FILE);
    if (ranks && family == Family.QWEN) {
      return Kind.RANKS;
    }
    if (pieces && (family == Family.BAICHUAN || family == Family.CHATGLM)) {
      return Kind.PIECES;
    }
    if (folder.has(JsonFolder.FILE)) {
      return Kind.JSON;
    }
    if (pieces) {
      return Kind.PIECES;
    }
    if (ranks) {
      return Kind.RANKS;
    }
    throw folder.unusable(
        "no tokenizer there; looked for %s, %s and %s (Qwen v1). Copy the checkpoint's own, or save it with a fast tokenizer (AutoTokenizer.from_pretrained(…).save_pretrained(…))"
            .formatted(JsonFolder.FILE, SentencePieceFolder.FILE, QwenFolder.FILE),
        null);
  }

  private static Tokenizer ofFolder(CheckpointFolder folder) {
    return switch (kind(folder)) {
      case RANKS -> qwen(folder);
      case PIECES ->
          new SentencePieceTokenizer(SentencePieceFolder.read(folder, Family.of(folder)));
      case JSON -> JsonTokenizer.load(JsonFolder.read(folder));
    };
  }

  private static Tokenizer qwen(CheckpointFolder folder) {
    return new NfcTokenizer(JsonTokenizer.load(QwenFolder.read(folder)));
  }

  private static boolean isGguf(Path model) {
    return model.getFileName().toString().endsWith(".gguf");
  }

  private static String ggufKind(GgufTokens tokens, GgufFile file) {
    return tokens.required("model", file.metadata().string("tokenizer.ggml.model"));
  }

  private static Tokenizer ofGguf(Path model) {
    try (GgufFile file = GgufFile.open(model)) {
      GgufTokens tokens = new GgufTokens(model.toString(), file.metadata());
      String kind = ggufKind(tokens, file);
      return switch (kind) {
        case "gpt2" -> JsonTokenizer.load(GgufByteLevel.read(tokens));
        case "llama" -> new SentencePieceTokenizer(GgufSentencePiece.read(tokens));
        default ->
            throw tokens.unsupported(
                "tokenizer.ggml.model is `%s`; supported in a GGUF file: gpt2 (byte-level BPE), llama (SentencePiece)",
                kind);
      };
    }
  }
}
