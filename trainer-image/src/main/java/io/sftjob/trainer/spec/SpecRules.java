package io.sftjob.trainer.spec;

import io.sftjob.api.v1alpha1.DataSource;
import io.sftjob.api.v1alpha1.DatasetFormat;
import io.sftjob.api.v1alpha1.DatasetSpec;
import io.sftjob.api.v1alpha1.Decimals;
import io.sftjob.api.v1alpha1.LoraSpec;
import io.sftjob.api.v1alpha1.LossTarget;
import io.sftjob.api.v1alpha1.LrScheduler;
import io.sftjob.api.v1alpha1.MlflowSpec;
import io.sftjob.api.v1alpha1.PackingSpec;
import io.sftjob.api.v1alpha1.PackingStrategy;
import io.sftjob.api.v1alpha1.QuantizationMode;
import io.sftjob.api.v1alpha1.QuantizationSpec;
import io.sftjob.api.v1alpha1.SFTJobSpec;
import io.sftjob.api.v1alpha1.TrainingSpec;
import io.sftjob.api.v1alpha1.WeightedSource;
import java.util.List;
import java.util.Map;
import java.util.function.DoublePredicate;
import java.util.function.Predicate;

/**
 * The CRD's rules between fields, for specs that no API server has seen. The messages are the
 * CRD's, and a test holds the two together.
 */
final class SpecRules {
  /** What must hold of every record of a type. */
  record Rule<T extends Record>(Class<T> type, String message, Predicate<T> holds) {
    boolean broken(Record record) {
      return type.isInstance(record) && !holds.test(type.cast(record));
    }
  }

