package io.sftjob.trainer.model;

import io.sftjob.trainer.safetensors.HostTensor;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A Llama in plain loops and double precision, one document at a time: what the kernels must agree
 * with.
 */
public final class Oracle {
  private final DecoderSpec spec;
  private final Map<String, double[]> weights = new HashMap<>();
  private final double loraScale;

  /**
   * @param tensors of the model, and of an adapter under PEFT's names
   */
  public Oracle(DecoderSpec spec, List<HostTensor> tensors, double loraScale) {
    this.spec = spec;
    this.loraScale = loraScale;
    for (HostTensor tensor : tensors) {
      double[] values = new double[tensor.data().remaining() / 4];
      for (int i = 0; i < values.length; i++) {
        values[i] = tensor.data().getFloat(4 * i);
      }
      weights.put(tensor.name(), values);
    }
  }

  /** The values of a tensor, to change. */
  public double[] weight(String name) {
    return weights.get(name);
  }

  /** Negative log-likelihood summed over the targets of a document. */
  public double loss(int[] ids, boolean[] targets) {
    double[][] logits = logits(ids);
    double sum = 0;
    for (int t = 1; t < ids.length; t++) {
      if (targets[t]) {
        double total = 0;
        for (double logit : logits[t - 1]) {
          total += Math.exp(logit);
        }
        sum += Math.log(total) - logits[t - 1][ids[t]];
      }
    }
    return sum;
  }

  /** [T][vocab]. */
  public double[][] logits(int[] ids) {
    double[][] x = new double[ids.length][spec.hiddenSize()];
    for (int t = 0; t < ids.length; t++) {
      System.arraycopy(
          weights.get(spec.layout().embedding()), ids[t] * spec.hiddenSize(), x[t], 0, x[t].length);
    }
    for (int layer = 0; layer < spec.layers(); layer++) {
      add(x, attention(layer, norm(x, spec.layout().inputNorm(layer))));
      add(x, mlp(layer, norm(x, spec.layout().postAttentionNorm(layer))));
    }
    double[][] h = norm(x, spec.layout().norm());
    String head = spec.tiedEmbeddings() ? spec.layout().embedding() : spec.layout().head();
    double[][] logits = new double[ids.length][];
    for (int t = 0; t < ids.length; t++) {
      logits[t] = multiply(weights.get(head), h[t]);
    }
    return logits;
  }

  private double[][] attention(int layer, double[][] h) {
    var shape = spec.attention();
    double[][] q = rotate(linear(layer, LinearRole.Q, h));
    double[][] k = rotate(linear(layer, LinearRole.K, h));
    double[][] v = linear(layer, LinearRole.V, h);
    int d = shape.headDim();
    double[][] out = new double[h.length][shape.heads() * d];
    for (int head = 0; head < shape.heads(); head++) {
      int kv = head / (shape.heads() / shape.kvHeads());
      for (int t = 0; t < h.length; t++) {
        double[] p = new double[t + 1];
        double total = 0;
        for (int s = 0; s <= t; s++) {
          double dot = 0;
          for (int i = 0; i < d; i++) {
            dot += q[t][head * d + i] * k[s][kv * d + i];
          }
          p[s] = Math.exp(dot / Math.sqrt(d));
          total += p[s];
        }
        for (int s = 0; s <= t; s++) {
          for (int i = 0; i < d; i++) {
            out[t][head * d + i] += p[s] / total * v[s][kv * d + i];
          }
        }
      }
    }
    return linear(layer, LinearRole.O, out);
  }

  private double[][] mlp(int layer, double[][] h) {
    double[][] gate = linear(layer, LinearRole.Gate, h);
    double[][] up = linear(layer, LinearRole.Up, h);
    for (int t = 0; t < h.length; t++) {
      for (int i = 0; i < up[t].length; i++) {
        up[t][i] *= gate[t][i] / (1 + Math.exp(-gate[t][i]));
      }
    }
    return linear(layer, LinearRole.Down, up);
  }

  private double[][] linear(int layer, LinearRole role, double[][] x) {
    String module = spec.layout().module(layer, role);
    double[] a = weights.get("base_model.model." + module + ".lora_A.weight");
    double[] b = weights.get("base_model.model." + module + ".lora_B.weight");
    double[] bias = weights.get(module + ".bias");
    double[][] y = new double[x.length][];
    for (int t = 0; t < x.length; t++) {
      y[t] = multiply(weights.get(module + ".weight"), x[t]);
      if (bias != null) {
        add(y[t], bias, 1);
      }
      if (a != null) {
        add(y[t], multiply(b, multiply(a, x[t])), loraScale);
      }
    }
    return y;
  }

  private double[][] rotate(double[][] x) {
    float[] frequencies = frequencies();
    int half = frequencies.length;
    for (int t = 0; t < x.length; t++) {
      for (int head = 0; head < x[t].length; head += 2 * half) {
        for (int i = 0; i < half; i++) {
          double angle = t * (double) frequencies[i];
          double first = x[t][head + i];
          double second = x[t][head + half + i];
          x[t][head + i] = first * Math.cos(angle) - second * Math.sin(angle);
          x[t][head + half + i] = second * Math.cos(angle) + first * Math.sin(angle);
        }
      }
    }
    return x;
  }

  private float[] frequencies() {
    var rotary = (Rotary) spec.positions();
    return rotary.scaling().inverseFrequencies(rotary.theta(), rotary.dims(), 0);
  }

  private double[][] norm(double[][] x, String name) {
    double[] w = weights.get(name);
    double[][] y = new double[x.length][w.length];
    for (int t = 0; t < x.length; t++) {
      double square = 0;
      for (double value : x[t]) {
        square += value * value;
      }
      double scale = 1 / Math.sqrt(square / w.length + spec.normEps());
      for (int i = 0; i < w.length; i++) {
        y[t][i] = x[t][i] * scale * w[i];
      }
    }
    return y;
  }

  /** w [out, in] times x [in]. */
  private static double[] multiply(double[] w, double[] x) {
    double[] y = new double[w.length / x.length];
    for (int o = 0; o < y.length; o++) {
      for (int i = 0; i < x.length; i++) {
        y[o] += w[o * x.length + i] * x[i];
      }
    }
    return y;
  }

  private static void add(double[][] x, double[][] y) {
    for (int t = 0; t < x.length; t++) {
      add(x[t], y[t], 1);
    }
  }

  private static void add(double[] x, double[] y, double scale) {
    for (int i = 0; i < x.length; i++) {
      x[i] += scale * y[i];
    }
  }
}
