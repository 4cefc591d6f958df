package io.sftjob.trainer.pickle;

import java.util.List;

/** Holds a pickle's tensors against the storages that are there. */
final class Views {
  private static final int MAX_DIMENSIONS = 8;

  private Views() {}

  static TorchTensor checked(String name, StridedView view, TorchArchive archive) {
    Storage storage = view.storage();
    var entry =
        archive
            .entry("data/" + storage.key())
            .orElseThrow(
                () ->
                    refused(
                        name,
                        "lies in the entry `data/%s`, which is not there",
                        BadPickle.shown(storage.key())));
    long bytes = bytes(name, storage);
    if (entry.size() != bytes) {
      throw refused(
          name,
          "lies in the entry `data/%s` of %d bytes; its %d elements of %s need %d",
          BadPickle.shown(storage.key()),
          entry.size(),
          storage.elements(),
          storage.type(),
          bytes);
    }
    requireInside(name, view, archive.size());
    return new TorchTensor(
        name,
        storage.type(),
        longs(view.shape()),
        longs(view.strides()),
        view.offset(),
        entry.offset(),
        storage.elements());
  }

  private static long bytes(String name, Storage storage) {
    try {
      return Math.multiplyExact(storage.elements(), (long) storage.type().bytes());
    } catch (ArithmeticException e) {
      throw refused(name, "lies in a storage of %d elements", storage.elements());
    }
  }

  private static void requireInside(String name, StridedView view, long fileSize) {
    List<Long> shape = view.shape();
    if (shape.size() != view.strides().size() || shape.size() > MAX_DIMENSIONS) {
      throw refused(name, "has %d dimensions and %d strides", shape.size(), view.strides().size());
    }
    try {
      long elements = 1;
      long last = view.offset();
      for (int i = 0; i < shape.size(); i++) {
        long stride = view.strides().get(i);
        if (shape.get(i) < 0 || stride < 0) {
          throw new ArithmeticException();
        }
        elements = Math.multiplyExact(elements, shape.get(i));
        last = Math.addExact(last, Math.multiplyExact(Math.max(shape.get(i) - 1, 0), stride));
      }
      boolean inside = elements == 0 || last < view.storage().elements();
      // A stride of 0 repeats elements: a few bytes could stand for any number of them.
      boolean plausible =
          elements <= Math.max(view.storage().elements(), fileSize / view.storage().type().bytes());
      if (view.offset() < 0 || !inside || !plausible) {
        throw new ArithmeticException();
      }
    } catch (ArithmeticException e) {
      throw refused(
          name,
          "has the shape %s with the strides %s from element %d on, which do not fit in its storage of %d elements",
          shape,
          view.strides(),
          view.offset(),
          view.storage().elements());
    }
  }

  private static long[] longs(List<Long> values) {
    return values.stream().mapToLong(Long::longValue).toArray();
  }

  private static BadPickle refused(String name, String message, Object... values) {
    return new BadPickle("tensor `%s` %s", BadPickle.shown(name), message.formatted(values));
  }
}