  static final List<Rule<?>> ALL =
      List.of(
          new Rule<>(
              SFTJobSpec.class,
              "evalSteps needs data to evaluate on: set dataset.eval or dataset.evalFraction",
              s ->
                  s.training() == null
                      || s.training().evalSteps() == null
                      || s.dataset().eval() != null
                      || s.dataset().evalFraction() != null),
          new Rule<>(
              MlflowSpec.class,
              MlflowSpec.URI_MESSAGE,
              m -> m.uri() == null || m.uri().matches(MlflowSpec.URI)),
          new Rule<>(
              SFTJobSpec.class,
              "checkpoint.keepBest needs evaluations: set training.evalSteps",
              s ->
                  s.checkpoint() == null
                      || s.checkpoint().keepBest() == null
                      || (s.training() != null && s.training().evalSteps() != null)),
          new Rule<>(
              TrainingSpec.class,
              "earlyStoppingPatience counts evaluations: set evalSteps",
              t -> t.earlyStoppingPatience() == null || t.evalSteps() != null),
          new Rule<>(
              QuantizationSpec.class,
              "blockSize must be a power of two from 32 to 4096",
              q ->
                  q.blockSize() == null
                      || (Integer.bitCount(q.blockSize()) == 1
                          && q.blockSize() >= 32
                          && q.blockSize() <= 4096)),
          new Rule<>(
              QuantizationSpec.class,
              "Int8 has a scale per row: blockSize and doubleQuant belong to NF4 and FP4, leave them out",
              q ->
                  q.mode() != QuantizationMode.Int8
                      || (q.blockSize() == null && q.doubleQuant() == null)),
          new Rule<>(
              DataSource.class,
              "give either uri or sources",
              d -> (d.uri() == null) != (d.sources() == null)),
          new Rule<>(
              WeightedSource.class,
              "weight must be above \"0\" and at most \"100\"; leave out a source without rows",
              s -> holds(s.weight(), w -> w > 0 && w <= 100)),
          new Rule<>(
              DatasetSpec.class,
              "weights are how often a row is trained on; rows to evaluate on are seen once: remove them",
              d ->
                  d.eval() == null
                      || d.eval().sources() == null
                      || d.eval().sources().stream().allMatch(s -> s.weight() == null)),
          new Rule<>(
              DatasetSpec.class,
              "eval and evalFraction exclude each other: keep one",
              d -> d.eval() == null || d.evalFraction() == null),
          new Rule<>(
              DatasetSpec.class,
              "evalFraction must lie between \"0\" and \"1\", both excluded",
              d -> holds(d.evalFraction(), f -> f > 0 && f < 1)),
          new Rule<>(
              DatasetSpec.class,
              "textField has no meaning for this format: remove it, or use format Text",
              d -> d.textField() == null || isOneOf(d, DatasetFormat.Auto, DatasetFormat.Text)),
          new Rule<>(
              DatasetSpec.class,
              "chatTemplate has no meaning for formats Text, Instruction and Tokenized: remove it, or use format Messages",
              d ->
                  d.chatTemplate() == null
                      || d.format() == null
                      || !isOneOf(
                          d,
                          DatasetFormat.Text,
                          DatasetFormat.Instruction,
                          DatasetFormat.Tokenized)),
          new Rule<>(
              DatasetSpec.class,
              "formats Text and Instruction have no assistant turns: use loss All or Completion, or format Messages",
              d ->
                  d.loss() != LossTarget.Assistant
                      || d.format() == null
                      || !isOneOf(d, DatasetFormat.Text, DatasetFormat.Instruction)),
          new Rule<>(
              DatasetSpec.class,
              "formats Text, Messages and ShareGpt have no completion: use loss All or Assistant, or format PromptCompletion",
              d ->
                  d.loss() != LossTarget.Completion
                      || d.format() == null
                      || !isOneOf(
                          d, DatasetFormat.Text, DatasetFormat.Messages, DatasetFormat.ShareGpt)),
          new Rule<>(
              PackingSpec.class,
              "window belongs to the strategies Bfd, BfdSplit and Wrapped: remove it",
              p ->
                  p.window() == null
                      || (p.strategy() != PackingStrategy.None
                          && p.strategy() != PackingStrategy.ConstantLength)),
          new Rule<>(
              PackingSpec.class,
              "numOfSequences belongs to the strategy ConstantLength: remove it",
              p -> p.numOfSequences() == null || p.strategy() == PackingStrategy.ConstantLength),
          new Rule<>(
              PackingSpec.class,
              "charsPerToken belongs to the strategy ConstantLength: remove it",
              p -> p.charsPerToken() == null || p.strategy() == PackingStrategy.ConstantLength),
          new Rule<>(
              PackingSpec.class,
              "charsPerToken must be above \"0\"",
              p -> holds(p.charsPerToken(), c -> c > 0)),
          new Rule<>(
              TrainingSpec.class,
              "epochs and maxSteps exclude each other: keep one",
              t -> t.epochs() == null || t.maxSteps() == null),
          new Rule<>(
              TrainingSpec.class,
              "epochs must be above \"0\", and at most \"100000\"",
              t -> holds(t.epochs(), e -> e > 0 && e <= 100000)),
          new Rule<>(
              TrainingSpec.class,
              "learningRate must be above \"0\"",
              t -> holds(t.learningRate(), r -> r > 0)),
          new Rule<>(
              TrainingSpec.class,
              "warmupRatio and warmupSteps exclude each other: keep one",
              t -> t.warmupRatio() == null || t.warmupSteps() == null),
          new Rule<>(
              TrainingSpec.class,
              "warmupRatio is a part of the steps: \"0\" to \"1\"",
              t -> holds(t.warmupRatio(), r -> r <= 1)),
          new Rule<>(
              TrainingSpec.class,
              "Constant has no warm-up: take ConstantWithWarmup, or leave warmupRatio/warmupSteps out",
              t ->
                  t.scheduler() != LrScheduler.Constant
                      || (t.warmupRatio() == null && t.warmupSteps() == null)),
          new Rule<>(
              TrainingSpec.class,
              "CosineWithMinLr needs minLearningRate",
              t -> t.scheduler() != LrScheduler.CosineWithMinLr || t.minLearningRate() != null),
          new Rule<>(
              TrainingSpec.class,
              "minLearningRate belongs to the schedulers CosineWithMinLr and Polynomial",
              t ->
                  t.minLearningRate() == null
                      || t.scheduler() == LrScheduler.CosineWithMinLr
                      || t.scheduler() == LrScheduler.Polynomial),
          new Rule<>(
              TrainingSpec.class,
              "minLearningRate must be below learningRate",
              t -> {
                double peak = t.learningRate() == null ? 2e-4 : Decimals.parse(t.learningRate());
                return holds(t.minLearningRate(), least -> least < peak);
              }),
          new Rule<>(
              TrainingSpec.class,
              "schedulerCycles belongs to the scheduler CosineWithRestarts",
              t -> t.schedulerCycles() == null || t.scheduler() == LrScheduler.CosineWithRestarts),
          new Rule<>(
              TrainingSpec.class,
              "schedulerPower belongs to the scheduler Polynomial, and is above \"0\"",
              t ->
                  t.schedulerPower() == null
                      || (t.scheduler() == LrScheduler.Polynomial
                          && holds(t.schedulerPower(), p -> p > 0))),
          new Rule<>(
              TrainingSpec.class,
              "adamBeta1 must be below \"1\"",
              t -> holds(t.adamBeta1(), b -> b < 1)),
          new Rule<>(
              TrainingSpec.class,
              "adamBeta2 must be below \"1\"",
              t -> holds(t.adamBeta2(), b -> b < 1)),
          new Rule<>(
              TrainingSpec.class,
              "adamEpsilon must be above \"0\"",
              t -> holds(t.adamEpsilon(), e -> e > 0)),
          new Rule<>(
              LoraSpec.class,
              "AllLinear stands alone: remove it, or remove the other modules",
              l ->
                  l.targetModules() == null
                      || l.targetModules().size() == 1
                      || !l.targetModules().contains(LoraSpec.ALL_LINEAR)),
          new Rule<>(
              LoraSpec.class,
              "targetModules and targetModulesRegex exclude each other: keep one",
              l -> l.targetModules() == null || l.targetModulesRegex() == null),
          new Rule<>(
              LoraSpec.class,
              "a key of rankPattern has 1 to 256 characters, its rank is 1 to 1024",
              l -> holds(l.rankPattern(), 1024)),
          new Rule<>(
              LoraSpec.class,
              "a key of alphaPattern has 1 to 256 characters, its alpha is 1 to 65536",
              l -> holds(l.alphaPattern(), 65536)),
          new Rule<>(
              LoraSpec.class,
              "dropout must be below \"1\"; \"0\" turns it off",
              l -> holds(l.dropout(), d -> d < 1)));

  private SpecRules() {}

  private static boolean holds(Map<String, Integer> pattern, int most) {
    return pattern == null
        || pattern.entrySet().stream()
            .allMatch(
                e ->
                    !e.getKey().isEmpty()
                        && e.getKey().length() <= 256
                        && e.getValue() != null
                        && e.getValue() >= 1
                        && e.getValue() <= most);
  }

  private static boolean holds(String decimal, DoublePredicate holds) {
    return decimal == null || holds.test(Decimals.parse(decimal));
  }

  /** Also where no format is set, which is Auto. */
  private static boolean isOneOf(DatasetSpec data, DatasetFormat... formats) {
    return data.format() == null || List.of(formats).contains(data.format());
  }
}
