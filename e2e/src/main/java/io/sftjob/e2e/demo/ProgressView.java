package io.sftjob.e2e.demo;

import io.sftjob.api.v1alpha1.ProgressStatus;
import io.sftjob.api.v1alpha1.SFTJob;
import io.sftjob.api.v1alpha1.SFTJobStatus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** A bar with what the status of an SFTJob says; nothing else is asked. */
final class ProgressView implements AutoCloseable {
  private final ProgressBar bar =
      new ProgressBarBuilder()
          .setTaskName("sft/dictionary")
          .setInitialMax(-1)
          .setStyle(ProgressBarStyle.UNICODE_BLOCK)
          .hideEta()
          .setMaxRenderedLength(120)
          .setUpdateIntervalMillis(500)
          .build();

  void show(SFTJob job) {
    var status = job.getStatus();
    if (status == null || status.state() == null) {
      return;
    }
    var progress = status.progress();
    if (progress != null && progress.totalSteps() != null) {
      bar.maxHint(progress.totalSteps());
      bar.stepTo(progress.step() == null ? 0 : progress.step());
    }
    bar.setExtraMessage(" " + words(status));
    bar.refresh();
  }

  private static String words(SFTJobStatus status) {
    var words = new ArrayList<String>();
    words.add(status.state().name());
    if (status.attempt() != null) {
      words.add("attempt " + status.attempt());
    }
    if (status.progress() != null) {
      words.addAll(words(status.progress()));
    }
    return String.join(" · ", words);
  }

  private static List<String> words(ProgressStatus progress) {
    var words = new ArrayList<String>();
    if (progress.step() == null || progress.step() == 0) {
      words.add(String.valueOf(progress.phase()));
    }
    if (progress.loss() != null) {
      words.add("loss " + progress.loss());
    }
    if (progress.tokensPerSecond() != null) {
      words.add(
          String.format(
              Locale.ROOT, "%.0f tokens/s", Double.parseDouble(progress.tokensPerSecond())));
    }
    if (progress.etaSeconds() != null) {
      words.add("ETA " + clock(Duration.ofSeconds(progress.etaSeconds())));
    }
    return words;
  }

  private static String clock(Duration eta) {
    return "%d:%02d".formatted(eta.toMinutes(), eta.toSecondsPart());
  }

  @Override
  public void close() {
    bar.close();
  }
}
