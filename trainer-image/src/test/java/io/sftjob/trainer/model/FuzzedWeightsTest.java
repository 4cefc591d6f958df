package io.sftjob.trainer.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import io.sftjob.api.progress.ExitCode;
import io.sftjob.trainer.TrainerException;
import io.sftjob.trainer.pickle.TorchBytes;
import io.sftjob.trainer.safetensors.HostTensor;
import io.sftjob.trainer.torch.Kernels;
import io.sftjob.trainer.torch.TorchDtype;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Files with a few wrong bytes: they load, as a wrong weight is no less a weight, or they are
 * refused in words. Nothing else, such as running out of memory, may happen.
 */
@Timeout(120)
class FuzzedWeightsTest {
  private static final int TRIES = 1500;
  private static final long[] ODD = {
    0, 1, -1, Long.MAX_VALUE, Long.MIN_VALUE, 1L << 32, 1L << 31, 0x7fff_ffffL, 1L << 62
  };
  private static Kernels kernels;
  @TempDir Path folder;

  @BeforeAll
  static void load() {
    kernels = Kernels.load(Device.cpu());
  }

  @AfterAll
  static void close() {
    kernels.close();
  }

  @Test
  void safetensors() throws IOException {
    RandomModel.write(folder, RandomModel.config(), tensors());
    fuzz(folder, folder.resolve("model.safetensors"), 2300, 0);
  }

  @Test
  void torch() throws IOException {
    Files.writeString(folder.resolve("config.json"), RandomModel.config().toString());
    Path file = TorchBytes.write(folder.resolve("pytorch_model.bin"), tensors());
    fuzz(folder, file, 5500, 2000);
  }

  @Test
  void gguf() throws IOException {
    Path file = folder.resolve("model.gguf");
    Files.copy(Path.of("src/test/resources/fixtures/gguf/tiny-llama.gguf"), file);
    fuzz(file, file, 1200, 0);
    fuzz(file, file, 22_000, 0);
  }

  /** Changes bytes among the first and the last ones, where the structure lies. */
  private void fuzz(Path model, Path file, int first, int last) throws IOException {
    byte[] whole = Files.readAllBytes(file);
    int refused = 0;
    for (int seed = 0; seed < TRIES; seed++) {
      Files.write(file, changed(whole, first, last, new SplittableRandom(seed)));
      try {
        loadAll(model);
      } catch (TrainerException e) {
        assertThat(e.code()).isEqualTo(ExitCode.ModelNotUsable);
        assertThat(e).hasMessageContaining(folder.toString());
        refused++;
      } catch (RuntimeException | Error e) {
        fail("seed " + seed, e);
      }
    }
    assertThat(refused).isBetween(TRIES / 10, TRIES);
    Files.write(file, whole);
  }

  private static byte[] changed(byte[] whole, int first, int last, SplittableRandom random) {
    byte[] bytes = whole.clone();
    int changes = random.nextInt(1, 4);
    for (int i = 0; i < changes; i++) {
      int at = random.nextInt(first + last);
      at = at < first ? at : whole.length - 1 - (at - first);
      switch (random.nextInt(6)) {
        case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
        case 1, 2 -> bytes[at] = (byte) random.nextInt();
        case 3 -> put(bytes, at, 8, ODD[random.nextInt(ODD.length)]);
        case 4 -> put(bytes, at, 4, ODD[random.nextInt(ODD.length)]);
        default -> {
          return random.nextInt(10) == 0 ? Arrays.copyOf(bytes, at) : bytes;
        }
      }
    }
    return bytes;
  }

  private static void put(byte[] bytes, int at, int size, long value) {
    byte[] little = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(value).array();
    System.arraycopy(little, 0, bytes, at, Math.min(size, bytes.length - at));
  }

  private static void loadAll(Path model) {
    try (Checkpoint checkpoint = Checkpoint.open(model, kernels)) {
      for (String name : checkpoint.spec().layout().shapes(checkpoint.spec()).keySet()) {
        try (NDArray tensor =
            checkpoint.tensors().load(kernels.manager(), name, TorchDtype.FLOAT32)) {
          assertThat(tensor.size()).isPositive();
        }
      }
    }
  }

  private static List<HostTensor> tensors() {
    return RandomModel.tensors(RandomModel.config(), Path.of("."), 1);
  }
}
