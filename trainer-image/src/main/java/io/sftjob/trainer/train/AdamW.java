package io.sftjob.trainer.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.sftjob.trainer.lora.LoraAdapter;
import io.sftjob.trainer.safetensors.Dtype;
import io.sftjob.trainer.safetensors.HostTensor;
import io.sftjob.trainer.torch.HostMemory;
import io.sftjob.trainer.torch.Kernels;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** AdamW over all of an adapter's tensors in one call (adamw.py), and its moments. */
final class AdamW implements AutoCloseable {
  private final Kernels kernels;
  private final LoraAdapter adapter;
  private final NDManager manager;
  private final List<NDArray> expAvg = new ArrayList<>();
  private final List<NDArray> expAvgSq = new ArrayList<>();

  AdamW(Kernels kernels, LoraAdapter adapter) {
    this.kernels = kernels;
    this.adapter = adapter;
    this.manager = kernels.manager().newSubManager();
  }

  /** With moments of zero. */
  static AdamW initial(Kernels kernels, LoraAdapter adapter) {
    var optimizer = new AdamW(kernels, adapter);
    for (NDArray parameter : adapter.parameters()) {
      long[] shape = parameter.getShape().getShape();
      optimizer.expAvg.add(kernels.tensor(optimizer.manager, "zeros", shape, parameter));
      optimizer.expAvgSq.add(kernels.tensor(optimizer.manager, "zeros", shape, parameter));
    }
    return optimizer;
  }

  /** With the moments of a state, which are in the adapter's order. */
  static AdamW resumed(Kernels kernels, LoraAdapter adapter, TrainState state) {
    List<HostTensor> first = adapter.inOrder("The first moments", state.expAvg());
    List<HostTensor> second = adapter.inOrder("The second moments", state.expAvgSq());
    var optimizer = new AdamW(kernels, adapter);
    optimizer.upload(first, optimizer.expAvg);
    optimizer.upload(second, optimizer.expAvgSq);
    return optimizer;
  }

  private void upload(List<HostTensor> tensors, List<NDArray> to) {
    for (HostTensor tensor : tensors) {
      to.add(HostMemory.upload(kernels, manager, tensor.data(), tensor.shape()));
    }
  }

  /**
   * Applies and clears the gathered gradients.
   *
   * @param step 1-based, for the bias correction
   * @param lossScale what the loss was multiplied by
   * @return the unscaled gradients' global L2 norm before clipping; if not finite, nothing was
   *     applied
   */
  double step(long step, double learningRate, double lossScale, TrainSettings.Optimizer settings) {
    return kernels.real(
        "adamw_step",
        adapter.parameters(),
        expAvg,
        expAvgSq,
        step,
        learningRate,
        settings.beta1(),
        settings.beta2(),
        settings.epsilon(),
        settings.weightDecay(),
        settings.maxGradNorm(),
        lossScale);
  }

  /** Forgets the gathered gradients. */
  void discard() {
    kernels.bool("zero_grad", adapter.parameters());
  }

  /** A copy of everything; weights and moments under PEFT's names. */
  TrainState state(TrainCounts counts) {
    var all = new ArrayList<NDArray>(adapter.parameters());
    all.addAll(expAvg);
    all.addAll(expAvgSq);
    List<ByteBuffer> copies = HostMemory.download(all);
    int n = adapter.parameters().size();
    return new TrainState(
        counts,
        named(copies.subList(0, n)),
        named(copies.subList(n, 2 * n)),
        named(copies.subList(2 * n, 3 * n)));
  }

  private List<HostTensor> named(List<ByteBuffer> data) {
    var tensors = new ArrayList<HostTensor>();
    for (int i = 0; i < data.size(); i++) {
      long[] shape = adapter.parameters().get(i).getShape().getShape();
      tensors.add(new HostTensor(adapter.names().get(i), Dtype.F32, shape, data.get(i)));
    }
    return List.copyOf(tensors);
  }

  @Override
  public void close() {
    manager.close();
  }
}
