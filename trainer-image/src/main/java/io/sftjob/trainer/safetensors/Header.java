package io.sftjob.trainer.safetensors;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sftjob.api.progress.ExitCode;
import io.sftjob.trainer.TrainerException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The validated header: 8 bytes with its length, then JSON. Format and limits: safetensors' README.
 *
 * @param dataStart offset in the file to which the entries' offsets are relative
 * @param entries in the order of their bytes
 */
record Header(long dataStart, Map<String, String> metadata, List<Entry> entries) {
  static final String METADATA = "__metadata__";
  // The format allows 100 MB. Parsed, that would take gigabytes; the tensors of one file need less.
  private static final long LONGEST = 16L << 20;
  private static final ValueLayout.OfLong LENGTH =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ObjectMapper JSON =
      new ObjectMapper()
          .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  /** Where a tensor lies. */
  record Entry(String name, Dtype dtype, long[] shape, long begin, long end) {}

  static Header read(String file, MemorySegment bytes) {
    long size = bytes.byteSize();
    if (size < 8) {
      throw refused(
          file, "has %d bytes, too few for a safetensors header: truncated, copy it again", size);
    }
    long length = bytes.get(LENGTH, 0);
    if (length < 2 || length > LONGEST) {
      throw refused(file, "announces a header of %d bytes (2 to %d are possible)", length, LONGEST);
    }
    if (8 + length > size) {
      throw refused(
          file,
          "announces a header of %d bytes but has %d bytes: truncated, copy it again",
          length,
          size);
    }
    JsonNode json = parse(file, bytes.asSlice(8, length).toArray(ValueLayout.JAVA_BYTE));
    Map<String, String> metadata = new LinkedHashMap<>();
    List<Entry> entries = new ArrayList<>();
    for (var field : json.properties()) {
      if (field.getKey().equals(METADATA)) {
        field.getValue().properties().forEach(m -> metadata.put(m.getKey(), m.getValue().asText()));
      } else {
        entries.add(entry(file, field.getKey(), field.getValue()));
      }
    }
    entries.sort(Comparator.comparingLong(Entry::begin).thenComparingLong(Entry::end));
    checkCoverage(file, entries, size - 8 - length);
    return new Header(8 + length, Map.copyOf(metadata), List.copyOf(entries));
  }

  private static JsonNode parse(String file, byte[] header) {
    try {
      JsonNode json = JSON.readTree(header);
      if (!json.isObject()) {
        throw refused(file, "its header is no JSON object");
      }
      return json;
    } catch (JsonProcessingException e) {
      throw refused(file, "its header is no valid JSON: %s", e.getOriginalMessage());
    } catch (IOException e) {
      throw refused(file, "its header is no valid JSON: %s", e.getMessage());
    }
  }

  private static Entry entry(String file, String name, JsonNode json) {
    Dtype dtype = dtype(file, name, json.path("dtype").asText(""));
    long[] shape = longs(file, name, "shape", json.path("shape"));
    long[] offsets = longs(file, name, "data_offsets", json.path("data_offsets"));
    if (offsets.length != 2 || offsets[1] < offsets[0]) {
      throw refused(
          file, "tensor `%s` has data_offsets %s; expected [begin, end]", name, text(offsets));
    }
    long expected;
    try {
      expected = Math.multiplyExact(StoredTensor.elements(shape), dtype.bytes());
    } catch (ArithmeticException e) {
      throw refused(file, "tensor `%s` has the impossible shape %s", name, text(shape));
    }
    if (offsets[1] - offsets[0] != expected) {
      throw refused(
          file,
          "tensor `%s` has %d bytes; its shape %s in %s needs %d",
          name,
          offsets[1] - offsets[0],
          text(shape),
          dtype,
          expected);
    }
    return new Entry(name, dtype, shape, offsets[0], offsets[1]);
  }

  private static Dtype dtype(String file, String name, String found) {
    return Arrays.stream(Dtype.values())
        .filter(d -> d.name().equals(found))
        .findFirst()
        .orElseThrow(
            () ->
                refused(
                    file,
                    "tensor `%s` has the dtype `%s`; those that can be read are %s",
                    name,
                    found,
                    Arrays.toString(Dtype.values())));
  }

  private static long[] longs(String file, String name, String field, JsonNode json) {
    boolean valid = json.isArray();
    long[] values = new long[json.size()];
    for (int i = 0; i < values.length; i++) {
      JsonNode item = json.path(i);
      valid &= item.isIntegralNumber() && item.canConvertToLong() && item.longValue() >= 0;
      values[i] = item.asLong();
    }
    if (!valid) {
      throw refused(
          file, "tensor `%s` has %s %s; expected a list of integers ≥ 0", name, field, json);
    }
    return values;
  }

  /** The format asks for it: bytes that belong to no tensor could hide anything. */
  private static void checkCoverage(String file, List<Entry> entries, long dataSize) {
    long at = 0;
    for (Entry e : entries) {
      if (e.begin() != at) {
        throw refused(
            file,
            "tensor `%s` begins at byte %d of the data, where %d was expected: %s",
            e.name(),
            e.begin(),
            at,
            e.begin() < at ? "it overlaps the tensor before it" : "there is a gap before it");
      }
      if (e.end() > dataSize) {
        throw refused(
            file,
            "tensor `%s` ends at byte %d of the data, but the file has only %d: truncated, copy it again",
            e.name(),
            e.end(),
            dataSize);
      }
      at = e.end();
    }
    if (at != dataSize) {
      throw refused(file, "has %d bytes behind its last tensor", dataSize - at);
    }
  }

  private static String text(long[] values) {
    return Arrays.toString(values);
  }

  private static TrainerException refused(String file, String message, Object... values) {
    return new TrainerException(ExitCode.ModelNotUsable, file + ": " + message.formatted(values));
  }
}
