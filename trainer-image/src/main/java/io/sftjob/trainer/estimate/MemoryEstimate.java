package io.sftjob.trainer.estimate;

import io.sftjob.trainer.lora.AdapterPlan;
import java.util.ArrayList;
import java.util.List;

/** The peak memory of a training, from sizes alone. */
public record MemoryEstimate(List<Line> lines) {
  /** How far it was off on the models that were measured, at most (bench/estimate). */
  public static final double ERROR = 0.15;

  public MemoryEstimate {
    lines = List.copyOf(lines);
  }

  /** What takes the memory. */
  public enum Part {
    Process("process"),
    Weights("weights"),
    Adapters("adapters"),
    Optimizer("optimizer"),
    Activations("activations"),
    Head("head"),
    Data("data"),
    Loading("loading and saving");

    private final String words;

    Part(String words) {
      this.words = words;
    }

    public String words() {
      return words;
    }
  }

  /** Where it lies. */
  public enum Place {
    /** The process's own memory. */
    Memory,
    /** Pages of files: resident, but the kernel may drop them and read them again. */
    File,
    Gpu
  }

  public record Line(Part part, long bytes, Place place) {}

  /**
   * The peak, or a little more. Lines add up: what exists only while the model is loaded, or a
   * checkpoint saved, counts as far as it does not use what else the process has at another time.
   *
   * @param data tokens in a mapped file
   */
  public static MemoryEstimate of(
      StoredModel model, Workload work, AdapterPlan adapter, ProcessBytes process, long data) {
    var spec = model.spec();
    var weights = WeightBytes.of(model, work);
    long linear = adapter.linearParameters(spec);
    long parameters = linear + adapter.wholeParameters(spec);
    var activations = new ActivationBytes(spec, work, adapter);
    long kept = activations.kept();
    long layer = activations.layer();
    long head = HeadBytes.of(spec, work, adapter);
    if (HeadBytes.isGivenBack(spec, work)) {
      head = Math.max(0, head - layer);
    }
    Place place = work.gpu() ? Place.Gpu : Place.Memory;

    // The adapter's first values.
    long heap = 4 * linear;
    long steps = work.gpu() ? 0 : 16 * parameters + kept + layer + head;
    long snapshot = 12 * parameters;
    long saving =
        work.savesBesideSteps() ? snapshot : Math.max(0, snapshot - activations.givenBack());
    long dense = Math.max(0, weights.dense() - heap - steps - saving);
    long read = Math.max(0, weights.read() + weights.dense() - heap - steps - saving - dense);

    var lines = new ArrayList<Line>();
    lines.add(new Line(Part.Process, process.anonymous() + process.growth(), Place.Memory));
    lines.add(new Line(Part.Process, process.files(), Place.File));
    lines.add(new Line(Part.Weights, weights.resident(), place));
    lines.add(new Line(Part.Weights, weights.mapped(), Place.File));
    lines.add(new Line(Part.Adapters, 8 * parameters, place));
    lines.add(new Line(Part.Adapters, 4 * linear, Place.Memory));
    lines.add(new Line(Part.Optimizer, 8 * parameters, place));
    lines.add(new Line(Part.Activations, kept + layer, place));
    lines.add(new Line(Part.Head, head, place));
    lines.add(new Line(Part.Data, data, Place.File));
    lines.add(new Line(Part.Loading, saving + dense, Place.Memory));
    lines.add(new Line(Part.Loading, read, Place.File));
    return new MemoryEstimate(lines.stream().filter(line -> line.bytes() > 0).toList());
  }

  /**
   * What the job takes for certain: below this it can not run. Of what is computed, so much less as
   * the estimate may err.
   *
   * @param work with the least that its largest micro-batch can be
   */
  public static long least(
      StoredModel model, Workload work, AdapterPlan adapter, ProcessBytes process) {
    var estimate = of(model, work, adapter, new ProcessBytes(process.anonymous(), 0, 0), 0);
    return estimate.lines.stream()
        .filter(line -> line.place() == (work.gpu() ? Place.Gpu : Place.Memory))
        .filter(line -> line.part() != Part.Loading)
        .mapToLong(
            line -> isComputed(line.part()) ? Math.round(line.bytes() * (1 - ERROR)) : line.bytes())
        .sum();
  }

  private static boolean isComputed(Part part) {
    return part == Part.Activations || part == Part.Head;
  }

  /** Resident memory with the files' pages, what VmHWM shows. */
  public long peak() {
    return sum(Place.Memory) + sum(Place.File);
  }

  /** In one place. */
  public long sum(Place place) {
    return lines.stream().filter(line -> line.place() == place).mapToLong(Line::bytes).sum();
  }

  /** Of one part, wherever it lies. */
  public long of(Part part) {
    return lines.stream().filter(line -> line.part() == part).mapToLong(Line::bytes).sum();
  }
}
