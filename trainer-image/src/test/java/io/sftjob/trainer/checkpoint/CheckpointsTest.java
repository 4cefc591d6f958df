package io.sftjob.trainer.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sftjob.api.progress.ExitCode;
import io.sftjob.trainer.TrainerException;
import io.sftjob.trainer.checkpoint.CheckpointWriter.RunFacts;
import io.sftjob.trainer.train.TrainState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.lifecycle.BeforeTry;

class CheckpointsTest {
  private static final TrainingIdentity IDENTITY = TrainingIdentity.of(Map.of("a", "1"));

  private Output output;
  private Ownership ownership;

  @BeforeTry
  void claim() throws IOException {
    output = new Output(Files.createTempDirectory("output"));
    ownership = Ownership.claim(output, "run", "job", "pod");
  }

  @Property(tries = 40)
  void noDamageGoesUnnoticed(
      @ForAll @IntRange(max = 4) int file,
      @ForAll @IntRange(max = 1_000_000) int at,
      @ForAll Damage damage)
      throws IOException {
    save(10);
    save(20);
    List<Path> files = files(output.checkpoint(20));
    assertThat(files).hasSize(5);
    damage.inflict(files.get(file), at);

    var checkpoints = new Checkpoints(output);
    var newest = checkpoints.newestVerifying().orElseThrow();
    assertThat(newest.manifest().step()).isEqualTo(10);
    assertThat(output.checkpoints().resolve("step-20.broken-1")).isDirectory();
    save(20);
    assertThat(checkpoints.newestVerifying().orElseThrow().manifest().step()).isEqualTo(20);
  }

  @Property(tries = 20)
  void pruningKeepsTheNewest(
      @ForAll @IntRange(min = 1, max = 6) int saved, @ForAll @IntRange(min = 1, max = 4) int keep)
      throws IOException {
    for (int i = 1; i <= saved; i++) {
      writer(keep).write(new SaveRequest(state(9 * i), Evaluations.NONE));
    }
    assertThat(new Checkpoints(output).list())
        .extracting(c -> c.manifest().step())
        .containsExactlyElementsOf(
            Stream.iterate(9L * saved, s -> s - 9).limit(Math.min(saved, keep)).sorted().toList());
    assertThat(files(output.checkpoints())).hasSize(Math.min(saved, keep));
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
    save(10);
    var last = new Checkpoints(output).newestVerifying().orElseThrow();
    OpenedOutput.open(output, claimant("pod-2"));
    assertThatThrownBy(() -> save(20)).satisfies(CheckpointsTest::isFenced);
    assertThatThrownBy(() -> FinalAdapter.write(output, ownership, last))
        .satisfies(CheckpointsTest::isFenced);
    assertThat(output.checkpoint(20)).doesNotExist();
    assertThat(output.adapter()).doesNotExist();
  }

  private static void isFenced(Throwable e) {
    assertThat(((TrainerException) e).code()).isEqualTo(ExitCode.Preempted);
    assertThat(e).hasMessageContaining("pod pod-2 took it over as attempt 2");
  }

  private static OpenedOutput.Claimant claimant(String pod) {
    return new OpenedOutput.Claimant("run", "job", pod, IDENTITY, true);
  }

  private void save(long step) throws IOException {
    writer(3).write(new SaveRequest(state(step), Evaluations.NONE.with(step, 1.5)));
  }

  private CheckpointWriter writer(int keepLast) {
    var facts = new RunFacts(IDENTITY, Map.of("trainData", "x"), Map.of("read", 3L));
    return new CheckpointWriter(
        output, ownership, facts, new StepFiles(), new Retention(keepLast, 0), Clock.systemUTC());
  }

  private static TrainState state(long step) {
    return new TrainState(step, 3 * step, List.of(), List.of(), List.of());
  }

  private static List<Path> files(Path folder) throws IOException {
    try (var files = Files.list(folder)) {
      return files.sorted().toList();
    }
  }

  /** What storage and people do to files. */
  enum Damage {
    FLIP {
      @Override
      void inflict(Path file, int at) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        bytes[at % bytes.length] ^= (byte) 0x80;
        Files.write(file, bytes);
      }
    },
    TRUNCATE {
      @Override
      void inflict(Path file, int at) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        Files.write(file, java.util.Arrays.copyOf(bytes, at % bytes.length));
      }
    },
    REMOVE {
      @Override
      void inflict(Path file, int at) throws IOException {
        Files.delete(file);
      }
    };

    abstract void inflict(Path file, int at) throws IOException;
  }

  private static final class StepFiles implements TensorFiles {
    @Override
    public void write(Path folder, TrainState state) throws IOException {
      Files.writeString(folder.resolve(ADAPTER), "adapter of step " + state.step());
      Files.writeString(folder.resolve(ADAPTER_CONFIG), "{}");
      Files.writeString(folder.resolve(OPTIMIZER), "optimizer of step " + state.step());
    }

    @Override
    public TrainState read(Path folder, long step, long tokensSeen) {
      return state(step);
    }
  }
}
