package io.sftjob.trainer.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import io.sftjob.trainer.tokenizer.Tokenizer.Special;
import io.sftjob.trainer.tokenizer.Tokenizer.SpecialTokens;
import io.sftjob.trainer.tokenizer.sentencepiece.BrokenModelException;
import io.sftjob.trainer.tokenizer.sentencepiece.ModelProto;
import io.sftjob.trainer.tokenizer.sentencepiece.Piece;
import io.sftjob.trainer.tokenizer.sentencepiece.SentencePieceModel;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** A folder with a SentencePiece model: Llama 2, Mistral, Yi, Baichuan, ChatGLM3. */
final class SentencePieceFolder {
  static final String FILE = "tokenizer.model";
  private static final int BAICHUAN_USER = 195;
  private static final int BAICHUAN_ASSISTANT = 196;

  private final CheckpointFolder folder;
  private final Family family;
  private final SentencePieceModel model;
  private final List<AddedToken> added;
  private final Vocabulary vocabulary;
  private final DeclaredTokens declared;

  private SentencePieceFolder(CheckpointFolder folder, Family family) {
    this.folder = folder;
    this.family = family;
    this.model = model();
    this.added = AddedTokens.of(folder, family, model);
    this.vocabulary = vocabulary(FILE, model, added);
    this.declared = new DeclaredTokens(folder, vocabulary);
  }

  static SentencePieceSource read(CheckpointFolder folder, Family family) {
    return new SentencePieceFolder(folder, family).source();
  }

  static Vocabulary vocabulary(String file, SentencePieceModel model, List<AddedToken> added) {
    Vocabulary vocabulary = new Vocabulary(file);
    List<Piece> pieces = model.pieces();
    for (int id = 0; id < pieces.size(); id++) {
      vocabulary.put(pieces.get(id).text(), id);
    }
    added.forEach(token -> vocabulary.put(token.content(), token.id()));
    return vocabulary;
  }

  private SentencePieceModel model() {
    try {
      return ModelProto.read(folder.bytes(FILE));
    } catch (BrokenModelException e) {
      throw folder.unusable(
          FILE
              + " holds "
              + e.getMessage()
              + "; download it again. (A tokenizer.model of base64 lines, as Llama 3's and GLM-4's,"
              + " needs the tokenizer.json beside it.)",
          e);
    }
  }

  private SentencePieceSource source() {
    int pieces = model.pieces().size();
    boolean glm = family == Family.CHATGLM;
    return new SentencePieceSource(
        vocabulary,
        model,
        added,
        glm ? ChatGlmTokens.found(pieces) : added,
        folder.json("tokenizer_config.json").path("legacy").asBoolean(true),
        specials(),
        folder.chatTemplate());
  }

  private SpecialTokens specials() {
    int pieces = model.pieces().size();
    Optional<Special> bos = declared.bos().or(() -> control("<s>"));
    Optional<Special> eos = declared.eos().or(() -> control("</s>"));
    Set<Integer> stops = declared.stopIds();
    eos.map(Special::id).ifPresent(stops::add);
    List<Integer> prefix =
        declared.addsBos().orElse(true) ? bos.stream().map(Special::id).toList() : List.of();
    if (family == Family.CHATGLM) {
      stops.addAll(ChatGlmTokens.stops(pieces));
      prefix = ChatGlmTokens.prefix(pieces);
    }
    return new SpecialTokens(bos, eos, declared.pad(), stops, controlIds(), prefix);
  }

  private Optional<Special> control(String name) {
    return vocabulary.idOf(name).stream()
        .filter(id -> model.pieces().get(id).kind() == Piece.Kind.CONTROL)
        .mapToObj(id -> new Special(name, id))
        .findFirst();
  }

  private Set<Integer> controlIds() {
    Set<Integer> controls = new HashSet<>(roles());
    added.stream().filter(AddedToken::special).map(AddedToken::id).forEach(controls::add);
    return controls;
  }

  /**
   * Baichuan's turns begin with user-defined symbols that generation_config.json names by id: the
   * same ids in all its chat models, so that a base model gets them too.
   */
  private Set<Integer> roles() {
    JsonNode generation = folder.json("generation_config.json");
    Set<Integer> roles = new HashSet<>();
    if (family == Family.BAICHUAN) {
      roles.add(generation.path("user_token_id").asInt(BAICHUAN_USER));
      roles.add(generation.path("assistant_token_id").asInt(BAICHUAN_ASSISTANT));
      roles.removeIf(id -> vocabulary.tokenOf(id).isEmpty());
    }
    return roles;
  }
}
