package io.sftjob.trainer.data;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sftjob.trainer.source.Json;
import java.util.Arrays;
import java.util.List;

/**
 * Rows that are tokens already, as TRL takes them. A token is a target where {@code labels} is not
 * -100 and all of {@code completion_mask} and {@code assistant_masks} that the row has are 1.
 */
final class TokenizedReader implements RowReader {
  private static final int NO_TARGET = -100;

  private final int vocabSize;
  private final LossOn loss;

  TokenizedReader(int vocabSize, LossOn loss) {
    this.vocabSize = vocabSize;
    this.loss = loss;
  }

  @Override
  public Row read(ObjectNode row) throws UnusableRowException {
    int[] ids = ints(Fields.required(row, "input_ids"), "input_ids");
    if (ids.length == 0) {
      throw new UnusableRowException(DropReason.Empty, "`input_ids` is empty");
    }
    for (int i = 0; i < ids.length; i++) {
      if (ids[i] < 0 || ids[i] >= vocabSize) {
        throw wrong("input_ids[%d]` is %d; the vocabulary ends at %d", i, ids[i], vocabSize - 1);
      }
    }
    refusePadding(row, ids.length);
    boolean[] targets = new boolean[ids.length];
    Arrays.fill(targets, true);
    for (String mask : masks(row)) {
      and(targets, mask(Fields.required(row, mask), mask, ids.length));
    }
    if (loss != LossOn.All && !Fields.isAbsent(row.path("labels"))) {
      and(targets, labelled(ids, ints(row.path("labels"), "labels")));
    }
    return new Row.Tokenized(new Encoded(ids, targets));
  }

  private List<String> masks(ObjectNode row) {
    return switch (loss) {
      case All -> List.of();
      case Completion -> List.of("completion_mask");
      case Assistant -> List.of("assistant_masks");
      case null ->
          List.of("completion_mask", "assistant_masks").stream()
              .filter(mask -> !Fields.isAbsent(row.path(mask)))
              .toList();
    };
  }

  private static boolean[] labelled(int[] ids, int[] labels) throws UnusableRowException {
    requireLength("labels", labels.length, ids.length);
    boolean[] targets = new boolean[ids.length];
    for (int i = 0; i < ids.length; i++) {
      targets[i] = labels[i] != NO_TARGET;
      if (targets[i] && labels[i] != ids[i]) {
        throw wrong(
            "labels[%d]` is %d; expected -100 or %d, the token itself: labels are not shifted",
            i, labels[i], ids[i]);
      }
    }
    return targets;
  }

  /** Rows are packed by length: what pads them must not be in them. */
  private static void refusePadding(ObjectNode row, int length) throws UnusableRowException {
    JsonNode attention = row.path("attention_mask");
    if (Fields.isAbsent(attention)) {
      return;
    }
    boolean[] seen = mask(attention, "attention_mask", length);
    for (int i = 0; i < length; i++) {
      if (!seen[i]) {
        throw wrong("attention_mask[%d]` is 0: rows must come without padding", i);
      }
    }
  }

  private static boolean[] mask(JsonNode node, String name, int length)
      throws UnusableRowException {
    int[] values = ints(node, name);
    requireLength(name, values.length, length);
    boolean[] mask = new boolean[length];
    for (int i = 0; i < length; i++) {
      if (values[i] != 0 && values[i] != 1) {
        throw wrong("%s[%d]` is %d; expected 0 or 1", name, i, values[i]);
      }
      mask[i] = values[i] == 1;
    }
    return mask;
  }

  private static void requireLength(String name, int found, int expected)
      throws UnusableRowException {
    if (found != expected) {
      throw wrong("%s` has %d values, `input_ids` %d", name, found, expected);
    }
  }

  private static int[] ints(JsonNode list, String name) throws UnusableRowException {
    if (!list.isArray()) {
      throw Fields.wrongType("`" + name + "`", list, "a list of integers");
    }
    int[] values = new int[list.size()];
    for (int i = 0; i < values.length; i++) {
      if (!list.get(i).canConvertToInt() || !list.get(i).isIntegralNumber()) {
        throw wrong("%s[%d]` is %s; expected an integer", name, i, Json.typeName(list.get(i)));
      }
      values[i] = list.get(i).intValue();
    }
    return values;
  }

  private static void and(boolean[] targets, boolean[] mask) {
    for (int i = 0; i < targets.length; i++) {
      targets[i] &= mask[i];
    }
  }

  private static UnusableRowException wrong(String format, Object... values) {
    return new UnusableRowException(DropReason.WrongType, "`" + format.formatted(values));
  }
}
