package io.sftjob.trainer.weights;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.sftjob.api.progress.ExitCode;
import io.sftjob.trainer.TrainerException;
import io.sftjob.trainer.torch.TorchDtype;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/** The shards of one checkpoint as one. */
final class ShardedSource implements TensorSource {
  private final String location;
  private final List<TensorSource> shards = new ArrayList<>();
  private final Map<String, TensorSource> byName = new LinkedHashMap<>();

  private ShardedSource(String location) {
    this.location = location;
  }

  /**
   * @throws TrainerException if a shard can not be used, two hold the same tensor, or the index
   *     does not tell where they are
   */
  static TensorSource open(Path folder, ShardIndex index, Function<Path, TensorSource> shard) {
    var source = new ShardedSource(folder.toString());
    var byFile = new LinkedHashMap<Path, TensorSource>();
    try {
      for (Path file : index.shards()) {
        byFile.put(file, source.add(shard.apply(file)));
      }
      index.requireIn(byFile);
      return source;
    } catch (RuntimeException e) {
      source.close();
      throw e;
    }
  }

  private TensorSource add(TensorSource shard) {
    shards.add(shard);
    for (String name : shard.names()) {
      TensorSource other = byName.put(name, shard);
      if (other != null) {
        throw new TrainerException(
            ExitCode.ModelNotUsable,
            "%s and %s both hold the tensor `%s`"
                .formatted(other.location(), shard.location(), name));
      }
    }
    return shard;
  }

  @Override
  public String location() {
    return location;
  }

  @Override
  public Set<String> names() {
    return byName.keySet();
  }

  @Override
  public long[] shape(String name) {
    return byName.get(name).shape(name);
  }

  @Override
  public String storedAs(String name) {
    return byName.get(name).storedAs(name);
  }

  @Override
  public TorchDtype dtype(String name) {
    return byName.get(name).dtype(name);
  }

  @Override
  public long bytes(String name) {
    return byName.get(name).bytes(name);
  }

  @Override
  public NDArray load(NDManager owner, String name, TorchDtype dtype) {
    return byName.get(name).load(owner, name, dtype);
  }

  @Override
  public void release() {
    shards.forEach(TensorSource::release);
  }

  @Override
  public void close() {
    shards.forEach(TensorSource::close);
  }
}
