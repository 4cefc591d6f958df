package io.sftjob.trainer.modelfiles;

import static org.assertj.core.api.Assertions.assertThat;

import io.sftjob.trainer.safetensors.Dtype;
import io.sftjob.trainer.safetensors.TensorInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class ShardsTest {
  @Test
  void whatFitsIsOneFileWithoutAnIndex() {
    var shards = Shards.of(List.of(tensor(0, 3), tensor(1, 2)), 10);
    assertThat(shards.isSharded()).isFalse();
    assertThat(shards.files().keySet()).containsExactly("model.safetensors");
  }

  @Test
  void theIndexSaysWhereEachTensorIs() {
    var shards = Shards.of(List.of(tensor(0, 3), tensor(1, 2), tensor(2, 9), tensor(3, 1)), 10);
    assertThat(shards.index())
        .containsEntry("metadata", Map.of("total_size", 30L))
        .containsEntry(
            "weight_map",
            Map.of(
                "t0", "model-00001-of-00003.safetensors",
                "t1", "model-00001-of-00003.safetensors",
                "t2", "model-00002-of-00003.safetensors",
                "t3", "model-00003-of-00003.safetensors"));
  }

  @Property(tries = 200)
  void tensorsKeepTheirOrderAndOnlyALoneOneIsTooLarge(
      @ForAll @Size(min = 1, max = 40) List<@IntRange(min = 1, max = 30) Integer> elements,
      @ForAll @IntRange(min = 1, max = 60) int maxBytes) {
    var tensors = new ArrayList<TensorInfo>();
    for (int i = 0; i < elements.size(); i++) {
      tensors.add(tensor(i, elements.get(i)));
    }
    var files = Shards.of(tensors, maxBytes).files();
    assertThat(files.sequencedValues().stream().flatMap(List::stream)).isEqualTo(tensors);
    TensorInfo before = null;
    for (var file : files.sequencedValues()) {
      long size = file.stream().mapToLong(TensorInfo::bytes).sum();
      assertThat(size <= maxBytes || file.size() == 1).isTrue();
      assertThat(file).isNotEmpty();
      before = file.getLast();
    }
    assertThat(before).isEqualTo(tensors.getLast());
  }

  private static TensorInfo tensor(int number, int elements) {
    return new TensorInfo("t" + number, Dtype.BF16, new long[] {elements});
  }
}
