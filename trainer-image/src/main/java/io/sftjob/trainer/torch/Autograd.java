package io.sftjob.trainer.torch;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;

/** Autograd by hand; the mode belongs to the thread. */
public final class Autograd {
  private Autograd() {}

  /** The thread's mode until closed, then what it was before. */
  public record Mode(boolean before) implements AutoCloseable {
    @Override
    public void close() {
      JniUtils.setGradMode(before);
    }
  }

  /** Operations enter a graph where a leaf that requires gradients takes part. */
  public static Mode recording() {
    return mode(true);
  }

  public static Mode notRecording() {
    return mode(false);
  }

  private static Mode mode(boolean record) {
    boolean before = JniUtils.isGradMode();
    JniUtils.setGradMode(record);
    return new Mode(before);
  }

  /** The same values, cut from their graph: a leaf of a new one. */
  public static NDArray leaf(NDManager owner, NDArray x, boolean requiresGradient) {
    NDArray leaf = x.stopGradient();
    leaf.attach(owner);
    leaf.setRequiresGradient(requiresGradient);
    return leaf;
  }

  /** Adds d(sum(out · gradient)) to the gradients of the leaves, and frees the graph. */
  public static void backward(NDArray out, NDArray gradient) {
    JniUtils.backward((PtNDArray) out, (PtNDArray) gradient, false, false);
  }

  /** The gradient that a leaf has gathered. */
  public static NDArray gradient(NDManager owner, NDArray leaf) {
    NDArray gradient = leaf.getGradient();
    gradient.attach(owner);
    return gradient;
  }
}
