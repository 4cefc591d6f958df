package io.sftjob.operator.child;

import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.EnvVarBuilder;
import io.sftjob.api.v1alpha1.ComputeSpec;
import io.sftjob.api.v1alpha1.SecretKey;
import io.sftjob.api.v1alpha1.TrackingSpec;
import io.sftjob.operator.config.Settings;
import java.util.ArrayList;
import java.util.List;

/** The environment that docs/contract.md promises the trainer. */
final class TrainerEnv {
  static final String TERMINATION_LOG = "/dev/termination-log";

  private TrainerEnv() {}

  static List<EnvVar> of(ComputeSpec compute, TrackingSpec tracking, Settings.Trainer settings) {
    var env = new ArrayList<EnvVar>();
    env.add(field("SFT_POD_UID", "metadata.uid"));
    env.add(field("SFT_POD_NAME", "metadata.name"));
    env.add(field("SFT_JOB_UID", "metadata.labels['batch.kubernetes.io/controller-uid']"));
    env.add(value("SFT_PVC_ROOT", Claims.ROOT));
    env.add(value("SFT_PORT", Integer.toString(settings.port())));
    env.add(value("SFT_TERMINATION_LOG", TERMINATION_LOG));
    Resources.threads(compute).ifPresent(n -> env.add(value("SFT_THREADS", Integer.toString(n))));
    if (tracking != null && tracking.mlflow().tokenSecret() != null) {
      env.add(secret("SFT_MLFLOW_TOKEN", tracking.mlflow().tokenSecret()));
    }
    return env;
  }

  private static EnvVar value(String name, String value) {
    return new EnvVar(name, value, null);
  }

  /** A Secret that is not there stops no training: the server will refuse what it is told. */
  private static EnvVar secret(String name, SecretKey secret) {
    return new EnvVarBuilder()
        .withName(name)
        .withNewValueFrom()
        .withNewSecretKeyRef(secret.key(), secret.name(), true)
        .endValueFrom()
        .build();
  }

  private static EnvVar field(String name, String path) {
    return new EnvVarBuilder()
        .withName(name)
        .withNewValueFrom()
        .withNewFieldRef()
        .withFieldPath(path)
        .endFieldRef()
        .endValueFrom()
        .build();
  }
}
