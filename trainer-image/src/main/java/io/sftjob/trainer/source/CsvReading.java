package io.sftjob.trainer.source;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sftjob.trainer.source.RowOrigin.By;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;

/**
 * Comma- or tab-separated values as RFC 4180 has them: a line of names, then rows; a cell may be
 * quoted, and then hold line ends. Every cell is a string. Read as ISO 8859-1, in which each byte
 * is a character, so that bytes that are no UTF-8 are the fault of one row.
 */
final class CsvReading implements RowReading {
  private final String file;
  private final RecordLimit limit;
  private final CSVParser parser;
  private final Iterator<CSVRecord> records;
  private List<String> names = List.of();

  private CsvReading(String file, RecordLimit limit, char delimiter) throws IOException {
    this.file = file;
    this.limit = limit;
    this.parser =
        CSVParser.builder()
            .setReader(limit)
            .setFormat(
                CSVFormat.RFC4180
                    .builder()
                    .setDelimiter(delimiter)
                    .setIgnoreEmptyLines(false)
                    .get())
            .get();
    this.records = parser.iterator();
  }

  static CsvReading open(String file, InputStream content, char delimiter) throws IOException {
    skipByteOrderMark(content);
    var reading =
        new CsvReading(
            file,
            new RecordLimit(new InputStreamReader(content, StandardCharsets.ISO_8859_1)),
            delimiter);
    reading.names = reading.header();
    return reading;
  }

  private static void skipByteOrderMark(InputStream content) throws IOException {
    content.mark(3);
    if (!Utf8.hasByteOrderMark(content.readNBytes(3))) {
      content.reset();
    }
  }

  private List<String> header() throws IOException {
    CSVRecord record = record();
    if (record == null) {
      throw new IOException("is empty; its first line must name the columns");
    }
    List<String> header = new ArrayList<>();
    try {
      for (String cell : record) {
        header.add(text(cell));
      }
    } catch (MalformedRowException e) {
      throw new IOException("has a first line that " + e.getMessage(), e);
    }
    var seen = new HashSet<String>();
    for (String name : header) {
      if (!seen.add(name)) {
        throw new IOException(
            "names the column `%s` twice in its first line; give each its own name"
                .formatted(name));
      }
    }
    return header;
  }

  private record Cells(RowOrigin origin, List<String> names, CSVRecord record) implements RawRow {
    @Override
    public int size() {
      int size = 0;
      for (String cell : record) {
        size += cell.length();
      }
      return size;
    }

    @Override
    public ObjectNode fields() throws MalformedRowException {
      if (record.size() != names.size()) {
        throw new MalformedRowException(
            "has %d cells; the first line names %d columns".formatted(record.size(), names.size()));
      }
      ObjectNode fields = JsonNodeFactory.instance.objectNode();
      for (int i = 0; i < names.size(); i++) {
        try {
          fields.put(names.get(i), text(record.get(i)));
        } catch (MalformedRowException e) {
          throw new MalformedRowException("`%s` %s".formatted(names.get(i), e.getMessage()));
        }
      }
      return fields;
    }
  }

  @Override
  public RawRow next() throws IOException {
    while (true) {
      long line = parser.getCurrentLineNumber() + 1;
      CSVRecord record = record();
      if (record == null) {
        return null;
      }
      // In a file with one column an empty line is an empty cell; else it is no row.
      boolean blank = record.size() == 1 && record.get(0).isEmpty() && names.size() > 1;
      if (!blank) {
        return new Cells(new RowOrigin(file, By.Line, line), names, record);
      }
    }
  }

  private CSVRecord record() throws IOException {
    long line = parser.getCurrentLineNumber() + 1;
    limit.next();
    try {
      return records.hasNext() ? records.next() : null;
    } catch (UncheckedIOException e) {
      throw new IOException(
          "can not be read from line %d on: %s. A quote in a cell is written twice, and the cell in quotes"
              .formatted(line, e.getCause().getMessage()),
          e);
    }
  }

  private static String text(String cell) throws MalformedRowException {
    byte[] bytes = cell.getBytes(StandardCharsets.ISO_8859_1);
    return Utf8.text(bytes, 0, bytes.length);
  }

  @Override
  public void close() throws IOException {
    parser.close();
  }
}
