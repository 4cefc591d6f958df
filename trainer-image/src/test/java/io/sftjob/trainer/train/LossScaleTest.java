package io.sftjob.trainer.train;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.sftjob.api.v1alpha1.ModelDtype;
import io.sftjob.trainer.model.Fixture;
import java.util.List;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/** The rule of torch.amp.GradScaler. */
class LossScaleTest {
  @Example
  void followsTheOriginal() {
    JsonNode expected = Fixture.of("loss-scale").json();
    var found = LossScale.initial(ModelDtype.Float16).orElseThrow();
    assertThat(found.scale()).isEqualTo(expected.path("initial").path("scale").asDouble());
    assertThat(LossScale.GROWTH_INTERVAL)
        .isEqualTo(expected.path("initial").path("growth_interval").asInt());
    assertThat(expected.path("runs")).hasSize(120);
    for (JsonNode run : expected.path("runs")) {
      for (int i = 0; i < run.path("steps").asInt(); i++) {
        found = run.path("finite").asBoolean() ? found.afterFinite() : found.afterOverflow();
      }
      assertThat(found)
          .as(run.toString())
          .isEqualTo(
              new LossScale(run.path("scale").asDouble(), run.path("growthTracker").asInt()));
    }
    assertThat(found.scale()).isEqualTo(1);
  }

  /** What the product promises beyond the original: it is never below 1, nor infinite. */
  @Property(tries = 200)
  void isAPowerOfTwoFromOneOn(@ForAll @Size(max = 200) List<@IntRange(max = 9000) Integer> runs) {
    var scale = LossScale.INITIAL;
    for (int finite : runs) {
      double before = scale.scale();
      int tracker = scale.growthTracker();
      for (int i = 0; i < finite; i++) {
        scale = scale.afterFinite();
      }
      int growths = (tracker + finite) / LossScale.GROWTH_INTERVAL;
      assertThat(scale.scale()).isEqualTo(Math.min(Math.scalb(before, growths), 0x1p127));
      assertThat(scale.growthTracker()).isEqualTo((tracker + finite) % LossScale.GROWTH_INTERVAL);
      before = scale.scale();
      assertThat(scale.canFall()).isEqualTo(before > 1);
      scale = scale.afterOverflow();
      assertThat(scale).isEqualTo(new LossScale(Math.max(1, before / 2), 0));
      assertThat(Math.scalb(1.0, Math.getExponent(scale.scale()))).isEqualTo(scale.scale());
    }
  }

  @Example
  void otherDtypesHaveNone() {
    assertThat(LossScale.initial(ModelDtype.BFloat16)).isEmpty();
    assertThat(LossScale.initial(ModelDtype.Float32)).isEmpty();
  }
}
