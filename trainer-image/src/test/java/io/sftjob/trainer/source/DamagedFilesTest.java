package io.sftjob.trainer.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sftjob.api.progress.ExitCode;
import io.sftjob.trainer.TrainerException;
import io.sftjob.trainer.source.Rows.Read;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Faults of files end the reading with exit code 12, faults of rows are those of one row. */
class DamagedFilesTest {
  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          rows.jsonl.gz      | is cut off after
          rows.jsonl.zst     | is cut off after
          rows.parquet       | can not be read as Parquet behind row 0
          rows-zstd.parquet  | can not be read as Parquet behind row 0
          rows-file.arrow    | is cut off behind row
          rows-stream.arrow  | is cut off behind row
          rows-lz4.feather   | is cut off behind row
          rows.json          |  in row
          """)
  void aFileThatIsCutOffIsRefusedAtEachLength(String name, String message) throws IOException {
    byte[] whole = Files.readAllBytes(Rows.FIXTURES.resolve(name));
    for (int length = whole.length - 1; length > 16; length -= 1 + whole.length / 61) {
      Path cut = write("cut-" + length + "-" + name, Arrays.copyOf(whole, length));
      refused(cut, name, message);
    }
  }

  /** Between two batches, or before the mark at its end. */
  @ParameterizedTest
  @CsvSource({"rows-stream.arrow", "rows-file.arrow"})
  void anArrowFileWithoutItsEndIsRefused(String name) throws IOException {
    byte[] whole = Files.readAllBytes(Rows.FIXTURES.resolve(name));
    for (int length = whole.length - 1; length >= whole.length - 8; length--) {
      refused(write(length + name, Arrays.copyOf(whole, length)), "behind row 60 as Arrow");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "rows.parquet, x.jsonl, is Parquet by its first bytes",
    "rows.parquet, x.csv, is Parquet by its first bytes",
    "rows-file.arrow, x.txt, is Arrow IPC by its first bytes",
    "rows.jsonl.gz, x.jsonl, is gzip by its first bytes",
    "rows.jsonl.zst, x.csv, is zstd by its first bytes",
    "rows.jsonl, x.parquet, is no Parquet file",
    "rows.jsonl, x.arrow, is neither an Arrow IPC file nor an Arrow stream",
    "rows.jsonl, x.jsonl.gz, is damaged after 0 decompressed bytes",
    "rows.jsonl, x.jsonl.zst, is damaged after 0 decompressed bytes",
    "rows.parquet, x.parquet.gz, must not be compressed as a whole",
  })
  void aFileThatIsNotWhatItIsNamedIsRefused(String content, String name, String message)
      throws IOException {
    refused(write(name, Files.readAllBytes(Rows.FIXTURES.resolve(content))), name, message);
  }

  @ParameterizedTest
  @CsvSource({"x.jsonl, UTF-16LE, fffe", "x.csv, UTF-16BE, feff", "x.txt, UTF-16LE, fffe"})
  void utf16IsRefused(String name, String charset, String mark) throws IOException {
    byte[] text = ("\ufeff{\"text\": 1}").getBytes(charset);
    assertThat(HexFormat.of().formatHex(text)).startsWith(mark);
    refused(write(name, text), "is UTF-16 (save it as UTF-8)");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          [{"a": 1}, {"a": 2},                 | is cut off in row 3, at line 1: the array does not end
          [{"a": 1}, {"a":                     | is cut off in row 2, at line 1: the array does not end
          [{"a": 1}, {"a": nope}]              | is not JSON in row 2, at line 1, column 18
          [{"a": 1} {"a": 2}]                  | is not JSON in row 2, at line 1, column 11
          [{"a": 1}] {"a": 2}                  | goes on behind the end of its array, on line 1
          """)
  void anArrayThatIsNoneIsRefused(String json, String message) throws IOException {
    refused(write("x.json", json.getBytes(StandardCharsets.UTF_8)), message);
  }

  @Test
  void bytesThatAreNoUtf8InAnArrayAreRefusedWithTheirLine() throws IOException {
    byte[] json = "[{\"a\": \"x\"},\n{\"a\": \"\u00ff\"}]".getBytes(StandardCharsets.ISO_8859_1);
    refused(write("x.json", json), "is not JSON in row 2, at line 2", "UTF-8");
  }

  @Test
  void whatIsNoObjectInAnArrayIsTheFaultOfThatRow() throws IOException {
    assertThat(Rows.of(write("x.json", "[1,\n{\"a\": 2}, null, []]")))
        .containsExactly(
            new Read("x.json row 1", "is a number; expected an object"),
            new Read("x.json row 2", "{\"a\":2}"),
            new Read("x.json row 3", "is null; expected an object"),
            new Read("x.json row 4", "is a list; expected an object"));
    assertThat(Rows.of(write("x.json", "[]"))).isEmpty();
  }

  @Test
  void raggedRowsAreTheFaultOfThatRowWithTheLineItBeginsOn() throws IOException {
    assertThat(
            Rows.of(
                write(
                    "x.csv",
                    "\ufeffa,b\r\n1,\"x\r\ny\"\r\n\r\n1,2,3\r\n4\r\n\"say \"\"hi\"\"\",\r\n5,6")))
        .containsExactly(
            new Read("x.csv:2", "{\"a\":\"1\",\"b\":\"x\\r\\ny\"}"),
            new Read("x.csv:5", "has 3 cells; the first line names 2 columns"),
            new Read("x.csv:6", "has 1 cells; the first line names 2 columns"),
            new Read("x.csv:7", "{\"a\":\"say \\\"hi\\\"\",\"b\":\"\"}"),
            new Read("x.csv:8", "{\"a\":\"5\",\"b\":\"6\"}"));
  }

  @Test
  void anEmptyLineOfOneColumnIsAnEmptyCell() throws IOException {
    assertThat(Rows.of(write("x.csv", "text\na\n\n\"\"\nb\n")))
        .containsExactly(
            new Read("x.csv:2", "{\"text\":\"a\"}"),
            new Read("x.csv:3", "{\"text\":\"\"}"),
            new Read("x.csv:4", "{\"text\":\"\"}"),
            new Read("x.csv:5", "{\"text\":\"b\"}"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          a,b\\n1,"x\\n2,3      | can not be read from line 2 on: (startline 2) EOF reached before encapsulated token finished
          a,b\\n1,"x" y\\n      | can not be read from line 2 on: Invalid character between encapsulated token and delimiter at line: 2
          a,a\\n1,2             | names the column `a` twice in its first line
          """)
  void aTableThatIsNoneIsRefused(String csv, String message) throws IOException {
    refused(write("x.csv", csv.replace("\\n", "\n")), message);
  }

  @Test
  void aTableWithoutAHeaderLineIsRefused() throws IOException {
    refused(write("x.csv", ""), "is empty; its first line must name the columns");
  }

  @Test
  void bytesThatAreNoUtf8AreTheFaultOfTheirRow() throws IOException {
    byte[] lines = "{\"a\": \"\u00ff\"}\n{\"a\": 1}\n".getBytes(StandardCharsets.ISO_8859_1);
    assertThat(Rows.of(write("x.jsonl", lines)))
        .containsExactly(new Read("x.jsonl:1", "is not UTF-8"), new Read("x.jsonl:2", "{\"a\":1}"));
    byte[] table = "a,b\n1,\u00ff\n3,4\n".getBytes(StandardCharsets.ISO_8859_1);
    assertThat(Rows.of(write("x.csv", table)))
        .containsExactly(
            new Read("x.csv:2", "`b` is not UTF-8"),
            new Read("x.csv:3", "{\"a\":\"3\",\"b\":\"4\"}"));
    byte[] text = "one\n\u00ff\n".getBytes(StandardCharsets.ISO_8859_1);
    assertThat(Rows.of(write("x.txt", text)))
        .containsExactly(
            new Read("x.txt:1", "{\"text\":\"one\"}"), new Read("x.txt:2", "is not UTF-8"));
    refused(
        write("y.csv", "\u00ff\n1\n".getBytes(StandardCharsets.ISO_8859_1)),
        "has a first line that is not UTF-8");
  }

  /** The string's bytes are replaced in the file: no writer writes such. */
  @ParameterizedTest
  @CsvSource({"rows-none.parquet", "rows-stream.arrow"})
  void bytesThatAreNoUtf8InAColumnAreTheFaultOfTheirRow(String name) throws IOException {
    byte[] file = Files.readAllBytes(Rows.FIXTURES.resolve(name));
    byte[] word = "stra\u00dfe".getBytes(StandardCharsets.UTF_8);
    int broken = 0;
    for (int i = 0; i + word.length <= file.length; i++) {
      if (Arrays.equals(file, i, i + word.length, word, 0, word.length)) {
        file[i + 4] = (byte) 0xff;
        broken++;
      }
    }
    assertThat(broken).isPositive();
    assertThat(Rows.of(write(name, file)))
        .hasSize(60)
        .anySatisfy(row -> assertThat(row.fields()).isEqualTo("`completion` is not UTF-8"))
        .anySatisfy(row -> assertThat(row.fields()).isEqualTo("`content` is not UTF-8"))
        .anySatisfy(row -> assertThat(row.fields()).startsWith("{\"messages\":"));
  }

  private void refused(Path file, String... message) {
    assertThatThrownBy(() -> Rows.of(file))
        .as(file.toString())
        .isInstanceOfSatisfying(
            TrainerException.class, e -> assertThat(e.code()).isEqualTo(ExitCode.DataNotUsable))
        .hasMessageContainingAll(message)
        .hasMessageContaining(file.toString());
  }

  private Path write(String name, String content) throws IOException {
    return write(name, content.getBytes(StandardCharsets.UTF_8));
  }

  private Path write(String name, byte[] content) throws IOException {
    return Files.write(folder.resolve(name), content);
  }
}
