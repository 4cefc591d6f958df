package io.sftjob.trainer.estimate;

/**
 * The process before it has a model, as it was measured.
 *
 * @param anonymous resident memory of its own
 * @param files resident pages of files: libraries
 * @param growth what it will take beside the job's tensors: the rest of the Java heap's young
 *     generation, code that runs for the first time
 */
public record ProcessBytes(long anonymous, long files, long growth) {
  long all() {
    return anonymous + files + growth;
  }
}
