package io.sftjob.trainer.trail;

/** What measurements are called: TRL's words, and ours in the same manner where it has none. */
public final class Names {
  public static final String LOSS = "loss";
  public static final String GRAD_NORM = "grad_norm";
  public static final String LEARNING_RATE = "learning_rate";

  /** Tokens through forward and backward since the first step. */
  public static final String NUM_TOKENS = "num_tokens";

  public static final String TOKENS_PER_SECOND = "tokens_per_second";
  public static final String TARGETS_PER_SECOND = "targets_per_second";

  /** The part of the step's rows that is tokens, not padding. */
  public static final String FILL = "fill";

  /** Resident memory of the process, bytes. */
  public static final String MEMORY = "memory_bytes";

  /** Steps since the first that changed nothing, as loss or gradient was not finite. */
  public static final String SKIPPED_STEPS = "skipped_steps";

  /** What the loss of the next step is multiplied by; in Float16 alone. */
  public static final String LOSS_SCALE = "loss_scale";

  public static final String EVAL_LOSS = "eval_loss";
  public static final String EVAL_PERPLEXITY = "eval_perplexity";
  public static final String EVAL_ACCURACY = "eval_mean_token_accuracy";
  public static final String EVAL_ENTROPY = "eval_entropy";
  public static final String EVAL_TARGETS = "eval_targets";
  public static final String EVAL_PREFIX = "eval_";

  private Names() {}
}
