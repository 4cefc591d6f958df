package io.sftjob.trainer.torch;

import ai.djl.Device;
import ai.djl.util.cuda.CudaUtils;
import io.sftjob.api.progress.ExitCode;
import io.sftjob.trainer.TrainerException;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Which device a run computes on. DJL would take the CPU silently where a GPU is missing. */
public final class Devices {
  private static final Pattern CUDA = Pattern.compile("cuda(?::(\\d+))?");

  private Devices() {}

  /**
   * @param wanted {@code auto}, {@code cpu}, {@code cuda} or {@code cuda:N}; auto is the first GPU
   *     if the spec asks for GPUs, else the CPU
   * @param gpus that the spec asks for
   * @throws TrainerException if the device does not exist here
   */
  public static Device select(String wanted, int gpus) {
    return select(wanted, gpus, gpus());
  }

  /** How many GPUs PyTorch sees here. */
  public static int gpus() {
    return TorchRuntime.engine().getGpuCount();
  }

  /** The memory of a GPU in bytes; empty where CUDA's runtime does not tell. */
  public static OptionalLong memory(Device gpu) {
    if (!CudaUtils.hasCuda()) {
      return OptionalLong.empty();
    }
    long bytes = CudaUtils.getGpuMemory(gpu).getMax();
    return bytes > 0 ? OptionalLong.of(bytes) : OptionalLong.empty();
  }

  static Device select(String wanted, int gpus, int present) {
    if (gpus > present) {
      throw new TrainerException(
          ExitCode.InvalidSpec,
          "spec.compute.gpus asks for %d GPUs; PyTorch sees %d here. Run on a node with GPUs and an image with CUDA, or remove spec.compute.gpus."
              .formatted(gpus, present));
    }
    Matcher cuda = CUDA.matcher(wanted);
    if (wanted.equals("cpu") || wanted.equals("auto") && gpus == 0) {
      return Device.cpu();
    }
    if (!wanted.equals("auto") && !cuda.matches()) {
      throw new TrainerException(
          ExitCode.InvalidSpec,
          "The device `%s` is unknown; expected auto, cpu or cuda:N.".formatted(wanted));
    }
    int index =
        wanted.equals("auto") || cuda.group(1) == null ? 0 : Integer.parseInt(cuda.group(1));
    if (index >= present) {
      throw new TrainerException(
          ExitCode.InvalidSpec,
          "The device `%s` was asked for; PyTorch sees %d GPUs here.".formatted(wanted, present));
    }
    return Device.gpu(index);
  }
}
