package io.sftjob.trainer.estimate;

import io.sftjob.trainer.lora.AdapterPlan;
import java.util.ArrayList;
import java.util.List;

/**
 * The peak memory of a training, from values alone. All sums are upper bounds for full rows of one
 * document each.
 *
 * @param lines that add up to {@link #peak}
 */
public record MemoryEstimate(List<Line> lines) {
  public MemoryEstimate {
    lines = List.copyOf(lines);
  }

  /**
   * @param file whether these are pages of a file, which the kernel may drop
   * @param formula for people
   */
  public record Line(String what, long bytes, boolean file, String formula) {}

  /**
   * @param base of the process without a model: JVM, PyTorch, tokenizer
   * @param data tokens in memory
   * @param headRows rows of logits at a time
   */
  public static MemoryEstimate of(
      StoredModel model, Workload work, AdapterPlan adapter, long base, long data, int headRows) {
    var spec = model.spec();
    var weights = WeightBytes.of(model, work);
    long linear = adapter.linearParameters(spec);
    long parameters = linear + adapter.wholeParameters(spec);
    var activations = new ActivationBytes(spec, work, adapter);
    long kept = activations.kept();
    long most = Math.max(activations.layer(), HeadBytes.of(spec, work, adapter, headRows));
    long snapshot = 12 * parameters;
    long beside = work.savesBesideSteps() ? snapshot : Math.max(0, snapshot - kept - most);
    long training = 16 * parameters + 4 * linear + data + kept + most + beside;
    long dense = Math.max(0, weights.largest() - training);
    long read = Math.max(0, weights.read() + weights.largest() - training - dense);

    var lines = new ArrayList<Line>();
    lines.add(new Line("process", base, false, "JVM, PyTorch and tokenizer, measured"));
    lines.add(new Line("weights", weights.resident(), false, "copies in the job's dtype or codes"));
    lines.add(new Line("weights in the file", weights.mapped(), true, "used where they lie"));
    lines.add(
        new Line("adapter", 16 * parameters, false, "weights, gradients, two moments: 16 · P"));
    lines.add(new Line("adapter's start", 4 * linear, false, "on the Java heap: 4 · P"));
    lines.add(new Line("data", data, false, "tokens and targets"));
    lines.add(new Line("activations", kept, false, "kept over the pass"));
    lines.add(new Line("one layer or the head", most, false, "the larger"));
    lines.add(
        new Line("snapshot", beside, false, "of a checkpoint, beyond what steps free: 12 · P"));
    lines.add(new Line("loading", dense, false, "a tensor that is quantized, beyond training's"));
    lines.add(
        new Line("loading from files", read, true, "as far as they are read, beyond training's"));
    return new MemoryEstimate(lines);
  }

  /** Resident memory with the files' pages: what VmHWM shows. */
  public long peak() {
    return lines.stream().mapToLong(Line::bytes).sum();
  }

  /** Without the files' pages: below this a process is killed. */
  public long needed() {
    return lines.stream().filter(line -> !line.file()).mapToLong(Line::bytes).sum();
  }
}
