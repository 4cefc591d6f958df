package io.sftjob.trainer.chat.jinja;

import java.util.List;

/** The variable {@code loop}. */
record Loop(List<Object> items, int index0, int depth0) {

  Object attribute(String name) {
    return switch (name) {
      case "index" -> index0 + 1L;
      case "index0" -> (long) index0;
      case "revindex" -> (long) items.size() - index0;
      case "revindex0" -> items.size() - index0 - 1L;
      case "first" -> index0 == 0;
      case "last" -> index0 == items.size() - 1;
      case "length" -> (long) items.size();
      case "depth" -> depth0 + 1L;
      case "depth0" -> (long) depth0;
      case "previtem" -> neighbour(index0 - 1, "there is no previous item");
      case "nextitem" -> neighbour(index0 + 1, "there is no next item");
      case "cycle" ->
          (Callable) a -> a.positional().get(index0 % Math.max(1, a.positional().size()));
      default -> throw new JinjaException("loop." + name + " is not supported");
    };
  }

  /** In an array, since an item may be None. */
  private Object neighbour(int index, String missing) {
    return index >= 0 && index < items.size()
        ? new Object[] {items.get(index)}
        : new Undefined(missing);
  }
}
