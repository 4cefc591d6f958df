package io.sftjob.trainer.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import io.sftjob.trainer.gguf.GgmlType;
import io.sftjob.trainer.gguf.GgufBytes;
import io.sftjob.trainer.gguf.GgufFile;
import io.sftjob.trainer.pickle.PickleBytes;
import io.sftjob.trainer.pickle.RawZip;
import io.sftjob.trainer.pickle.TorchBytes;
import io.sftjob.trainer.safetensors.Dtype;
import io.sftjob.trainer.safetensors.HostTensor;
import io.sftjob.trainer.safetensors.SafetensorsWriter;
import io.sftjob.trainer.torch.Kernels;
import io.sftjob.trainer.torch.TorchDtype;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

/** What is written in a format is read as it was, and quantized blocks as ggml's own loops say. */
class RoundTripPropertyTest {

  /** The block types, and where a block's f16 numbers lie. */
  private static final Map<GgmlType, List<Integer>> SCALES =
      Map.of(
          GgmlType.Q4_0, List.of(0),
          GgmlType.Q4_1, List.of(0, 2),
          GgmlType.Q5_0, List.of(0),
          GgmlType.Q5_1, List.of(0, 2),
          GgmlType.Q8_0, List.of(0),
          GgmlType.Q4_K, List.of(0, 2),
          GgmlType.Q5_K, List.of(0, 2),
          GgmlType.Q6_K, List.of(208));

  private static Kernels kernels;
  private static Path folder;

  @BeforeContainer
  static void load() throws IOException {
    kernels = Kernels.load(Device.cpu());
    folder = Files.createTempDirectory("round-trip");
  }

