package io.sftjob.trainer.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sftjob.api.progress.ExitCode;
import io.sftjob.trainer.TrainerException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.From;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.lifecycle.BeforeTry;

class CheckpointsTest {
  private SavedRun run;
  private Output output;

  @BeforeTry
  void claim() throws IOException {
    run = new SavedRun();
    output = run.output;
  }

  @Property(tries = 100)
  void noDamageGoesUnnoticed(
      @ForAll @IntRange(max = 4) int file,
      @ForAll @IntRange(max = 1_000_000) int at,
      @ForAll Damage damage)
      throws IOException {
    run.save(10);
    run.save(20);
    List<Path> files = run.files(20);
    assertThat(files).hasSize(5);
    damage.inflict(files.get(file), at);

    var checkpoints = new Checkpoints(output);
    var newest = checkpoints.newestVerifying().orElseThrow();
    assertThat(newest.manifest().step()).isEqualTo(10);
    assertThat(
            output.checkpoints().resolve("step-20.broken-1").resolve(files.get(file).getFileName()))
        .satisfies(kept -> assertThat(Files.exists(kept)).isEqualTo(damage != Damage.REMOVE));
    run.save(20);
    assertThat(checkpoints.newestVerifying().orElseThrow().manifest().step()).isEqualTo(20);
  }

  /** A checkpoint and how it may be damaged. */
  record Saved(double loss, Optional<Damage> damage, int file, int at) {}

  @Provide
  Arbitrary<Saved> saved() {
    return Combinators.combine(
            Arbitraries.doubles().between(1, 2).ofScale(1),
            Arbitraries.of(Damage.class).optional(0.5),
            Arbitraries.integers().between(0, 4),
            Arbitraries.integers().between(0, 1_000_000))
        .as(Saved::new);
  }

  @Property(tries = 100)
  void pruningNeverRemovesTheLastThatVerifies(
      @ForAll @Size(min = 1, max = 5) List<@From("saved") Saved> saved,
      @ForAll @IntRange(min = 1, max = 4) int last,
      @ForAll @IntRange(max = 3) int best)
      throws IOException {
    boolean anyWhole = false;
    for (int i = 0; i < saved.size(); i++) {
      run.save(10 * (i + 1), saved.get(i).loss, new Retention(100, 0));
    }
    for (int i = 0; i < saved.size(); i++) {
      var s = saved.get(i);
      if (s.damage.isPresent()) {
        s.damage.get().inflict(run.files(10 * (i + 1)).get(s.file), s.at);
      }
      anyWhole |= s.damage.isEmpty();
    }
    var checkpoints = new Checkpoints(output);
    checkpoints.prune(new Retention(last, best));
    assertThat(checkpoints.newestVerifying().isPresent()).isEqualTo(anyWhole);
  }

  @Property(tries = 20)
  void pruningKeepsTheNewest(
      @ForAll @IntRange(min = 1, max = 6) int saved, @ForAll @IntRange(min = 1, max = 4) int keep)
      throws IOException {
    for (int i = 1; i <= saved; i++) {
      run.save(9 * i, 1.5, new Retention(keep, 0));
    }
    assertThat(new Checkpoints(output).list())
        .extracting(c -> c.manifest().step())
        .containsExactlyElementsOf(
            Stream.iterate(9L * saved, s -> s - 9).limit(Math.min(saved, keep)).sorted().toList());
    assertThat(SavedRun.entries(output.checkpoints())).hasSize(Math.min(saved, keep));
  }

  @Example
  void aCheckpointUnderAnotherStepsNameDoesNotCount() throws IOException {
    run.save(10);
    run.save(20);
    Files.move(output.checkpoint(20), output.checkpoint(30));
    assertThat(new Checkpoints(output).newestVerifying().orElseThrow().manifest().step())
        .isEqualTo(10);
    assertThat(output.checkpoints().resolve("step-30.broken-1")).isDirectory();
  }

  @Example
  void aManifestThatNamesTooLittleDoesNotCount() throws IOException {
    run.save(10);
    run.save(20);
    Path folder = output.checkpoint(20);
    Files.delete(folder.resolve(TensorFiles.OPTIMIZER));
    Files.delete(folder.resolve(Manifest.FILE));
    var rest = Manifest.of(folder, 20, 1, SavedRun.IDENTITY.hash(), null, "2026-01-01T00:00:00Z");
    Files.write(folder.resolve(Manifest.FILE), Json.bytes(rest));
    assertThat(new Checkpoints(output).newestVerifying().orElseThrow().manifest().step())
        .isEqualTo(10);
  }

