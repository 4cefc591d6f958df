package io.sftjob.trainer.data;

import static org.assertj.core.api.Assertions.assertThat;

import io.sftjob.trainer.data.PreparedFile.Loaded;
import io.sftjob.trainer.tokenizer.Tokenizer;
import io.sftjob.trainer.tokenizer.Tokenizers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.assertj.core.api.ListAssert;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class PreparedFileTest {
  @TempDir Path folder;
  private Tokenizer tokenizer;
  private Path rows;
  private Path file;
  private TestSettings settings;

  @BeforeEach
  void prepare() throws IOException {
    tokenizer = Tokenizers.load(Path.of("src/test/resources/fixtures/gguf"));
    rows =
        Files.writeString(
            folder.resolve("rows.jsonl"),
            """
            {"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello 🙂"}]}
            {"messages": [{"role": "user", "content": "Bye"}, {"role": "assistant", "content": "Goodbye"}]}
            {"messages": [{"role": "user", "content": "How are you?"}, {"role": "assistant", "content": "Well, and you? I hope that you are well too"}]}
            {"messages": [{"role": "user", "content": "1"}, {"role": "assistant", "content": "one two three four five six seven eight"}]}
            {"messages": 3}
            """);
    file = folder.resolve("prepared.safetensors");
    settings = TestSettings.of(rows).maxLength(16);
  }

  @AfterEach
  void close() {
    tokenizer.close();
  }

  static List<Packing> packings() {
    return List.of(
        new Packing.None(16),
        new Packing.Bfd(16, 10),
        new Packing.BfdSplit(16, 10),
        new Packing.Wrapped(16, 10),
        new Packing.ConstantLength(16, 10, 3.6));
  }

  @ParameterizedTest
  @MethodSource("packings")
  void givesBackWhatWasPrepared(Packing packing) {
    DataSettings made = settings.packing(packing).eval(rows).build();
    PreparedData data = Preparation.prepare(made, tokenizer, folder, 1, (r, d, t) -> {});
    PreparedFile.write(file, data);
    Loaded loaded = PreparedFile.read(file, Fingerprint.of(made, tokenizer));

    assertThat(loaded).isInstanceOf(Loaded.Fresh.class);
    PreparedData read = ((Loaded.Fresh) loaded).data();
    assertThat(flat(read.train())).isEqualTo(flat(data.train())).isNotEmpty();
    assertThat(flat(read.eval())).isEqualTo(flat(data.eval())).isNotEmpty();
    assertThat(read.trainLedger()).isEqualTo(data.trainLedger());
    assertThat(read.detection()).isEqualTo(data.detection());
    assertThat(read.preview()).isEqualTo(data.preview());
    assertThat(read.report()).isEqualTo(data.report());
    assertThat(read.fill()).isEqualTo(data.fill());
    // What was read can be written again.
    Path again = folder.resolve("again.safetensors");
    PreparedFile.write(again, read);
    assertThat(again).hasSameBinaryContentAs(file);
  }

  @Test
  void namesWhatChanged() throws IOException {
    write();
    assertStale(settings.maxLength(32))
        .anyMatch(s -> s.contains("maxLength=16") && s.contains("maxLength=32"));
    assertStale(settings.template("x")).containsExactly("the chat template is another");
    Files.writeString(rows, "\n", java.nio.file.StandardOpenOption.APPEND);
    assertStale(settings).containsExactly("the training data has other content");
  }

  @Test
  void aBrokenFileIsStale() throws IOException {
    write();
    byte[] bytes = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(bytes, bytes.length - 1));
    assertStale(settings).singleElement().asString().startsWith("it can not be read");
  }

  private void write() {
    PreparedFile.write(
        file, Preparation.prepare(settings.build(), tokenizer, folder, 1, (r, d, t) -> {}));
  }

  private ListAssert<String> assertStale(TestSettings now) {
    return assertThat(PreparedFile.read(file, Fingerprint.of(now.build(), tokenizer)))
        .asInstanceOf(InstanceOfAssertFactories.type(Loaded.Stale.class))
        .extracting(Loaded.Stale::reasons, InstanceOfAssertFactories.list(String.class));
  }

  private static List<String> flat(List<PackedRow> rows) {
    return rows.stream()
        .map(
            r ->
                r.origins()
                    + r.documents().stream()
                        .map(d -> Arrays.toString(d.ids()) + Arrays.toString(d.targets()))
                        .toList()
                        .toString())
        .toList();
  }
}
