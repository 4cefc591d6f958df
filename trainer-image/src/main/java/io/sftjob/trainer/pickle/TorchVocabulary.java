package io.sftjob.trainer.pickle;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The names that a state dict of tensors needs, and no other. */
final class TorchVocabulary implements Vocabulary {

  @Override
  public Object global(String module, String name) {
    String path = module + "." + name;
    return switch (path) {
      case "collections.OrderedDict" -> (Callable) TorchVocabulary::orderedDict;
      case "torch._utils._rebuild_tensor_v2" -> (Callable) TorchVocabulary::tensor;
      case "torch._utils._rebuild_parameter" -> (Callable) TorchVocabulary::parameter;
      default -> storageType(module, name, path);
    };
  }

  private static ElementType storageType(String module, String name, String path) {
    var type = ElementType.ofStorage(name);
    if (!module.equals("torch") || type.isEmpty()) {
      throw new BadPickle(
          "its pickle names %s; only tensors and plain containers are read", BadPickle.shown(path));
    }
    return type.get();
  }

  private static Object orderedDict(List<Object> arguments) {
    if (!arguments.isEmpty()) {
      throw new BadPickle("its pickle makes an OrderedDict of %d arguments", arguments.size());
    }
    return new LinkedHashMap<>();
  }

  /** (storage, storage_offset, size, stride, requires_grad, backward_hooks, metadata = None). */
  private static Object tensor(List<Object> arguments) {
    if (arguments.size() < 6
        || arguments.size() > 7
        || !(arguments.get(0) instanceof Storage storage)
        || !(arguments.get(1) instanceof Long offset)
        || !(arguments.get(2) instanceof Tuple shape)
        || !(arguments.get(3) instanceof Tuple strides)) {
      throw new BadPickle("its pickle makes a tensor of something else than a storage and a shape");
    }
    if (arguments.size() == 7 && !isEmpty(arguments.get(6))) {
      throw new BadPickle("its pickle has a tensor that is to be read as conjugated or negated");
    }
    return new StridedView(storage, offset, longs(shape), longs(strides));
  }

  private static boolean isEmpty(Object metadata) {
    return metadata == null || metadata instanceof Map<?, ?> marks && marks.isEmpty();
  }

  /** (data, requires_grad, backward_hooks). */
  private static Object parameter(List<Object> arguments) {
    if (arguments.size() != 3 || !(arguments.getFirst() instanceof StridedView tensor)) {
      throw new BadPickle("its pickle makes a parameter of something else than a tensor");
    }
    return tensor;
  }

  private static List<Long> longs(Tuple tuple) {
    var longs = new ArrayList<Long>();
    for (Object item : tuple.items()) {
      if (!(item instanceof Long number)) {
        throw new BadPickle("its pickle has a shape or strides that are no integers");
      }
      longs.add(number);
    }
    return longs;
  }

  /** ("storage", type, key, device, elements). */
  @Override
  public Object persistent(Object id) {
    if (id instanceof Tuple(List<Object> parts)
        && parts.size() == 5
        && "storage".equals(parts.get(0))
        && parts.get(1) instanceof ElementType type
        && parts.get(2) instanceof String key
        && parts.get(4) instanceof Long elements) {
      return new Storage(type, key, elements);
    }
    throw new BadPickle("its pickle refers to something outside of it that is no storage");
  }
}
