package io.sftjob.trainer.data;

import io.sftjob.trainer.safetensors.Dtype;
import io.sftjob.trainer.safetensors.SafetensorsFile;
import io.sftjob.trainer.safetensors.SafetensorsSlots;
import io.sftjob.trainer.safetensors.StoredTensor;
import io.sftjob.trainer.safetensors.TensorInfo;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * Packed rows as tensors: {@code tokens} I32 (tokens) as {@link Tokens} has them, in the order of
 * the rows; {@code parts} I64 (parts, 3) and {@code row_begins} I64 (rows + 1) as {@link RowIndex}
 * has them.
 */
final class RowTensors {
  private static final String TOKENS = ".tokens";
  private static final String PARTS = ".parts";
  private static final String ROW_BEGINS = ".row_begins";

  private RowTensors() {}

  static List<TensorInfo> infos(String prefix, PackedRows rows) {
    RowIndex index = rows.index();
    long parts = index.begin(index.rows());
    long tokens = 0;
    for (long part = 0; part < parts; part++) {
      tokens += index.length(part);
    }
    return List.of(
        new TensorInfo(prefix + TOKENS, Dtype.I32, new long[] {tokens}),
        new TensorInfo(prefix + PARTS, Dtype.I64, new long[] {parts, RowIndex.WIDTH}),
        new TensorInfo(prefix + ROW_BEGINS, Dtype.I64, new long[] {index.rows() + 1}));
  }

  /** Part by part, so that memory does not grow with the rows. */
  static void write(String prefix, PackedRows rows, SafetensorsSlots file) throws IOException {
    RowIndex index = rows.index();
    try (var tokens = new Pieces(file, prefix + TOKENS);
        var parts = new Pieces(file, prefix + PARTS);
        var rowBegins = new Pieces(file, prefix + ROW_BEGINS)) {
      long start = 0;
      for (long part = 0; part < index.begin(index.rows()); part++) {
        tokens.add(rows.tokens().part(index.start(part), index.length(part)));
        parts.add(start);
        parts.add(index.length(part));
        parts.add(index.origin(part));
        start += index.length(part);
      }
      for (int row = 0; row <= index.rows(); row++) {
        rowBegins.add(index.begin(row));
      }
    }
  }

  /**
   * @param mapped the same file, which stays mapped for as long as the rows are used
   */
  static PackedRows read(
      String prefix, SafetensorsFile file, MemorySegment mapped, Origins origins, boolean apart) {
    return new PackedRows(
        new Tokens(data(prefix + TOKENS, Dtype.I32, file, mapped)),
        new RowIndex(
            data(prefix + PARTS, Dtype.I64, file, mapped),
            data(prefix + ROW_BEGINS, Dtype.I64, file, mapped)),
        origins,
        apart);
  }

  private static MemorySegment data(
      String name, Dtype dtype, SafetensorsFile file, MemorySegment mapped) {
    StoredTensor tensor =
        file.tensor(name)
            .filter(t -> t.dtype() == dtype)
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "tensor `" + name + "` (" + dtype + ") is missing"));
    return mapped.asSlice(tensor.offset(), tensor.data().byteSize());
  }
}
