package io.sftjob.trainer.torch;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValue;
import ai.djl.pytorch.jni.JniUtils;
import ai.djl.pytorch.jni.TsCall;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;

/**
 * The TorchScript kernels on one device: the only arithmetic on tensors. Results belong to the
 * manager that the caller names. A failure inside a kernel is an {@code EngineException} with the
 * kernel's own traceback.
 */
public final class Kernels implements AutoCloseable {
  private final PtNDManager manager;
  private final PtSymbolBlock module;

  private Kernels(PtNDManager manager, PtSymbolBlock module) {
    this.manager = manager;
    this.module = module;
  }

  /** Loads them; {@link TorchRuntime} must have been started. */
  public static Kernels load(Device device) {
    var manager = (PtNDManager) TorchRuntime.engine().newBaseManager(device);
    try {
      var archive = new ByteArrayInputStream(KernelArchive.bytes());
      return new Kernels(manager, JniUtils.loadModule(manager, archive, false, false));
    } catch (IOException e) {
      manager.close();
      throw new UncheckedIOException(e);
    }
  }

  /** Lives as long as the kernels do: the parent of every scope. */
  public NDManager manager() {
    return manager;
  }

  public Device device() {
    return manager.getDevice();
  }

  /**
   * Calls a kernel that returns a tensor.
   *
   * @param arguments tensors, lists of tensors, int, long, double, boolean, String, or long[]
   */
  public NDArray tensor(NDManager owner, String kernel, Object... arguments) {
    return tensors(owner, kernel, arguments).head();
  }

  /** Calls a kernel that returns a tensor or a tuple of tensors. */
  public NDList tensors(NDManager owner, String kernel, Object... arguments) {
    return call(kernel, arguments, result -> result.toNDList((PtNDManager) owner));
  }

  public long integer(String kernel, Object... arguments) {
    return call(kernel, arguments, IValue::toLong);
  }

  public double real(String kernel, Object... arguments) {
    return call(kernel, arguments, IValue::toDouble);
  }

  public boolean bool(String kernel, Object... arguments) {
    return call(kernel, arguments, IValue::toBoolean);
  }

  /** The tensor in another dtype, on this device; the same memory where nothing changes. */
  public NDArray convert(NDManager owner, NDArray x, TorchDtype dtype) {
    return tensor(owner, "convert", x, dtype.code(), deviceName());
  }

  private String deviceName() {
    return device().isGpu() ? "cuda:" + device().getDeviceId() : "cpu";
  }

  private <T> T call(String kernel, Object[] arguments, Function<IValue, T> result) {
    // Simple execution on this thread: the profiling executor specialises and gains nothing.
    JniUtils.setGraphExecutorOptimize(false);
    IValue[] values = new IValue[arguments.length];
    try {
      for (int i = 0; i < values.length; i++) {
        values[i] = value(arguments[i]);
      }
      try (IValue returned = TsCall.run(module, kernel, values)) {
        return result.apply(returned);
      }
    } finally {
      Arrays.stream(values).filter(v -> v != null).forEach(IValue::close);
    }
  }

  private static IValue value(Object argument) {
    return switch (argument) {
      case NDArray tensor -> IValue.from((PtNDArray) tensor);
      case List<?> tensors -> IValue.listFrom(tensors.toArray(PtNDArray[]::new));
      case Integer number -> IValue.from(number.longValue());
      case Long number -> IValue.from(number);
      case Double number -> IValue.from(number);
      case Boolean flag -> IValue.from(flag);
      case String text -> IValue.from(text);
      case long[] numbers -> IValue.listFrom(numbers);
      default ->
          throw new IllegalArgumentException("no kernel takes a " + argument.getClass().getName());
    };
  }

  @Override
  public void close() {
    module.close();
    manager.close();
  }
}
