package io.sftjob.trainer.tokenizer.sentencepiece;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import io.sftjob.trainer.tokenizer.sentencepiece.Piece.Kind;
import io.sftjob.trainer.tokenizer.sentencepiece.SentencePieceModel.Algorithm;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads a serialised {@code sentencepiece.ModelProto} (google/sentencepiece,
 * src/sentencepiece_model.proto): the fields that decide about ids, with the defaults given there.
 */
public final class ModelProto {
  private static final int PIECES = 1;
  private static final int TRAINER_SPEC = 2;
  private static final int NORMALIZER_SPEC = 3;
  private static final int DENORMALIZER_SPEC = 5;

  private final List<Piece> pieces = new ArrayList<>();
  private boolean trained;
  private int modelType = 1;
  private boolean byteFallback;
  private boolean whitespaceSuffix;
  private String unknownSurface = " \u2047 ";
  private NormalizerSpec normalizer;
  private NormalizerSpec denormalizer;

  private ModelProto() {}

  /**
   * @throws BrokenModelException for bytes that are no such model, or one that can not be run
   */
  public static SentencePieceModel read(byte[] bytes) {
    ModelProto proto = new ModelProto();
    try {
      proto.read(CodedInputStream.newInstance(bytes));
    } catch (IOException e) {
      throw new BrokenModelException(
          "no SentencePiece model, or only a part of one: " + e.getMessage(), e);
    }
    return proto.model();
  }

  private SentencePieceModel model() {
    // A file cut between two fields is still valid protobuf; the specs stand behind the pieces.
    if (pieces.isEmpty() || !trained || normalizer == null) {
      throw new BrokenModelException(
          "%d pieces, %s trainer_spec, %s normalizer_spec: no SentencePiece model, or only a part of one"
              .formatted(pieces.size(), trained ? "a" : "no", normalizer == null ? "no" : "a"));
    }
    if (denormalizer != null && denormalizer.charsmap().isPresent()) {
      throw new BrokenModelException("a denormalizer_spec with rules, which is not supported");
    }
    return new SentencePieceModel(
        algorithm(), usable(), byteFallback, whitespaceSuffix, unknownSurface, normalizer);
  }

  /** Some converters write the byte 0 as a piece of its own, beside {@code <0x00>}. */
  private List<Piece> usable() {
    return pieces.stream()
        .map(p -> byteFallback && p.text().equals("\0") ? p.as(Kind.CONTROL) : p)
        .toList();
  }

  private Algorithm algorithm() {
    return switch (modelType) {
      case 1 -> Algorithm.UNIGRAM;
      case 2 -> Algorithm.BPE;
      case 3 -> throw new BrokenModelException("model_type WORD; supported: BPE, UNIGRAM");
      case 4 -> throw new BrokenModelException("model_type CHAR; supported: BPE, UNIGRAM");
      default -> throw new BrokenModelException("the unknown model_type " + modelType);
    };
  }

  private void read(CodedInputStream in) throws IOException {
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      switch (WireFormat.getTagFieldNumber(tag)) {
        case PIECES -> pieces.add(message(in, ModelProto::piece));
        case TRAINER_SPEC -> message(in, this::trainerSpec);
        case NORMALIZER_SPEC -> normalizer = message(in, ModelProto::normalizerSpec);
        case DENORMALIZER_SPEC -> denormalizer = message(in, ModelProto::normalizerSpec);
        default -> in.skipField(tag);
      }
    }
  }

  /** One embedded message: its bytes end where its length says. */
  private static <T> T message(CodedInputStream in, Message<T> reader) throws IOException {
    int limit = in.pushLimit(in.readRawVarint32());
    T value = reader.read(in);
    in.checkLastTagWas(0);
    if (in.getBytesUntilLimit() != 0) {
      throw new IOException("a message ends before its length");
    }
    in.popLimit(limit);
    return value;
  }

  private interface Message<T> {
    T read(CodedInputStream in) throws IOException;
  }

  private static Piece piece(CodedInputStream in) throws IOException {
    String text = "";
    float score = 0;
    long kind = 1;
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      switch (WireFormat.getTagFieldNumber(tag)) {
        case 1 -> text = in.readStringRequireUtf8();
        case 2 -> score = in.readFloat();
        case 3 -> kind = in.readEnum();
        default -> in.skipField(tag);
      }
    }
    return new Piece(text, score, Kind.of(kind));
  }

  private Void trainerSpec(CodedInputStream in) throws IOException {
    trained = true;
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      switch (WireFormat.getTagFieldNumber(tag)) {
        case 3 -> modelType = in.readEnum();
        case 24 -> whitespaceSuffix = in.readBool();
        case 35 -> byteFallback = in.readBool();
        case 44 -> unknownSurface = in.readStringRequireUtf8();
        default -> in.skipField(tag);
      }
    }
    return null;
  }

  private static NormalizerSpec normalizerSpec(CodedInputStream in) throws IOException {
    byte[] charsmap = new byte[0];
    boolean addDummyPrefix = true;
    boolean removeExtraWhitespaces = true;
    boolean escapeWhitespaces = true;
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      switch (WireFormat.getTagFieldNumber(tag)) {
        case 2 -> charsmap = in.readByteArray();
        case 3 -> addDummyPrefix = in.readBool();
        case 4 -> removeExtraWhitespaces = in.readBool();
        case 5 -> escapeWhitespaces = in.readBool();
        default -> in.skipField(tag);
      }
    }
    return new NormalizerSpec(
        Charsmap.of(charsmap), addDummyPrefix, removeExtraWhitespaces, escapeWhitespaces);
  }
}
