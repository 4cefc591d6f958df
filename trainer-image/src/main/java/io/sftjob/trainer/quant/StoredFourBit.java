package io.sftjob.trainer.quant;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.sftjob.api.v1alpha1.QuantizationMode;
import io.sftjob.trainer.torch.HostMemory;
import io.sftjob.trainer.torch.TorchDtype;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** An NF4 or FP4 weight in a file; maps and offset are what the file says. */
record StoredFourBit(Parts files, String weight, QuantState state) implements StoredQuantized {

  /**
   * @param stateName of the tensor that holds the JSON
   * @throws io.sftjob.trainer.TrainerException if the JSON does not fit the tensors
   */
  static StoredFourBit read(Parts files, String weight, String stateName) {
    QuantState state = state(files, stateName);
    if (!state.codebook().key().equals(PartNames.keyOfState(stateName))) {
      throw files.refused(
          stateName,
          "says that its weight is `%s`, not what it is named for",
          state.codebook().key());
    }
    var stored = new StoredFourBit(files, weight, state);
    stored.check();
    return stored;
  }

  private static QuantState state(Parts files, String name) {
    if (files.files().dtype(name) != TorchDtype.UINT8) {
      throw files.refused(name, "has the dtype %s; expected UINT8", files.files().dtype(name));
    }
    try (NDManager scope = files.kernels().manager().newSubManager()) {
      return QuantState.parse(files.load(scope, name).toByteArray());
    } catch (QuantState.Refused e) {
      throw files.refused(name, "is no quantization state: %s", e.getMessage());
    }
  }

  private void check() {
    String why =
        "while its quantization state says shape %s and blocks of %d"
            .formatted(Arrays.toString(state.shape()), state.blockSize());
    long blocks = state.blocks();
    files.require(weight, TorchDtype.UINT8, new long[] {Math.ceilDiv(state.elements(), 2), 1}, why);
    files.require(PartNames.map(weight), TorchDtype.FLOAT32, new long[] {16}, why);
    boolean nested = state.nestedOffset().isPresent();
    files.require(
        PartNames.absmax(weight),
        nested ? TorchDtype.UINT8 : TorchDtype.FLOAT32,
        new long[] {blocks},
        why + (nested ? " with double quantization" : " without double quantization"));
    if (nested) {
      files.require(
          PartNames.nestedAbsmax(weight),
          TorchDtype.FLOAT32,
          new long[] {Math.ceilDiv(blocks, QuantizedTensor.Nested.BLOCK_SIZE)},
          why);
      files.require(PartNames.nestedMap(weight), TorchDtype.FLOAT32, new long[] {256}, why);
    }
  }

  @Override
  public long[] shape() {
    return state.shape();
  }

  @Override
  public QuantizationMode mode() {
    return switch (state.codebook()) {
      case NF4 -> QuantizationMode.NF4;
      case FP4 -> QuantizationMode.FP4;
    };
  }

  @Override
  public TorchDtype dtype() {
    return state.dtype();
  }

  @Override
  public List<String> parts() {
    var parts = new ArrayList<String>();
    parts.add(weight);
    parts.add(PartNames.absmax(weight));
    parts.add(PartNames.map(weight));
    parts.add(PartNames.state(weight, state.codebook()));
    if (state.nestedOffset().isPresent()) {
      parts.add(PartNames.nestedAbsmax(weight));
      parts.add(PartNames.nestedMap(weight));
    }
    return parts;
  }

  @Override
  public QuantizedTensor load(NDManager owner) {
    NDArray map = files.loadFinite(owner, PartNames.map(weight));
    Optional<QuantizedTensor.Nested> nested =
        state.nestedOffset().isPresent()
            ? Optional.of(
                new QuantizedTensor.Nested(
                    files.loadFinite(owner, PartNames.nestedAbsmax(weight)),
                    files.loadFinite(owner, PartNames.nestedMap(weight)),
                    offset(owner)))
            : Optional.empty();
    return new QuantizedTensor.FourBit(
        state.codebook(),
        state.blockSize(),
        state.dtype(),
        state.shape(),
        files.load(owner, weight),
        map,
        files.kernels().tensor(owner, "quant_pairs", map),
        nested.isPresent()
            ? files.load(owner, PartNames.absmax(weight))
            : files.loadFinite(owner, PartNames.absmax(weight)),
        nested);
  }

  private NDArray offset(NDManager owner) {
    var bytes = ByteBuffer.allocateDirect(4).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putFloat(0, (float) state.nestedOffset().getAsDouble());
    return HostMemory.upload(files.kernels(), owner, bytes, new long[0]);
  }
}
