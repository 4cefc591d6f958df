package io.sftjob.trainer.quant;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sftjob.trainer.torch.TorchDtype;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeSet;

/**
 * What bitsandbytes' files say of a 4-bit weight in JSON ({@code QuantState.as_dict}).
 *
 * @param dtype of the weights that were quantized
 * @param shape [out, in]
 * @param nestedOffset of double quantization
 */
record QuantState(
    Codebook codebook, int blockSize, TorchDtype dtype, long[] shape, OptionalDouble nestedOffset) {
  private static final int LONGEST_NUMBER = 24;
  private static final Set<String> PLAIN = Set.of("quant_type", "blocksize", "dtype", "shape");
  private static final Set<String> NESTED =
      Set.of("nested_blocksize", "nested_dtype", "nested_offset");
  private static final ObjectMapper JSON =
      new ObjectMapper()
          .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  /** What is wrong with a state, to be told with the tensor's name. */
  static final class Refused extends Exception {
    Refused(String message, Object... values) {
      super(message.formatted(values));
    }
  }

  /** Elements of the weight. */
  long elements() {
    return shape[0] * shape[1];
  }

  long blocks() {
    return Math.ceilDiv(elements(), blockSize);
  }

  static QuantState parse(byte[] json) throws Refused {
    JsonNode node = read(json);
    requireKnown(node);
    String kind = text(node, "quant_type");
    var codebook =
        Codebook.byKey(kind)
            .orElseThrow(() -> new Refused("`quant_type` is `%s`; expected nf4 or fp4", kind));
    long block = integer(node.path("blocksize"), "blocksize");
    if (QuantConfig.BLOCK_SIZES.stream().noneMatch(size -> size == block)) {
      throw new Refused("`blocksize` is %d; expected one of %s", block, QuantConfig.BLOCK_SIZES);
    }
    return new QuantState(
        codebook, (int) block, dtype(text(node, "dtype")), shape(node), offset(node));
  }

  private static JsonNode read(byte[] json) throws Refused {
    try {
      JsonNode node = JSON.readTree(json);
      if (!node.isObject()) {
        throw new Refused("it is no JSON object");
      }
      return node;
    } catch (IOException e) {
      throw new Refused("it is no valid JSON");
    }
  }

  private static void requireKnown(JsonNode node) throws Refused {
    var names = new TreeSet<String>();
    node.fieldNames().forEachRemaining(names::add);
    names.removeAll(PLAIN);
    names.removeAll(NESTED);
    if (!names.isEmpty()) {
      throw new Refused("it has the unknown fields %s", names);
    }
  }

  private static long[] shape(JsonNode node) throws Refused {
    JsonNode json = node.path("shape");
    if (!json.isArray() || json.size() != 2) {
      throw new Refused("`shape` is %s; expected [out, in]", told(json));
    }
    return new long[] {integer(json.get(0), "shape"), integer(json.get(1), "shape")};
  }

  private static OptionalDouble offset(JsonNode node) throws Refused {
    List<String> present = NESTED.stream().filter(node::has).sorted().toList();
    if (present.isEmpty()) {
      return OptionalDouble.empty();
    }
    if (present.size() < NESTED.size()) {
      throw new Refused("of %s it has only %s", new TreeSet<>(NESTED), present);
    }
    if (integer(node.path("nested_blocksize"), "nested_blocksize")
        != QuantizedTensor.Nested.BLOCK_SIZE) {
      throw new Refused(
          "`nested_blocksize` is %s; expected %d",
          node.path("nested_blocksize"), QuantizedTensor.Nested.BLOCK_SIZE);
    }
    if (dtype(text(node, "nested_dtype")) != TorchDtype.FLOAT32) {
      throw new Refused("`nested_dtype` is %s; expected float32", node.path("nested_dtype"));
    }
    JsonNode offset = node.path("nested_offset");
    if (!offset.isNumber() || !Float.isFinite((float) offset.doubleValue())) {
      throw new Refused("`nested_offset` is %s; expected a number", offset);
    }
    return OptionalDouble.of(offset.doubleValue());
  }

  private static long integer(JsonNode json, String field) throws Refused {
    if (!json.isInt() || json.intValue() < 1) {
      throw new Refused("`%s` has %s; expected an integer above 0", field, told(json));
    }
    return json.intValue();
  }

  private static String text(JsonNode node, String field) throws Refused {
    JsonNode json = node.path(field);
    if (!json.isTextual()) {
      throw new Refused("`%s` is %s; expected a string", field, told(json));
    }
    return json.textValue();
  }

  private static String told(JsonNode json) {
    return json.isMissingNode() ? "missing" : json.toString();
  }

  private static TorchDtype dtype(String name) throws Refused {
    return Arrays.stream(TorchDtype.values())
        .filter(dtype -> dtype.isFloat() && key(dtype).equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new Refused("it has the dtype `%s`; expected float32, float16 or bfloat16", name));
  }

  /** As PyTorch prints it. */
  static String key(TorchDtype dtype) {
    return dtype.name().toLowerCase(Locale.ROOT);
  }

  /** How long {@link #json} is, whatever the offset. */
  int jsonBytes() {
    String text = text(nestedOffset.isPresent() ? "0" : "");
    return text.length() + (nestedOffset.isPresent() ? LONGEST_NUMBER - 1 : 0);
  }

  /** Padded with spaces, so that its length is known before the offset is. */
  byte[] json() {
    String text = text(nestedOffset.isPresent() ? "" + nestedOffset.getAsDouble() : "");
    return (text + " ".repeat(jsonBytes() - text.length())).getBytes(StandardCharsets.US_ASCII);
  }

  private String text(String offset) {
    String plain =
        "{\"quant_type\": \"%s\", \"blocksize\": %d, \"dtype\": \"%s\", \"shape\": [%d, %d]"
            .formatted(codebook.key(), blockSize, key(dtype), shape[0], shape[1]);
    return offset.isEmpty()
        ? plain + "}"
        : "%s, \"nested_blocksize\": %d, \"nested_dtype\": \"float32\", \"nested_offset\": %s}"
            .formatted(plain, QuantizedTensor.Nested.BLOCK_SIZE, offset);
  }
}
