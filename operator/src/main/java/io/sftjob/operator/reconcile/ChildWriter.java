package io.sftjob.operator.reconcile;

import io.fabric8.kubernetes.api.model.DeletionPropagation;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.sftjob.api.v1alpha1.SFTJob;
import io.sftjob.operator.child.Children;
import io.sftjob.operator.child.TrainerConfigMap;
import io.sftjob.operator.child.TrainerJob;
import io.sftjob.operator.config.Settings;
import java.net.HttpURLConnection;
import java.util.function.Supplier;

/** Creates and deletes children. Nothing is ever updated. */
final class ChildWriter {
  private final Settings.Trainer settings;

  ChildWriter(Settings.Trainer settings) {
    this.settings = settings;
  }

  /** Creates the execution's children, or finds those that an earlier, interrupted pass made. */
  Job create(SFTJob resource, int execution, Context<SFTJob> context) throws NameTakenException {
    var client = context.getClient();
    var config = TrainerConfigMap.desired(resource, execution);
    var configs = client.configMaps().resource(config);
    createOrFind(resource, configs::create, configs::get);
    var job = TrainerJob.desired(resource, execution, settings);
    return createOrFind(
        resource,
        () -> context.resourceOperations().create(job),
        client.batch().v1().jobs().resource(job)::get);
  }

  /** Asks for the end of a Job; it is gone when the last of its pods is. */
  void delete(Job job, Context<SFTJob> context) {
    context
        .getClient()
        .batch()
        .v1()
        .jobs()
        .resource(job)
        .withPropagationPolicy(DeletionPropagation.FOREGROUND)
        .delete();
  }

  private static <T extends HasMetadata> T createOrFind(
      SFTJob resource, Supplier<T> create, Supplier<T> find) throws NameTakenException {
    try {
      return create.get();
    } catch (KubernetesClientException e) {
      if (e.getCode() != HttpURLConnection.HTTP_CONFLICT) throw e;
      var existing = find.get();
      if (existing == null) throw e;
      if (!Children.owns(resource, existing)) throw new NameTakenException(existing);
      return existing;
    }
  }
}
