package io.sftjob.trainer.train;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sftjob.api.v1alpha1.ModelDtype;
import io.sftjob.trainer.data.Document;
import io.sftjob.trainer.data.PackedRow;
import io.sftjob.trainer.lora.LoraAdapter;
import io.sftjob.trainer.lora.LoraConfig;
import io.sftjob.trainer.lora.SplitMix64;
import io.sftjob.trainer.model.CausalLm;
import io.sftjob.trainer.model.LoadListener;
import io.sftjob.trainer.model.Oracle;
import io.sftjob.trainer.model.RandomModel;
import io.sftjob.trainer.safetensors.Dtype;
import io.sftjob.trainer.safetensors.HostTensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Losses and gradients on random shapes and packs against plain loops in double precision. */
class OracleTest {
  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({
    "4, 2, false, false, false",
    "4, 4, true, false, true",
    "4, 1, false, true, false",
    "6, 3, true, true, true",
  })
  void lossAndGradientsAgree(
      int heads, int kvHeads, boolean attentionBias, boolean mlpBias, boolean tied)
      throws IOException {
    ObjectNode config = RandomModel.config();
    config.put("num_attention_heads", heads).put("num_key_value_heads", kvHeads);
    config.put("head_dim", 4).put("attention_bias", attentionBias).put("mlp_bias", mlpBias);
    config.put("tie_word_embeddings", tied);
    List<HostTensor> weights = RandomModel.tensors(config, folder, heads);
    RandomModel.write(folder, config, weights);
    var lora = new LoraConfig(3, 6, 0, List.of("AllLinear"), true);
    try (var model = CausalLm.load(folder, Device.cpu(), ModelDtype.Float32, LoadListener.NONE);
        var adapter = randomAdapter(model, lora)) {
      List<PackedRow> rows = TinyRun.rows(3, 40, kvHeads);
      TokenBatch batch = TokenBatch.of(rows);
      var oracle = new Oracle(model.spec(), with(weights, adapter), lora.scale());
      double expected = loss(oracle, rows);
      var backprop = new Backprop(model.decoder(), adapter, true);
      assertThat(backprop.loss(batch)).isCloseTo(expected, Offset.offset(1e-5 * expected));
      assertThat(backprop.add(batch, 1, 0)).isCloseTo(expected, Offset.offset(1e-5 * expected));
      for (int i = 0; i < adapter.names().size(); i++) {
        checkGradient(oracle, rows, adapter.names().get(i), adapter.parameters().get(i));
      }
    }
  }

  /** The slope along a random direction, by central difference. */
  private static void checkGradient(
      Oracle oracle, List<PackedRow> rows, String name, NDArray parameter) {
    double[] values = oracle.weight(name);
    float[] gradient;
    try (NDArray found = parameter.getGradient()) {
      gradient = found.toFloatArray();
    }
    var random = new SplitMix64(name.hashCode());
    double[] direction = new double[values.length];
    double slope = 0;
    double size = 0;
    for (int i = 0; i < values.length; i++) {
      direction[i] = random.nextDouble() - 0.5;
      slope += direction[i] * gradient[i];
      size += Math.abs(direction[i] * gradient[i]);
    }
    double step = 1e-4;
    move(values, direction, step);
    double above = loss(oracle, rows);
    move(values, direction, -2 * step);
    double below = loss(oracle, rows);
    move(values, direction, step);
    assertThat(slope)
        .as(name)
        .isCloseTo((above - below) / (2 * step), Offset.offset(1e-4 * size + 1e-6));
  }

  private static void move(double[] values, double[] direction, double step) {
    for (int i = 0; i < values.length; i++) {
      values[i] += step * direction[i];
    }
  }

  private static double loss(Oracle oracle, List<PackedRow> rows) {
    double sum = 0;
    for (PackedRow row : rows) {
      for (Document document : row.documents()) {
        sum += oracle.loss(document.ids(), document.targets());
      }
    }
    return sum;
  }

  private static LoraAdapter randomAdapter(CausalLm model, LoraConfig config) {
    List<HostTensor> tensors = new ArrayList<>();
    try (var initial = LoraAdapter.initial(config, model.decoder(), 3);
        var optimizer = AdamW.initial(model.kernels(), initial)) {
      var random = new SplitMix64(5);
      for (HostTensor tensor : optimizer.state(TrainCounts.NONE).adapter()) {
        ByteBuffer data = ByteBuffer.allocate(tensor.data().remaining());
        data.order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < data.capacity(); i += 4) {
          data.putFloat(i, random.nextFloat() - 0.5f);
        }
        tensors.add(new HostTensor(tensor.name(), tensor.dtype(), tensor.shape(), data));
      }
    }
    return LoraAdapter.of("random", config, model.spec(), model.kernels(), tensors);
  }

  private static List<HostTensor> with(List<HostTensor> weights, LoraAdapter adapter) {
    var all = new ArrayList<>(weights);
    for (int i = 0; i < adapter.names().size(); i++) {
      NDArray parameter = adapter.parameters().get(i);
      ByteBuffer data =
          ByteBuffer.allocate((int) (4 * parameter.size())).order(ByteOrder.LITTLE_ENDIAN);
      data.asFloatBuffer().put(parameter.toFloatArray());
      all.add(
          new HostTensor(adapter.names().get(i), Dtype.F32, parameter.getShape().getShape(), data));
    }
    return all;
  }
}