  @AfterContainer
  static void close() throws IOException {
    kernels.close();
    try (var files = Files.list(folder)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(folder);
  }

  @Property(tries = 100)
  void tensorsOfSafetensorsAndTorch(@ForAll @IntRange(max = 6) int count, @ForAll long seed)
      throws IOException {
    var random = new SplittableRandom(seed);
    var tensors = new ArrayList<HostTensor>();
    for (int i = 0; i < count; i++) {
      tensors.add(tensor("t" + i, random));
    }
    Path safetensors = folder.resolve("a.safetensors");
    SafetensorsWriter.write(safetensors, tensors, Map.of());
    try (var source = SafetensorsSource.open(safetensors, kernels)) {
      assertHolds(source, tensors);
    }
    Path torch = TorchBytes.write(folder.resolve("a.bin"), tensors);
    try (var source = TorchSource.open(torch, kernels)) {
      assertHolds(source, tensors);
    }
  }

  private static HostTensor tensor(String name, SplittableRandom random) {
    var dtypes = List.of(Dtype.F32, Dtype.F16, Dtype.BF16);
    Dtype dtype = dtypes.get(random.nextInt(3));
    long[] shape = random.longs(random.nextInt(3), 0, 4).toArray();
    byte[] bytes = new byte[(int) product(shape) * dtype.bytes()];
    random.nextBytes(bytes);
    return new HostTensor(name, dtype, shape, ByteBuffer.wrap(bytes));
  }

  private static void assertHolds(TensorSource source, List<HostTensor> tensors) {
    assertThat(source.names())
        .containsExactlyInAnyOrderElementsOf(tensors.stream().map(HostTensor::name).toList());
    for (HostTensor tensor : tensors) {
      assertThat(source.shape(tensor.name())).containsExactly(tensor.shape());
      assertThat(read(source, tensor.name(), dtype(tensor.dtype())))
          .isEqualTo(tensor.data().array());
    }
  }

  private static TorchDtype dtype(Dtype dtype) {
    return switch (dtype) {
      case F32 -> TorchDtype.FLOAT32;
      case F16 -> TorchDtype.FLOAT16;
      default -> TorchDtype.BFLOAT16;
    };
  }

  private static byte[] read(TensorSource source, String name, TorchDtype dtype) {
    try (NDArray found = source.load(kernels.manager(), name, dtype)) {
      ByteBuffer data = found.toByteBuffer();
      byte[] bytes = new byte[data.remaining()];
      data.get(bytes);
      return bytes;
    }
  }

  /** Element (i, j) lies at offset + i · strides[0] + j · strides[1], whatever they are. */
  @Property(tries = 100)
  void stridedViewsOfTorch(
      @ForAll @IntRange(min = 1, max = 5) int rows,
      @ForAll @IntRange(min = 1, max = 5) int columns,
      @ForAll @IntRange(max = 7) int rowStride,
      @ForAll @IntRange(max = 7) int columnStride,
      @ForAll @IntRange(max = 3) int offset,
      @ForAll @IntRange(max = 9) int shift)
      throws IOException {
    int elements = offset + (rows - 1) * rowStride + (columns - 1) * columnStride + 1;
    ByteBuffer storage = ByteBuffer.allocate(4 * elements).order(ByteOrder.LITTLE_ENDIAN);
    IntStream.range(0, elements).forEach(i -> storage.putFloat(4 * i, i));
    Path path = folder.resolve("strided.bin");
    long[] shape = {rows, columns};
    long[] strides = {rowStride, columnStride};
    try (RawZip zip = RawZip.create(path, shift)) {
      zip.entry("a/data/0", storage.array());
      var pickle = new PickleBytes().op('}').text("w");
      pickle.tensor("FloatStorage", "0", elements, offset, shape, strides);
      zip.entry("a/data.pkl", pickle.op('s').stop());
    }
    float[] expected = new float[rows * columns];
    for (int i = 0; i < expected.length; i++) {
      expected[i] = offset + i / columns * rowStride + i % columns * columnStride;
    }
    try (var source = TorchSource.open(path, kernels);
        NDArray found = source.load(kernels.manager(), "w", TorchDtype.FLOAT32)) {
      assertThat(found.toFloatArray()).containsExactly(expected);
    }
  }

  @Property(tries = 200)
  void blocksOfGguf(
      @ForAll("types") GgmlType type,
      @ForAll @IntRange(min = 1, max = 4) int rows,
      @ForAll @IntRange(min = 1, max = 3) int blocks,
      @ForAll long seed)
      throws IOException {
    assertDequantized(type, rows, blocks, new SplittableRandom(seed));
  }

  @Provide
  Arbitrary<GgmlType> types() {
    return Arbitraries.of(new TreeSet<>(SCALES.keySet()));
  }

  /** More elements than are dequantized at a time. */
  @Example
  void manyBlocksOfGguf() throws IOException {
    for (GgmlType type : List.of(GgmlType.Q4_0, GgmlType.Q6_K)) {
      int blocks = (1 << 20) / type.blockElements() + 1;
      assertDequantized(type, 2, blocks, new SplittableRandom(1));
    }
  }

  private static void assertDequantized(
      GgmlType type, int rows, int blocks, SplittableRandom random) throws IOException {
    byte[] raw = new byte[rows * blocks * type.blockBytes()];
    random.nextBytes(raw);
    for (int i = 0; i < raw.length; i++) {
      // No infinite scales: the sign of a NaN is no value.
      boolean exponent = SCALES.get(type).contains(i % type.blockBytes() - 1);
      raw[i] &= (byte) (exponent ? 0xbf : 0xff);
    }
    Path path = folder.resolve("blocks.gguf");
    long[] shape = {(long) blocks * type.blockElements(), rows};
    Files.write(
        path,
        new GgufBytes()
            .header(3, 1, 0)
            .tensor("w", type.id(), 0, shape)
            .align(32)
            .bytes(raw)
            .toByteArray());
    try (var file = GgufFile.open(path);
        var source = GgufSource.open(path, file, kernels)) {
      ByteBuffer found =
          ByteBuffer.wrap(read(source, "w", TorchDtype.FLOAT32)).order(ByteOrder.LITTLE_ENDIAN);
      float[] expected = GgmlReference.dequantize(type, raw);
      assertThat(found.remaining()).isEqualTo(4 * expected.length);
      for (int i = 0; i < expected.length; i++) {
        if (found.getInt(4 * i) != Float.floatToRawIntBits(expected[i])) {
          fail("%s: value %d is %s; ggml's is %s", type, i, found.getFloat(4 * i), expected[i]);
        }
      }
    }
  }

  private static long product(long[] shape) {
    return LongStream.of(shape).reduce(1, (a, b) -> a * b);
  }
}
