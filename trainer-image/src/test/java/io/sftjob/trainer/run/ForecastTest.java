package io.sftjob.trainer.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sftjob.api.progress.ExitCode;
import io.sftjob.trainer.TrainerException;
import io.sftjob.trainer.estimate.MemoryEstimate;
import io.sftjob.trainer.estimate.MemoryEstimate.Line;
import io.sftjob.trainer.estimate.MemoryEstimate.Part;
import io.sftjob.trainer.estimate.MemoryEstimate.Place;
import io.sftjob.trainer.run.MemoryLimits.Gpu;
import io.sftjob.trainer.run.MemoryLimits.Limit;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ForecastTest {
  private static final long MIB = 1 << 20;

  @Test
  void pagesOfFilesMayGo() {
    // 300 MiB of memory, 500 of files.
    assertThat(forecast(200, cpu(400)).warning()).isEmpty();
    assertThat(forecast(200, cpu(400)).status().peakBytes()).isEqualTo(800 * MIB);
  }

  @Test
  void whatIsCloseIsWarnedOfAndWhatIsCertainIsRefused() {
    var close = forecast(200, cpu(310));
    close.requireFit();
    assertThat(close.warning())
        .hasValueSatisfying(w -> assertThat(w).contains("about 300 MiB", "310 MiB", "eat less"));
    assertThatThrownBy(() -> forecast(311, cpu(310)).requireFit())
        .isInstanceOfSatisfying(
            TrainerException.class, e -> assertThat(e.code()).isEqualTo(ExitCode.InvalidSpec))
        .hasMessageContaining("needs at least 311 MiB")
        .hasMessageContaining("there are 310 MiB (here)")
        .hasMessageContaining("eat less");
  }

  @Test
  void onAGpuItsMemoryCountsIfItIsKnown() {
    var known = new Gpu(Optional.of(new Limit(100 * MIB, "gpu(0)")));
    var limits = new MemoryLimits(new Limit(10 * MIB, "here"), Optional.of(known));
    assertThatThrownBy(() -> forecast(200, limits).requireFit()).hasMessageContaining("gpu(0)");
    assertThat(forecast(1, limits).status().gpuPeakBytes()).isEqualTo(70 * MIB);
    var unknown =
        new MemoryLimits(new Limit(10 * MIB, "here"), Optional.of(new Gpu(Optional.empty())));
    forecast(200, unknown).requireFit();
    assertThat(forecast(200, unknown).warning()).isEmpty();
    assertThat(forecast(200, unknown).status().limitBytes()).isNull();
  }

  private static MemoryLimits cpu(long mib) {
    return new MemoryLimits(new Limit(mib * MIB, "here"), Optional.empty());
  }

  private static Forecast forecast(long leastMib, MemoryLimits limits) {
    var estimate =
        new MemoryEstimate(
            List.of(
                new Line(Part.Process, 300 * MIB, Place.Memory),
                new Line(Part.Weights, 500 * MIB, Place.File),
                new Line(Part.Activations, 70 * MIB, Place.Gpu)));
    return new Forecast(estimate, leastMib * MIB, limits, List.of("eat less"));
  }
}
