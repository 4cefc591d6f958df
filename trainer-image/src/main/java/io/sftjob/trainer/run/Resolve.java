package io.sftjob.trainer.run;

import io.sftjob.api.v1alpha1.EffectiveSpec;
import io.sftjob.api.v1alpha1.ResumePolicy;
import io.sftjob.trainer.checkpoint.OpenedOutput;
import io.sftjob.trainer.checkpoint.OpenedOutput.Claimant;
import io.sftjob.trainer.checkpoint.Output;
import io.sftjob.trainer.checkpoint.Owner;
import io.sftjob.trainer.checkpoint.Ownership;
import io.sftjob.trainer.checkpoint.TrainingIdentity;
import io.sftjob.trainer.config.RuntimeConfig;
import io.sftjob.trainer.lora.PeftFiles;
import io.sftjob.trainer.spec.PathResolver;
import io.sftjob.trainer.spec.RunSettings;
import io.sftjob.trainer.spec.SpecReader;
import io.sftjob.trainer.store.Digest;
import io.sftjob.trainer.store.StorageFailure;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The first phase: what is to be done, and whether what it needs is there. */
final class Resolve {
  private static final Logger LOG = LoggerFactory.getLogger(Resolve.class);

  private Resolve() {}

  static RunSettings settings(Path spec, RuntimeConfig config) {
    var settings = RunSettings.of(SpecReader.read(spec), new PathResolver(config.pvcRoot()));
    LOG.info("Job {}: {}", settings.jobName(), described(settings.spec()));
    return settings;
  }

  /** Every resolved field that is set. */
  private static String described(EffectiveSpec spec) {
    return Facts.fields(spec).entrySet().stream()
        .map(field -> field.getKey() + " " + field.getValue())
        .collect(Collectors.joining(", "));
  }

  /**
   * @param podUid names this process
   */
  static OpenedOutput output(RunSettings settings, RuntimeConfig config, String podUid) {
    var claimant =
        new Claimant(
            settings.jobUid().orElse(podUid),
            config.jobUid().orElse(null),
            podUid,
            identity(settings),
            settings.spec().resume() == ResumePolicy.Auto);
    return OpenedOutput.open(new Output(settings.output()), claimant);
  }

  /** What the spec says, and the content of the adapter that the training begins with. */
  private static TrainingIdentity identity(RunSettings settings) {
    var fields = new TreeMap<>(settings.identity());
    settings
        .firstAdapter()
        .ifPresent(
            folder -> {
              for (Path file :
                  List.of(folder.resolve(PeftFiles.CONFIG), PeftFiles.weights(folder))) {
                fields.put("spec.lora.initFrom/" + file.getFileName(), sha256(file));
              }
            });
    return TrainingIdentity.of(fields);
  }

  private static String sha256(Path file) {
    try {
      return Digest.of(file).sha256();
    } catch (IOException e) {
      throw StorageFailure.of("Reading " + file, e);
    }
  }

  /** The last process that took the output. */
  static Optional<Owner> lastOwner(RunSettings settings) {
    try {
      return Ownership.current(new Output(settings.output()));
    } catch (IOException e) {
      throw StorageFailure.of("Reading the output " + settings.output(), e);
    }
  }
}
