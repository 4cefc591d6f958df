package io.sftjob.trainer.source;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.apache.arrow.vector.BaseIntVector;
import org.apache.arrow.vector.BitVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.FloatingPointVector;
import org.apache.arrow.vector.UInt8Vector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.complex.BaseListVector;
import org.apache.arrow.vector.complex.LargeListVector;
import org.apache.arrow.vector.complex.StructVector;
import org.apache.arrow.vector.dictionary.Dictionary;
import org.apache.arrow.vector.dictionary.DictionaryProvider;
import org.apache.arrow.vector.util.Text;

/** The rows of a batch as JSON has them; what JSON has no word for becomes its text. */
record ArrowValues(VectorSchemaRoot root, DictionaryProvider dictionaries) {
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  ObjectNode row(int row) throws MalformedRowException {
    return fields(root.getFieldVectors(), row);
  }

  private ObjectNode fields(List<FieldVector> columns, int at) throws MalformedRowException {
    ObjectNode fields = NODES.objectNode();
    for (FieldVector column : columns) {
      fields.set(column.getName(), value(column, at));
    }
    return fields;
  }

  private JsonNode value(FieldVector vector, int at) throws MalformedRowException {
    if (vector.isNull(at)) {
      return NODES.nullNode();
    }
    if (vector.getField().getDictionary() != null) {
      Dictionary dictionary = dictionaries.lookup(vector.getField().getDictionary().getId());
      return value(
          dictionary.getVector(), Math.toIntExact(((BaseIntVector) vector).getValueAsLong(at)));
    }
    return switch (vector) {
      case StructVector struct -> fields(struct.getChildrenFromFields(), at);
      case BaseListVector list ->
          list(list, list.getElementStartIndex(at), list.getElementEndIndex(at));
      case LargeListVector list ->
          list(list, list.getElementStartIndex(at), list.getElementEndIndex(at));
      case UInt8Vector unsigned -> NODES.numberNode(unsigned.getObjectNoOverflow(at));
      case BaseIntVector integers -> NODES.numberNode(integers.getValueAsLong(at));
      case FloatingPointVector floats -> NODES.numberNode(floats.getValueAsDouble(at));
      case BitVector bits -> NODES.booleanNode(bits.get(at) == 1);
      default -> other(vector.getName(), vector.getObject(at));
    };
  }

  private ArrayNode list(FieldVector list, long from, long to) throws MalformedRowException {
    ArrayNode items = NODES.arrayNode();
    FieldVector content = list.getChildrenFromFields().getFirst();
    for (long i = from; i < to; i++) {
      items.add(value(content, Math.toIntExact(i)));
    }
    return items;
  }

  private static JsonNode other(String name, Object value) throws MalformedRowException {
    return switch (value) {
      case Text text -> {
        try {
          byte[] bytes = text.copyBytes();
          yield NODES.textNode(Utf8.text(bytes, 0, bytes.length));
        } catch (MalformedRowException e) {
          throw new MalformedRowException("`%s` %s".formatted(name, e.getMessage()));
        }
      }
      case byte[] bytes -> NODES.binaryNode(bytes);
      default -> NODES.textNode(value.toString());
    };
  }
}
