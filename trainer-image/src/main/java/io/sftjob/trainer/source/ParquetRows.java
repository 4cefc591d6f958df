package io.sftjob.trainer.source;

import dev.hardwood.InputFile;
import dev.hardwood.reader.ParquetFileReader;
import dev.hardwood.reader.RowReader;
import io.sftjob.trainer.TrainerException;
import io.sftjob.trainer.source.RowOrigin.By;
import java.io.IOException;

/** A Parquet file, whose index is at its end: mapped, and read column by column. */
final class ParquetRows implements RowSource {
  private final DataFile file;
  private final ParquetFileReader parquet;
  private final RowReader reader;
  private final long bytes;
  private final int rowBytes;
  private long rows;

  private ParquetRows(DataFile file, ParquetFileReader parquet, long bytes) {
    this.file = file;
    this.parquet = parquet;
    this.reader = parquet.rowReader();
    this.bytes = bytes;
    this.rowBytes = rowBytes(parquet);
  }

  static ParquetRows open(DataFile file) {
    // Refuses by the first bytes what is no Parquet, in the words of all kinds.
    FileInput.open(file).close();
    try {
      var parquet = ParquetFileReader.open(InputFile.of(file.path()));
      return new ParquetRows(file, parquet, FileInput.size(file.path()));
    } catch (IOException | RuntimeException e) {
      throw unreadable(file, 0, e);
    }
  }

  @Override
  public RawRow next() {
    try {
      if (!reader.hasNext()) {
        return null;
      }
      reader.next();
      rows++;
      var origin = new RowOrigin(file.name(), By.Row, rows);
      try {
        return new Parsed(origin, rowBytes, ParquetValues.row(reader));
      } catch (MalformedRowException e) {
        return new Broken(origin, e.getMessage());
      }
    } catch (RuntimeException e) {
      throw unreadable(file, rows, e);
    }
  }

  private static int rowBytes(ParquetFileReader parquet) {
    var data = parquet.getFileMetaData();
    long bytes = data.rowGroups().stream().mapToLong(group -> group.totalByteSize()).sum();
    return (int) Math.min(Integer.MAX_VALUE, bytes / Math.max(1, data.numRows()));
  }

  private static TrainerException unreadable(DataFile file, long rows, Exception e) {
    return Faults.file(
        file,
        "can not be read as Parquet behind row %d: %s. If it was cut off, copy it again; compressed it may be by snappy, gzip or zstd"
            .formatted(rows, e.getMessage()),
        e);
  }

  @Override
  public long bytesRead() {
    long all = parquet.getFileMetaData().numRows();
    return all == 0 ? bytes : (long) (bytes * ((double) rows / all));
  }

  @Override
  public String sha256() {
    try (var input = FileInput.open(file)) {
      return input.sha256();
    }
  }

  @Override
  public void close() {
    try (parquet) {
      reader.close();
    } catch (IOException e) {
      throw unreadable(file, rows, e);
    }
  }
}