  @Example
  void whatCanNotBecomeACheckpointIsKeptAndNothingIsFound() throws IOException {
    Files.createDirectories(output.checkpoint(10));
    Files.writeString(output.checkpoint(20), "a file in a folder's place");
    run.save(30);
    Files.writeString(output.checkpoint(30).resolve(Manifest.FILE), "null");
    assertThat(new Checkpoints(output).newestVerifying()).isEmpty();
    assertThat(SavedRun.entries(output.checkpoints()))
        .extracting(f -> f.getFileName().toString())
        .containsExactly("step-10.broken-1", "step-20.broken-1", "step-30.broken-1");
  }

  @Example
  void anAdapterThatChangedAfterItWasSavedIsNoResult() throws IOException {
    run.save(10);
    var last = new Checkpoints(output).newestVerifying().orElseThrow();
    Files.writeString(last.folder().resolve(TensorFiles.ADAPTER), "adapter of step 1o");
    assertThatThrownBy(() -> FinalAdapter.write(output, run.ownership, last, Map.of()))
        .isInstanceOfSatisfying(
            TrainerException.class,
            e -> assertThat(e.code()).isEqualTo(ExitCode.StorageUnavailable))
        .hasMessageContaining("adapter_model.safetensors was changed after it was saved");
    assertThat(output.adapter()).doesNotExist();
  }

  @Property(tries = 40)
  void aDamagedAdapterIsSetAsideAndWrittenAgain(
      @ForAll @IntRange(max = 2) int file,
      @ForAll @IntRange(max = 1_000_000) int at,
      @ForAll Damage damage)
      throws IOException {
    run.save(10);
    var last = new Checkpoints(output).newestVerifying().orElseThrow();
    FinalAdapter.write(output, run.ownership, last, Map.of());
    assertThat(FinalAdapter.find(output)).isPresent();
    damage.inflict(SavedRun.entries(output.adapter()).get(file), at);
    assertThat(FinalAdapter.find(output)).isEmpty();
    assertThat(output.root().resolve("adapter.broken-1")).isDirectory();
    FinalAdapter.write(output, run.ownership, last, Map.of());
    assertThat(FinalAdapter.find(output)).isPresent();
  }

  @Example
  void whatAKilledProcessLeftIsRemovedAndDoesNotCount() throws IOException {
    Path partial = Files.createDirectories(output.checkpoints().resolve(".step-30.1.partial"));
    Files.writeString(partial.resolve(TensorFiles.ADAPTER), "half");
    Path adapter = Files.createDirectories(output.root().resolve(".adapter.1.partial"));
    Path data = Files.createFile(output.root().resolve(".prepared.safetensors.partial"));
    var opened = OpenedOutput.open(output, claimant("pod-2"));
    assertThat(opened.newest()).isEmpty();
    assertThat(partial).doesNotExist();
    assertThat(adapter).doesNotExist();
    assertThat(data).doesNotExist();
    assertThat(opened.ownership().owner().attempt()).isEqualTo(2);
  }

  @Example
  void aProcessThatWasTakenOverNeitherSavesNorFinishes() throws IOException {
    run.save(10);
    var last = new Checkpoints(output).newestVerifying().orElseThrow();
    OpenedOutput.open(output, claimant("pod-2"));
    assertThatThrownBy(() -> run.save(20)).satisfies(CheckpointsTest::isFenced);
    assertThatThrownBy(() -> FinalAdapter.write(output, run.ownership, last, Map.of()))
        .satisfies(CheckpointsTest::isFenced);
    assertThat(output.checkpoint(20)).doesNotExist();
    assertThat(output.adapter()).doesNotExist();
  }

  private static void isFenced(Throwable e) {
    assertThat(((TrainerException) e).code()).isEqualTo(ExitCode.Preempted);
    assertThat(e).hasMessageContaining("pod pod-2 took it over as attempt 2");
  }

  private static OpenedOutput.Claimant claimant(String pod) {
    return new OpenedOutput.Claimant("run", "job", pod, SavedRun.IDENTITY, true);
  }
}
