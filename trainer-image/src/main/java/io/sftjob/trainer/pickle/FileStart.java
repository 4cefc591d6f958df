package io.sftjob.trainer.pickle;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.HexFormat;

/** Tells by its first bytes what a file is that is no zip. */
final class FileStart {
  private static final byte[] ZIP = HexFormat.of().parseHex("504b0304");

  /**
   * PROTO 2, then LONG1 of ten bytes, 0x1950a86a20f9469cfc6c: {@code
   * torch.serialization.MAGIC_NUMBER}.
   */
  private static final byte[] LEGACY = HexFormat.of().parseHex("80028a0a6cfc9c46f9206aa85019");

  private static final String WAY_OUT =
      "Load it in Python with torch.load(file, weights_only=True) and write it with safetensors.torch.save_file or with torch.save";

  private FileStart() {}

  static void requireZip(MemorySegment bytes) {
    if (startsWith(bytes, ZIP)) {
      return;
    }
    if (startsWith(bytes, LEGACY)) {
      throw new BadPickle(
          "it is in the format from before PyTorch 1.6, which is not read. " + WAY_OUT);
    }
    if (startsWith(bytes, new byte[] {(byte) 0x80})) {
      throw new BadPickle("it is a bare pickle. " + WAY_OUT);
    }
    throw new BadPickle("it does not begin as a zip");
  }

  private static boolean startsWith(MemorySegment bytes, byte[] expected) {
    return bytes.byteSize() >= expected.length
        && Arrays.equals(
            bytes.asSlice(0, expected.length).toArray(ValueLayout.JAVA_BYTE), expected);
  }
}
