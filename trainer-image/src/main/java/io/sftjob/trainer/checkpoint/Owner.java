package io.sftjob.trainer.checkpoint;

/**
 * The one process that may write into an output.
 *
 * @param run UID of the SFTJob; outside a cluster a name that no other run has
 * @param jobUid of the child Job
 * @param podUid of the pod; outside a cluster a name that no other process has
 * @param begun when the first process took the output, RFC 3339
 * @param attempt 1, and one more for each process that took over
 */
public record Owner(String run, String jobUid, String podUid, String begun, int attempt) {}
