package io.sftjob.trainer.source;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Files that datasets and pyarrow wrote (parity/data_files.py) hold the rows of their twin in JSON
 * Lines.
 */
class DataFilesParityTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "rows.json",
        "rows.jsonl.gz",
        "rows.jsonl.zst",
        "rows.parquet",
        "rows-none.parquet",
        "rows-gzip.parquet",
        "rows-zstd.parquet",
        "rows-file.arrow",
        "rows-stream.arrow",
        "rows-lz4.feather",
        "rows-zstd.feather",
        "other-types-file.arrow",
        "other-types-stream.arrow",
        "saved"
      })
  void holdsTheSameRows(String name) {
    List<String> expected = Rows.fields(Rows.FIXTURES.resolve("rows.jsonl"));
    assertThat(expected).hasSize(60);
    assertThat(Rows.fields(Rows.FIXTURES.resolve(name))).isEqualTo(expected);
  }

  @Test
  void anIndentedArrayIsOneToo() {
    assertThat(Rows.fields(Rows.FIXTURES.resolve("rows-indented.json")))
        .isEqualTo(Rows.fields(Rows.FIXTURES.resolve("rows.jsonl")).subList(0, 10));
  }

  @ParameterizedTest
  @CsvSource({"pairs.csv, pairs.jsonl", "pairs.tsv, pairs.jsonl", "lines.txt, lines.jsonl"})
  void holdsTheRowsOf(String name, String twin) {
    assertThat(Rows.fields(Rows.FIXTURES.resolve(name)))
        .isEqualTo(Rows.fields(Rows.FIXTURES.resolve(twin)));
  }

  @Test
  void rowsKnowWhereTheyStand() {
    assertThat(Rows.origins(Rows.FIXTURES.resolve("rows.parquet")))
        .startsWith("rows.parquet row 1", "rows.parquet row 2")
        .endsWith("rows.parquet row 60");
    assertThat(Rows.origins(Rows.FIXTURES.resolve("saved")))
        .contains("data-00000-of-00003.arrow row 20", "data-00001-of-00003.arrow row 1");
    assertThat(Rows.origins(Rows.FIXTURES.resolve("rows.jsonl.gz"))).endsWith("rows.jsonl.gz:60");
  }
}
