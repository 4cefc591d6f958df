package io.sftjob.trainer.source;

import java.io.IOException;

/** Opens files of rows. */
public final class RowSources {
  private RowSources() {}

  /**
   * @throws io.sftjob.trainer.TrainerException if the file is not what it is named
   */
  public static RowSource open(DataFile file) {
    if (file.kind() == FileKind.Parquet) {
      return ParquetRows.open(file);
    }
    FileInput input = FileInput.open(file);
    try {
      return new FileRows(input, reading(input));
    } catch (IOException e) {
      input.close();
      throw Faults.file(file, e.getMessage(), e);
    } catch (RuntimeException e) {
      input.close();
      throw e;
    }
  }

  private static RowReading reading(FileInput input) throws IOException {
    String name = input.file().name();
    return switch (input.file().kind()) {
      case JsonLines -> new JsonLinesReading(name, Lines.of(name, input.content()));
      case JsonArray -> JsonArrayReading.open(name, input.content());
      case Csv -> CsvReading.open(name, input.content(), ',');
      case Tsv -> CsvReading.open(name, input.content(), '\t');
      case Text -> new TextReading(name, Lines.universal(name, input.content()));
      case Arrow -> ArrowReading.open(name, input.content());
      case Parquet -> throw new IllegalStateException("Parquet is not read from its beginning");
    };
  }
}
