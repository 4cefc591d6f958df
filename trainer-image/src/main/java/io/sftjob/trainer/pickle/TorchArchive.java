package io.sftjob.trainer.pickle;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.ZipEntry;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipFile;

/**
 * The zip that {@code torch.save} writes: one folder with {@code data.pkl} and an entry for every
 * storage, all stored as they are. Nothing is ever inflated, so that no entry can be larger than
 * the file; compressed ones are refused, which torch itself never writes.
 */
final class TorchArchive {
  private static final long LARGEST_DIRECTORY = 16L << 20;
  private static final int LARGEST_PICKLE = 8 << 20;
  private static final String PICKLE = "data.pkl";

  /** Where an entry's bytes lie in the file. */
  record Entry(long offset, long size) {}

  private final MemorySegment bytes;
  private final Map<String, Entry> entries;

  private TorchArchive(MemorySegment bytes, Map<String, Entry> entries) {
    this.bytes = bytes;
    this.entries = entries;
  }

  static TorchArchive read(MemorySegment bytes) {
    List<ZipArchiveEntry> all = directory(bytes);
    String folder = folder(all);
    var entries = new HashMap<String, Entry>();
    for (ZipArchiveEntry e : all) {
      requireStored(e);
      requireInside(e, bytes.byteSize());
      if (entries.put(e.getName(), new Entry(e.getDataOffset(), e.getSize())) != null) {
        throw new BadPickle("its archive has two entries `%s`", shown(e));
      }
    }
    requireApart(all);
    var inFolder = new HashMap<String, Entry>();
    entries.forEach(
        (name, entry) -> {
          if (name.startsWith(folder)) {
            inFolder.put(name.substring(folder.length()), entry);
          }
        });
    var archive = new TorchArchive(bytes, inFolder);
    archive.requireLittleEndian();
    return archive;
  }

  private static List<ZipArchiveEntry> directory(MemorySegment bytes) {
    var channel = new SegmentChannel(bytes, LARGEST_DIRECTORY);
    try (ZipFile zip = ZipFile.builder().setSeekableByteChannel(channel).get()) {
      return Collections.list(zip.getEntries());
    } catch (BadPickle e) {
      throw e;
    } catch (IOException | RuntimeException e) {
      // The library lets some broken fields through to its setters, as an IllegalArgumentException.
      throw new BadPickle(
          "its zip directory can not be read: %s. If the file is truncated, copy it again",
          BadPickle.shown(rootMessage(e)));
    }
  }

  private static String rootMessage(Throwable e) {
    return e.getCause() == null ? String.valueOf(e.getMessage()) : rootMessage(e.getCause());
  }

  private static String folder(List<ZipArchiveEntry> entries) {
    List<String> found =
        entries.stream()
            .map(ZipArchiveEntry::getName)
            .filter(
                name ->
                    name.endsWith("/" + PICKLE)
                        && name.indexOf('/') == name.length() - PICKLE.length() - 1)
            .toList();
    if (found.size() != 1) {
      throw new BadPickle(
          "it is a zip with %d entries `<name>/%s`; torch.save writes one", found.size(), PICKLE);
    }
    return found.getFirst().substring(0, found.getFirst().length() - PICKLE.length());
  }

  private static void requireStored(ZipArchiveEntry entry) {
    if (entry.getMethod() != ZipEntry.STORED) {
      throw new BadPickle(
          "its entry `%s` is compressed; torch.save stores entries as they are, and only those are read. Write the file again with torch.save, or as safetensors",
          shown(entry));
    }
    if (entry.getGeneralPurposeBit().usesEncryption()) {
      throw new BadPickle("its entry `%s` is encrypted", shown(entry));
    }
    if (entry.getSize() != entry.getCompressedSize()) {
      throw new BadPickle(
          "its entry `%s` announces %d bytes but takes %d in the archive",
          shown(entry), entry.getSize(), entry.getCompressedSize());
    }
  }

  private static void requireInside(ZipArchiveEntry entry, long fileSize) {
    long offset = entry.getDataOffset();
    if (offset < 0 || offset > fileSize || entry.getSize() > fileSize - offset) {
      throw new BadPickle(
          "its entry `%s` has %d bytes from byte %d on; the file has only %d: truncated, copy it again",
          shown(entry), entry.getSize(), offset, fileSize);
    }
  }

  private static void requireApart(List<ZipArchiveEntry> entries) {
    var sorted = new ArrayList<>(entries);
    sorted.sort(Comparator.comparingLong(ZipArchiveEntry::getLocalHeaderOffset));
    for (int i = 1; i < sorted.size(); i++) {
      ZipArchiveEntry before = sorted.get(i - 1);
      if (before.getDataOffset() + before.getSize() > sorted.get(i).getLocalHeaderOffset()) {
        throw new BadPickle(
            "its entries `%s` and `%s` overlap", shown(before), shown(sorted.get(i)));
      }
    }
  }

  private void requireLittleEndian() {
    Optional<Entry> order = entry("byteorder").filter(e -> e.size() < 16);
    if (order.isPresent() && !text(order.get()).equals("little")) {
      throw new BadPickle("its numbers are %s-endian; little is read", text(order.get()));
    }
  }

  byte[] pickle() {
    Entry entry = entries.get(PICKLE);
    if (entry.size() > LARGEST_PICKLE) {
      throw new BadPickle(
          "its %s has %d bytes; %d are enough for the tensors of one file",
          PICKLE, entry.size(), LARGEST_PICKLE);
    }
    return copy(entry);
  }

  /** Bytes of the whole file. */
  long size() {
    return bytes.byteSize();
  }

  /**
   * @param name below the archive's folder
   */
  Optional<Entry> entry(String name) {
    return Optional.ofNullable(entries.get(name));
  }

  private String text(Entry entry) {
    return new String(copy(entry), StandardCharsets.US_ASCII);
  }

  private byte[] copy(Entry entry) {
    return bytes.asSlice(entry.offset(), entry.size()).toArray(ValueLayout.JAVA_BYTE);
  }

  private static String shown(ZipArchiveEntry entry) {
    return BadPickle.shown(entry.getName());
  }
}
