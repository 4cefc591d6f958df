package io.sftjob.trainer.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.ArrayList;
import java.util.List;

/** Keys and values of one document's past, [capacity, kvHeads, headDim] for every layer. */
public final class KvCache implements AutoCloseable {
  private final NDManager manager;
  private final int capacity;
  private final List<NDArray> keys = new ArrayList<>();
  private final List<NDArray> values = new ArrayList<>();
  private int length;

  KvCache(NDManager manager, int capacity) {
    this.manager = manager;
    this.capacity = capacity;
  }

  void add(NDArray layerKeys, NDArray layerValues) {
    layerKeys.attach(manager);
    layerValues.attach(manager);
    keys.add(layerKeys);
    values.add(layerValues);
  }

  NDArray keys(int layer) {
    return keys.get(layer);
  }

  NDArray values(int layer) {
    return values.get(layer);
  }

  /** Tokens that it holds. */
  public int length() {
    return length;
  }

  public int capacity() {
    return capacity;
  }

  void advance(int tokens) {
    length += tokens;
  }

  @Override
  public void close() {
    manager.close();
  }
}
