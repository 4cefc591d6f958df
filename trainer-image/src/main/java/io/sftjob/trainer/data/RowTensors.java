package io.sftjob.trainer.data;

import io.sftjob.api.progress.ExitCode;
import io.sftjob.trainer.TrainerException;
import io.sftjob.trainer.safetensors.Dtype;
import io.sftjob.trainer.safetensors.HostTensor;
import io.sftjob.trainer.safetensors.SafetensorsFile;
import io.sftjob.trainer.safetensors.StoredTensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/**
 * Packed rows as tensors: {@code ids} I32 and {@code targets} U8, both (tokens); {@code lengths}
 * I32 (documents), in the order of the rows; {@code row_begins} I32 (rows + 1), the first document
 * of each row.
 */
final class RowTensors {
  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private RowTensors() {}

  static List<HostTensor> of(String prefix, List<PackedRow> rows) {
    long tokens = rows.stream().mapToLong(PackedRow::length).sum();
    int documents = rows.stream().mapToInt(r -> r.documents().size()).sum();
    if (tokens > Integer.MAX_VALUE / Integer.BYTES) {
      throw new TrainerException(
          ExitCode.DataNotUsable,
          "%,d tokens are more than a file of prepared data can hold (%,d); train without it"
              .formatted(tokens, Integer.MAX_VALUE / Integer.BYTES));
    }
    ByteBuffer ids = bytes(Integer.BYTES * (int) tokens);
    ByteBuffer targets = bytes((int) tokens);
    ByteBuffer lengths = bytes(Integer.BYTES * documents);
    ByteBuffer rowBegins = bytes(Integer.BYTES * (rows.size() + 1)).putInt(0);
    int begun = 0;
    for (PackedRow row : rows) {
      for (Document document : row.documents()) {
        lengths.putInt(document.length());
        for (int i = 0; i < document.length(); i++) {
          ids.putInt(document.ids()[i]);
          targets.put((byte) (document.targets()[i] ? 1 : 0));
        }
      }
      begun += row.documents().size();
      rowBegins.putInt(begun);
    }
    return List.of(
        tensor(prefix + ".ids", Dtype.I32, ids),
        tensor(prefix + ".targets", Dtype.U8, targets),
        tensor(prefix + ".lengths", Dtype.I32, lengths),
        tensor(prefix + ".row_begins", Dtype.I32, rowBegins));
  }

  static PackedRows read(String prefix, SafetensorsFile file) {
    MemorySegment ids = data(file, prefix + ".ids", Dtype.I32);
    MemorySegment targets = data(file, prefix + ".targets", Dtype.U8);
    int[] lengths = data(file, prefix + ".lengths", Dtype.I32).toArray(INT);
    int[] rowBegins = data(file, prefix + ".row_begins", Dtype.I32).toArray(INT);
    TokenStore store = new TokenStore();
    long[] starts = new long[lengths.length];
    long at = 0;
    for (int i = 0; i < lengths.length; i++) {
      starts[i] = at;
      store.add(
          new Encoded(
              ids.asSlice(Integer.BYTES * at, (long) Integer.BYTES * lengths[i]).toArray(INT),
              booleans(targets.asSlice(at, lengths[i]))));
      at += lengths[i];
    }
    return new PackedRows(store, starts, lengths, rowBegins);
  }

  private static boolean[] booleans(MemorySegment bytes) {
    boolean[] values = new boolean[Math.toIntExact(bytes.byteSize())];
    for (int i = 0; i < values.length; i++) {
      values[i] = bytes.get(ValueLayout.JAVA_BYTE, i) != 0;
    }
    return values;
  }

  private static MemorySegment data(SafetensorsFile file, String name, Dtype dtype) {
    StoredTensor tensor =
        file.tensor(name)
            .filter(t -> t.dtype() == dtype)
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "tensor `" + name + "` (" + dtype + ") is missing"));
    return tensor.data();
  }

  private static HostTensor tensor(String name, Dtype dtype, ByteBuffer data) {
    data.flip();
    return new HostTensor(name, dtype, new long[] {data.remaining() / dtype.bytes()}, data);
  }

  private static ByteBuffer bytes(int size) {
    return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
  }
}
