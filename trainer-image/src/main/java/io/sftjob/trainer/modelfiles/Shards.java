package io.sftjob.trainer.modelfiles;

import io.sftjob.trainer.safetensors.TensorInfo;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.TreeMap;

/**
 * The files of a checkpoint and their tensors, under the names that transformers looks for.
 *
 * @param files one {@code model.safetensors}, or {@code model-00001-of-0000N.safetensors} and so on
 */
public record Shards(SequencedMap<String, List<TensorInfo>> files) {
  private static final String SINGLE = "model.safetensors";
  public static final String INDEX = "model.safetensors.index.json";

  /**
   * Cuts a list of tensors, in its order, where the next one would make a file too large, as {@code
   * split_torch_state_dict_into_shards} does. A tensor that is larger alone has a file of its own.
   *
   * @param maxBytes of the tensors in a file
   */
  public static Shards of(List<TensorInfo> tensors, long maxBytes) {
    return ofGroups(tensors.stream().map(List::of).toList(), maxBytes);
  }

  /** The same for groups of tensors that stay together in a file. */
  public static Shards ofGroups(List<List<TensorInfo>> tensors, long maxBytes) {
    var groups = new ArrayList<List<TensorInfo>>();
    long size = 0;
    for (List<TensorInfo> group : tensors) {
      long bytes = group.stream().mapToLong(TensorInfo::bytes).sum();
      if (groups.isEmpty() || size > 0 && size + bytes > maxBytes) {
        groups.add(new ArrayList<>());
        size = 0;
      }
      groups.getLast().addAll(group);
      size += bytes;
    }
    var files = new LinkedHashMap<String, List<TensorInfo>>();
    for (int i = 0; i < groups.size(); i++) {
      String name =
          groups.size() == 1
              ? SINGLE
              : "model-%05d-of-%05d.safetensors".formatted(i + 1, groups.size());
      files.put(name, groups.get(i));
    }
    return new Shards(files);
  }

  public boolean isSharded() {
    return files.size() > 1;
  }

  /** What {@link #INDEX} holds. */
  public Map<String, Object> index() {
    long total = 0;
    var map = new TreeMap<String, String>();
    for (var file : files.sequencedEntrySet()) {
      for (TensorInfo tensor : file.getValue()) {
        map.put(tensor.name(), file.getKey());
        total += tensor.bytes();
      }
    }
    var index = new LinkedHashMap<String, Object>();
    index.put("metadata", Map.of("total_size", total));
    index.put("weight_map", map);
    return index;
  }
}
