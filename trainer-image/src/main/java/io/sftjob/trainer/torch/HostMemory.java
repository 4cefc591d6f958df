package io.sftjob.trainer.torch;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/** Tensors to and from plain memory. */
public final class HostMemory {
  private static final long PIECE_BYTES = 1 << 28;

  private HostMemory() {}

  /**
   * A tensor with memory of its own: DJL's would lie in the Java buffer that it was made from.
   *
   * @param data little-endian, from position 0
   */
  public static NDArray upload(Kernels kernels, NDManager owner, ByteBuffer data, long[] shape) {
    try (NDManager scope = kernels.manager().newSubManager();
        var mode = Autograd.notRecording()) {
      ByteBuffer whole = data.duplicate().order(ByteOrder.LITTLE_ENDIAN);
      NDArray shared = scope.create(whole, new Shape(shape), DataType.FLOAT32);
      return kernels.tensor(owner, "clone", shared);
    }
  }

  /** Copies of the tensors, outside the Java heap, in one piece that goes with the last of them. */
  public static List<ByteBuffer> download(List<NDArray> tensors) {
    long total = tensors.stream().mapToLong(tensor -> 4 * tensor.size()).sum();
    MemorySegment memory = Arena.ofAuto().allocate(total, 64);
    var copies = new ArrayList<ByteBuffer>();
    long at = 0;
    for (NDArray tensor : tensors) {
      MemorySegment copy = memory.asSlice(at, 4 * tensor.size());
      copy.copyFrom(MemorySegment.ofBuffer(tensor.toByteBuffer(true)));
      copies.add(copy.asByteBuffer().order(ByteOrder.LITTLE_ENDIAN));
      at += copy.byteSize();
    }
    return copies;
  }

  /** Takes the next bytes of a tensor. */
  public interface Sink {
    void write(ByteBuffer bytes) throws IOException;
  }

  /**
   * The bytes of a contiguous tensor on the CPU, little-endian, in pieces that a Java buffer can
   * hold; nothing is copied.
   *
   * @param elementBytes of its dtype
   */
  public static void pieces(Kernels kernels, NDArray tensor, int elementBytes, Sink sink)
      throws IOException {
    long step = PIECE_BYTES / elementBytes;
    for (long from = 0; from < tensor.size(); from += step) {
      long to = Math.min(tensor.size(), from + step);
      try (NDManager scope = kernels.manager().newSubManager()) {
        sink.write(kernels.tensor(scope, "elements", tensor, from, to).toByteBuffer(true));
      }
    }
  }
}
