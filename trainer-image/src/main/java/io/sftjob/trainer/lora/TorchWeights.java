package io.sftjob.trainer.lora;

import io.sftjob.api.progress.ExitCode;
import io.sftjob.trainer.TrainerException;
import io.sftjob.trainer.pickle.TorchFile;
import io.sftjob.trainer.pickle.TorchTensor;
import io.sftjob.trainer.safetensors.Dtype;
import io.sftjob.trainer.safetensors.HostTensor;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The weights of adapters that PEFT saved before version 0.6: a file of {@code torch.save}. */
final class TorchWeights {
  private TorchWeights() {}

  /**
   * @throws TrainerException if the file can not be used, naming the tensor
   */
  static List<HostTensor> read(Path path) {
    var tensors = new ArrayList<HostTensor>();
    try (var channel = FileChannel.open(path)) {
      for (TorchTensor tensor : TorchFile.open(path).tensors()) {
        tensors.add(read(path, channel, tensor));
      }
      return tensors;
    } catch (IOException e) {
      throw new TrainerException(
          ExitCode.StorageRefused, path + ": can not be read: " + e.getMessage(), e);
    }
  }

  private static HostTensor read(Path path, FileChannel channel, TorchTensor tensor)
      throws IOException {
    if (!isContiguous(tensor)) {
      throw refused(path, tensor, "its elements do not lie in a row");
    }
    long bytes = tensor.elements() * tensor.type().bytes();
    if (bytes > Integer.MAX_VALUE) {
      throw refused(path, tensor, "it is larger than 2 GiB");
    }
    ByteBuffer data = ByteBuffer.allocate((int) bytes).order(ByteOrder.LITTLE_ENDIAN);
    long at = tensor.storageOffset() + tensor.offset() * tensor.type().bytes();
    while (data.hasRemaining()) {
      if (channel.read(data, at + data.position()) < 0) {
        throw new EOFException("it ends within `" + tensor.name() + "`");
      }
    }
    return new HostTensor(tensor.name(), dtype(path, tensor), tensor.shape(), data.flip());
  }

  private static boolean isContiguous(TorchTensor tensor) {
    long step = 1;
    for (int i = tensor.shape().length - 1; i >= 0; i--) {
      if (tensor.shape()[i] != 1 && tensor.strides()[i] != step) {
        return false;
      }
      step *= tensor.shape()[i];
    }
    return true;
  }

  private static Dtype dtype(Path path, TorchTensor tensor) {
    return switch (tensor.type()) {
      case F32 -> Dtype.F32;
      case F16 -> Dtype.F16;
      case BF16 -> Dtype.BF16;
      default ->
          throw refused(path, tensor, "it is %s; expected a float type".formatted(tensor.type()));
    };
  }

  private static TrainerException refused(Path path, TorchTensor tensor, String problem) {
    return new TrainerException(
        ExitCode.ModelNotUsable, "%s: tensor `%s`: %s".formatted(path, tensor.name(), problem));
  }
}
