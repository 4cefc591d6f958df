package io.sftjob.trainer.torch;

import ai.djl.Device;
import io.sftjob.api.progress.ExitCode;
import io.sftjob.trainer.TrainerException;
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
    return select(wanted, gpus, TorchRuntime.engine().getGpuCount());
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
