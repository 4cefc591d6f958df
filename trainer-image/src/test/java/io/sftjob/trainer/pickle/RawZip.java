package io.sftjob.trainer.pickle;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Writes zips of stored, aligned entries as torch does: with zip64 where it is needed, with holes
 * for entries of many GiB, and with lies in the directory.
 */
public final class RawZip implements AutoCloseable {
  private static final long LARGEST = 0xFFFF_FFFFL;

  /** What the directory says of an entry. */
  public static final class Entry {
    public String name;
    public int flags;
    public int method;
    public long compressed;
    public long size;
    public long header;
  }

  private final FileChannel out;
  private final int shift;
  private final List<Entry> entries = new ArrayList<>();

  private RawZip(int shift, FileChannel out) {
    this.shift = shift;
    this.out = out;
  }

  public static RawZip create(Path path) throws IOException {
    return create(path, 0);
  }

  /**
   * @param shift of every entry's data from a multiple of 64
   */
  public static RawZip create(Path path, int shift) throws IOException {
    return new RawZip(
        shift,
        FileChannel.open(
            path,
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.SPARSE));
  }

  public RawZip entry(String name, byte[] data) throws IOException {
    return entry(name, data, entry -> {});
  }

  /** An entry that is stored as it is and described as the caller likes. */
  public RawZip entry(String name, byte[] data, Consumer<Entry> lie) throws IOException {
    Entry entry = begin(name, data.length);
    write(ByteBuffer.wrap(data));
    lie.accept(entry);
    return this;
  }

  /** Zeros that take no space on the disk. */
  public RawZip hole(String name, long size) throws IOException {
    begin(name, size);
    out.position(out.position() + size);
    return this;
  }

  private Entry begin(String name, long size) throws IOException {
    var entry = new Entry();
    entry.name = name;
    entry.size = size;
    entry.compressed = size;
    entry.header = out.position();
    entries.add(entry);
    byte[] utf8 = name.getBytes(StandardCharsets.UTF_8);
    byte[] zip64 = size >= LARGEST ? zip64(size, size) : new byte[0];
    long unpadded = out.position() + 30 + utf8.length + zip64.length + 4;
    int padding = (int) ((64 - unpadded % 64) % 64) + shift;
    ByteBuffer header = little(34 + utf8.length + zip64.length + padding);
    header.putInt(0x04034b50).putShort((short) 45).putShort((short) 0).putShort((short) 0);
    header.putInt(0).putInt(0).putInt(limited(size)).putInt(limited(size));
    header.putShort((short) utf8.length).putShort((short) (zip64.length + 4 + padding));
    header.put(utf8).put(zip64);
    header.putShort((short) 0x4246).putShort((short) padding); // "FB", as torch pads
    write(header.position(0));
    return entry;
  }

  @Override
  public void close() throws IOException {
    try (out) {
      long start = out.position();
      for (Entry entry : entries) {
        write(central(entry));
      }
      long size = out.position() - start;
      if (start >= LARGEST) {
        long end = out.position();
        ByteBuffer record = little(76);
        record.putInt(0x06064b50).putLong(44).putShort((short) 45).putShort((short) 45);
        record.putInt(0).putInt(0).putLong(entries.size()).putLong(entries.size());
        record.putLong(size).putLong(start);
        record.putInt(0x07064b50).putInt(0).putLong(end).putInt(1);
        write(record.flip());
      }
      ByteBuffer end = little(22);
      end.putInt(0x06054b50).putShort((short) 0).putShort((short) 0);
      end.putShort((short) entries.size()).putShort((short) entries.size());
      end.putInt((int) size).putInt(limited(start)).putShort((short) 0);
      write(end.flip());
    }
  }

  private static ByteBuffer central(Entry entry) {
    boolean large = entry.size >= LARGEST || entry.header >= LARGEST;
    byte[] extra = large ? zip64(entry.size, entry.compressed, entry.header) : new byte[0];
    byte[] utf8 = entry.name.getBytes(StandardCharsets.UTF_8);
    ByteBuffer record = little(46 + utf8.length + extra.length);
    record.putInt(0x02014b50).putShort((short) 45).putShort((short) 45);
    record.putShort((short) entry.flags).putShort((short) entry.method).putInt(0).putInt(0);
    record.putInt(large ? -1 : (int) entry.compressed).putInt(large ? -1 : (int) entry.size);
    record.putShort((short) utf8.length).putShort((short) extra.length).putShort((short) 0);
    record.putShort((short) 0).putShort((short) 0).putInt(0);
    record.putInt(large ? -1 : (int) entry.header);
    return record.put(utf8).put(extra).flip();
  }

  private static byte[] zip64(long... values) {
    ByteBuffer extra = little(4 + 8 * values.length);
    extra.putShort((short) 1).putShort((short) (8 * values.length));
    for (long value : values) {
      extra.putLong(value);
    }
    return extra.array();
  }

  private static int limited(long value) {
    return (int) Math.min(value, LARGEST);
  }

  private void write(ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      out.write(bytes);
    }
  }

  private static ByteBuffer little(int size) {
    return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
  }
}
