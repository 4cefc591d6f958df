package io.sftjob.trainer.imports;

import io.sftjob.trainer.imports.Note.Kind;
import java.math.BigDecimal;
import java.util.Set;

/** transformers' {@code TrainingArguments}, which both programs take. */
record TrainerMapping(Carrier carrier) {
  /** Other implementations of the same AdamW. */
  private static final Set<String> ADAMW =
      Set.of(
          "adamw_torch",
          "adamw_torch_fused",
          "adamw_torch_xla",
          "adamw_torch_npu_fused",
          "adamw_hf",
          "adamw_apex_fused",
          "paged_adamw",
          "paged_adamw_32bit");

  /**
   * @param evaluates whether there is data to evaluate on
   */
  void map(boolean evaluates) {
    length();
    carrier.decimal("learning_rate", "training.learningRate");
    new ScheduleMapping(carrier).map();
    optimizer();
    carrier.whole("per_device_train_batch_size", "training.batchSize");
    carrier.whole("gradient_accumulation_steps", "training.gradientAccumulationSteps");
    gradientCheckpointing();
    if (carrier.arguments().number("neftune_noise_alpha") != null) {
      carrier.decimal("neftune_noise_alpha", "training.neftuneNoiseAlpha");
    }
    carrier.whole("seed", "training.seed");
    dataSeed();
    new SavingMapping(carrier).map(evaluates);
    new TrackingMapping(carrier).map();
    device();
  }

  private void length() {
    var steps = carrier.arguments().whole("max_steps");
    if (steps != null && steps > 0) {
      carrier.whole("max_steps", "training.maxSteps");
    } else {
      carrier.decimal("num_train_epochs", "training.epochs");
    }
  }

  private void optimizer() {
    carrier.decimal("weight_decay", "training.weightDecay");
    carrier.decimal("adam_beta1", "training.adamBeta1");
    carrier.decimal("adam_beta2", "training.adamBeta2");
    carrier.decimal("adam_epsilon", "training.adamEpsilon");
    carrier.decimal("max_grad_norm", "training.maxGradNorm");
    String optimizer = carrier.arguments().text("optim");
    if (optimizer != null && carrier.arguments().isGiven("optim")) {
      carrier.note(
          ADAMW.contains(optimizer) ? Kind.Moot : Kind.Lost,
          "optim",
          ADAMW.contains(optimizer)
              ? "the optimizer is AdamW with 32-bit state"
              : "the optimizer is AdamW with 32-bit state; its learning rate may have to be another");
    }
  }

  private void gradientCheckpointing() {
    var arguments = carrier.arguments();
    String name =
        arguments.value("activation_checkpointing") != null
            ? "activation_checkpointing"
            : arguments.isGiven("disable_gradient_checkpointing")
                ? "disable_gradient_checkpointing"
                : "gradient_checkpointing";
    boolean set =
        name.equals("disable_gradient_checkpointing")
            ? !arguments.isTrue(name)
            // LLaMA-Factory checkpoints unless told otherwise, whatever the trainer's default is.
            : arguments.isTrue(name)
                || (carrier.program() == Program.llamafactory && !arguments.isGiven(name));
    carrier.set(name, "training.gradientCheckpointing", set);
  }

  private void dataSeed() {
    var arguments = carrier.arguments();
    if (arguments.isGiven("data_seed")
        && !Values.same(arguments.value("data_seed"), arguments.value("seed"))) {
      carrier.note(Kind.Lost, "data_seed", "the order of the data is by training.seed too");
    }
  }

  private void device() {
    var arguments = carrier.arguments();
    if (arguments.isTrue("use_cpu") || arguments.isTrue("no_cuda")) {
      carrier.set(arguments.isGiven("use_cpu") ? "use_cpu" : "no_cuda", "compute.gpus", 0);
    } else {
      carrier
          .draft()
          .note(
              Kind.ToDo,
              "compute.gpus: %s takes the GPUs that it finds; a job asks for one (compute: {gpus: 1}), else it trains on the CPU"
                  .formatted(carrier.program().title()));
    }
  }

  static boolean isPositive(BigDecimal number) {
    return number != null && number.signum() > 0;
  }
}
