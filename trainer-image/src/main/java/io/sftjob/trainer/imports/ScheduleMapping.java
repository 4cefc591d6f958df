package io.sftjob.trainer.imports;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sftjob.api.v1alpha1.LrScheduler;
import io.sftjob.trainer.imports.Note.Kind;
import java.math.BigDecimal;
import java.util.Map;

/** {@code lr_scheduler_type}, its keywords, and warm-up. */
record ScheduleMapping(Carrier carrier) {
  private static final String TYPE = "lr_scheduler_type";
  private static final String KEYWORDS = "lr_scheduler_kwargs";
  private static final Map<String, LrScheduler> TYPES =
      Map.of(
          "linear", LrScheduler.Linear,
          "cosine", LrScheduler.Cosine,
          "cosine_with_min_lr", LrScheduler.CosineWithMinLr,
          "cosine_with_restarts", LrScheduler.CosineWithRestarts,
          "constant", LrScheduler.Constant,
          "constant_with_warmup", LrScheduler.ConstantWithWarmup,
          "polynomial", LrScheduler.Polynomial,
          "inverse_sqrt", LrScheduler.InverseSqrt);

  void map() {
    String type = carrier.arguments().text(TYPE);
    var scheduler = TYPES.get(type);
    if (scheduler == null) {
      carrier.note(
          Kind.Lost,
          TYPE,
          "no such schedule here; the job takes Linear (known: %s)"
              .formatted(String.join(", ", TYPES.keySet().stream().sorted().toList())));
      scheduler = LrScheduler.Linear;
    }
    carrier.set(TYPE, "training.scheduler", scheduler.name());
    keywords(scheduler);
    warmup(scheduler);
  }

  private void keywords(LrScheduler scheduler) {
    for (var keyword : read(carrier.arguments().value(KEYWORDS)).entrySet()) {
      String key = keyword.getKey().toString();
      Object value = Values.plain(keyword.getValue());
      String field = field(scheduler, key);
      if (field == null || !(value instanceof BigDecimal number)) {
        carrier
            .draft()
            .note(
                Kind.Lost,
                "%s.%s %s: no keyword of %s here"
                    .formatted(KEYWORDS, key, Values.text(value), scheduler));
      } else if (field.equals("training.schedulerCycles")) {
        carrier.set(KEYWORDS, field, number.intValue());
      } else {
        carrier.set(KEYWORDS, field, Values.decimal(rate(key, number)));
      }
    }
  }

  private static String field(LrScheduler scheduler, String keyword) {
    return switch (scheduler) {
      case CosineWithMinLr ->
          keyword.equals("min_lr") || keyword.equals("min_lr_rate")
              ? "training.minLearningRate"
              : null;
      case CosineWithRestarts -> keyword.equals("num_cycles") ? "training.schedulerCycles" : null;
      case Polynomial ->
          switch (keyword) {
            case "lr_end" -> "training.minLearningRate";
            case "power" -> "training.schedulerPower";
            default -> null;
          };
      default -> null;
    };
  }

  /** {@code min_lr_rate} is a part of the peak. */
  private BigDecimal rate(String keyword, BigDecimal number) {
    return keyword.equals("min_lr_rate")
        ? number.multiply(carrier.arguments().number("learning_rate"))
        : number;
  }

  /** From a file a map, from a command line JSON. */
  private static Map<?, ?> read(Object keywords) {
    try {
      return switch (keywords) {
        case null -> Map.of();
        case Map<?, ?> map -> map;
        case String json -> new ObjectMapper().readValue(json, Map.class);
        default -> throw Values.invalid(KEYWORDS, keywords, "a JSON object");
      };
    } catch (JsonProcessingException e) {
      throw Values.invalid(KEYWORDS, keywords, "a JSON object");
    }
  }

  /** {@code warmup_steps} below 1 is a ratio; earlier versions had {@code warmup_ratio}. */
  private void warmup(LrScheduler scheduler) {
    var arguments = carrier.arguments();
    var ratio = arguments.number("warmup_ratio");
    var steps = arguments.number("warmup_steps");
    // transformers lets steps win where there are any.
    String name =
        TrainerMapping.isPositive(ratio) && !TrainerMapping.isPositive(steps)
            ? "warmup_ratio"
            : "warmup_steps";
    var warmup = name.equals("warmup_ratio") ? ratio : steps;
    if (scheduler == LrScheduler.Constant) {
      if (TrainerMapping.isPositive(warmup)) {
        carrier.note(Kind.Moot, name, "transformers' constant schedule has no warm-up either");
      }
      return;
    }
    boolean isRatio =
        name.equals("warmup_ratio") || warmup.signum() > 0 && warmup.compareTo(BigDecimal.ONE) < 0;
    if (isRatio) {
      carrier.decimal(name, "training.warmupRatio");
    } else {
      carrier.whole(name, "training.warmupSteps");
    }
  }
}
