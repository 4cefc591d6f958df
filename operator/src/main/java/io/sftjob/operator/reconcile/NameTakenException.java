package io.sftjob.operator.reconcile;

import io.fabric8.kubernetes.api.model.HasMetadata;

/**
 * A child's name belongs to another object: a job's namesake that is not gone yet, or a stranger.
 */
final class NameTakenException extends Exception {
  private static final long serialVersionUID = 1;

  NameTakenException(HasMetadata existing) {
    super(
        ("%s %s exists and does not belong to this job, so it is left alone. A child of an earlier"
                + " job of this name goes away by itself; anything else: delete it, or create this"
                + " job with another name.")
            .formatted(existing.getKind(), existing.getMetadata().getName()));
  }
}
