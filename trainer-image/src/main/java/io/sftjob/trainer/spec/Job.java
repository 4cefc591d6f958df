package io.sftjob.trainer.spec;

import io.sftjob.api.v1alpha1.SFTJobSpec;

/**
 * A job as it was read.
 *
 * @param uid of the SFTJob; null outside a cluster
 */
public record Job(String name, String uid, SFTJobSpec spec) {}
