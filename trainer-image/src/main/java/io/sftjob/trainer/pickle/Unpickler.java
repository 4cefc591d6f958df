package io.sftjob.trainer.pickle;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Python's pickle machine, as far as {@code torch.save} needs it in the protocols 2 to 5: plain
 * values, lists, tuples, dictionaries, and what a {@link Vocabulary} knows. It loads no class and
 * calls no method by name, and what it holds is bounded. Opcodes: CPython's {@code pickletools}.
 *
 * <p>{@code net.razorvine:pickle} is the library for this in Java. It can not be locked down: how
 * it resolves a global is private to its package and makes an object of an unknown one, BUILD finds
 * {@code __setstate__} by reflection (and fails on the {@code OrderedDict} that every state dict
 * is), and it allocates whatever length a string announces.
 *
 * <p>Values: None is null; bool {@link Boolean}, int {@link Long}, float {@link Double}, str {@link
 * String}, tuple {@link Tuple}, list {@link List}, dict {@link Map}.
 */
final class Unpickler {
  // Python's picklers put at most 1000 items on the stack at a time.
  private static final int MAX_STACK = 100_000;
  private static final int MAX_MEMO = 1_000_000;
  private static final int HIGHEST_PROTOCOL = 5;
  private static final Object MARK = new Object();

  private final PickleInput in;
  private final Vocabulary vocabulary;
  private final List<Object> stack = new ArrayList<>();
  private final Map<Long, Object> memo = new HashMap<>();

  private Unpickler(PickleInput in, Vocabulary vocabulary) {
    this.in = in;
    this.vocabulary = vocabulary;
  }

  /**
   * @return the one object that the pickle makes
   * @throws BadPickle if it is broken or names anything unknown
   */
  static Object read(PickleInput in, Vocabulary vocabulary) {
    var machine = new Unpickler(in, vocabulary);
    int opcode = in.uint8();
    while (opcode != '.') {
      machine.execute(opcode);
      opcode = in.uint8();
    }
    return machine.pop();
  }

  private void execute(int opcode) {
    switch (opcode) {
      case 0x80 -> protocol(in.uint8());
      case 0x95 -> in.int64(); // FRAME: only for readers that prefetch
      case '(' -> push(MARK);
      case 'N' -> push(null);
      case 0x88 -> push(true);
      case 0x89 -> push(false);
      case 'J' -> push((long) in.int32());
      case 'K' -> push((long) in.uint8());
      case 'M' -> push((long) in.uint16());
      case 0x8a -> push(in.integer(in.uint8()));
      case 0x8b -> push(in.integer(in.int32()));
      case 'G' -> push(in.float64());
      case 'X' -> push(in.text(in.uint32()));
      case 0x8c -> push(in.text(in.uint8()));
      case 0x8d -> push(in.text(in.int64()));
      case ')' -> push(new Tuple(List.of()));
      case 0x85 -> push(new Tuple(pop(1)));
      case 0x86 -> push(new Tuple(pop(2)));
      case 0x87 -> push(new Tuple(pop(3)));
      case 't' -> push(new Tuple(popToMark()));
      case ']' -> push(new ArrayList<>(0));
      case 'a' -> append(pop(1));
      case 'e' -> append(popToMark());
      case '}' -> push(new LinkedHashMap<>(0));
      case 's' -> setItems(pop(2));
      case 'u' -> setItems(popToMark());
      case 'q' -> memoize(in.uint8());
      case 'r' -> memoize(in.uint32());
      case 0x94 -> memoize(memo.size());
      case 'h' -> push(remembered(in.uint8()));
      case 'j' -> push(remembered(in.uint32()));
      case 'c' -> push(vocabulary.global(in.line(), in.line()));
      case 0x93 -> stackGlobal();
      case 'Q' -> push(vocabulary.persistent(pop()));
      case 'R' -> reduce();
      case 'b' -> build();
      default ->
          throw new BadPickle(
              "its pickle has the opcode 0x%02x at byte %d, which tensors and plain containers do not need",
              opcode, in.position() - 1);
    }
  }

  private static void protocol(int version) {
    if (version > HIGHEST_PROTOCOL) {
      throw new BadPickle(
          "its pickle is of protocol %d; those known go to %d", version, HIGHEST_PROTOCOL);
    }
  }

  private void push(Object value) {
    if (stack.size() == MAX_STACK) {
      throw new BadPickle("its pickle holds more than %d values at a time", MAX_STACK);
    }
    stack.add(value);
  }

  private Object pop() {
    Object value = stack.isEmpty() ? MARK : stack.removeLast();
    if (value == MARK) {
      throw misshapen();
    }
    return value;
  }

  private <T> T top(Class<T> type) {
    if (stack.isEmpty() || !type.isInstance(stack.getLast())) {
      throw misshapen();
    }
    return type.cast(stack.getLast());
  }

  private List<Object> popToMark() {
    int mark = stack.lastIndexOf(MARK);
    if (mark < 0) {
      throw misshapen();
    }
    List<Object> values = popFrom(mark + 1);
    stack.removeLast();
    return values;
  }

  private List<Object> pop(int count) {
    List<Object> values = popFrom(stack.size() - count);
    if (values.contains(MARK)) {
      throw misshapen();
    }
    return values;
  }

  private List<Object> popFrom(int start) {
    if (start < 0) {
      throw misshapen();
    }
    List<Object> tail = stack.subList(start, stack.size());
    var values = new ArrayList<>(tail);
    tail.clear();
    return values;
  }

  private void append(List<Object> values) {
    @SuppressWarnings("unchecked")
    List<Object> list = top(List.class);
    list.addAll(values);
  }

  private void setItems(List<Object> keysAndValues) {
    @SuppressWarnings("unchecked")
    Map<Object, Object> map = top(Map.class);
    if (keysAndValues.size() % 2 != 0) {
      throw misshapen();
    }
    for (int i = 0; i < keysAndValues.size(); i += 2) {
      Object key = keysAndValues.get(i);
      if (!(key instanceof String || key instanceof Long)) {
        throw new BadPickle("its pickle has a dictionary whose keys are no strings or integers");
      }
      map.put(key, keysAndValues.get(i + 1));
    }
  }

  private void memoize(long index) {
    if (stack.isEmpty() || memo.size() == MAX_MEMO) {
      throw misshapen();
    }
    memo.put(index, stack.getLast());
  }

  private Object remembered(long index) {
    if (!memo.containsKey(index)) {
      throw misshapen();
    }
    return memo.get(index);
  }

  private void stackGlobal() {
    if (!(pop() instanceof String name && pop() instanceof String module)) {
      throw misshapen();
    }
    push(vocabulary.global(module, name));
  }

  private void reduce() {
    if (!(pop() instanceof Tuple arguments && pop() instanceof Vocabulary.Callable callable)) {
      throw misshapen();
    }
    push(callable.call(arguments.items()));
  }

  /** Attributes of a dictionary: a state dict's {@code _metadata}, versions of its modules. */
  private void build() {
    pop();
    top(Map.class);
  }

  private BadPickle misshapen() {
    return new BadPickle("its pickle does not fit together at byte %d", in.position() - 1);
  }
}
