package io.sftjob.operator.reconcile;

import io.sftjob.api.v1alpha1.SFTJob;
import io.sftjob.operator.child.Fields;
import io.sftjob.operator.kube.Jobs;
import io.sftjob.operator.kube.Pods;
import io.sftjob.operator.reconcile.Action.Create;
import io.sftjob.operator.reconcile.Action.Delete;
import io.sftjob.operator.reconcile.Action.Refuse;
import io.sftjob.operator.reconcile.Action.Watch;
import io.sftjob.operator.status.StatusView;

/** Decides from the spec, the last status and the children what is to be done: a pure function. */
final class Plan {
  private Plan() {}

  static Action of(SFTJob resource, Observed seen) {
    if (StatusView.isTerminal(resource.getStatus())) return new Watch();
    var suspend = Boolean.TRUE.equals(resource.getSpec().suspend());
    if (seen.job().isPresent()) {
      var job = seen.job().get();
      var stop = suspend && !Jobs.isFinished(job) && !Jobs.isBeingDeleted(job);
      return stop ? new Delete(job) : new Watch();
    }
    var invalid = Fields.invalid(resource.getSpec());
    if (invalid.isPresent()) return new Refuse(invalid.get());
    var podsLeft = seen.pods().stream().anyMatch(p -> !Pods.isOver(p));
    return suspend || podsLeft ? new Watch() : new Create(seen.execution() + 1);
  }
}
