package io.sftjob.trainer.torch;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** The kernels as a TorchScript archive: a stored zip of their sources and an empty state. */
final class KernelArchive {
  private static final String CLASS = "kernels";
  private static final List<String> MODULES =
      List.of(
          "adamw",
          "attention",
          "gguf",
          "head",
          "layer",
          "linear",
          "neftune",
          "norm",
          "quant",
          "rope",
          "sampling",
          "tensors",
          "whole");

  private KernelArchive() {}

  static byte[] bytes() {
    var out = new ByteArrayOutputStream();
    try (var zip = new ZipOutputStream(out)) {
      add(zip, "version", ascii("3\n"));
      add(zip, "constants.pkl", pickle(")"));
      add(zip, "code/__torch__.py", source(CLASS));
      for (String module : MODULES) {
        add(zip, "code/__torch__/" + module + ".py", source(module));
      }
      // An object of class Kernels with the one attribute training = True.
      add(
          zip,
          "data.pkl",
          pickle("c__torch__\nKernels\n)\u0081}X\u0008\u0000\u0000\u0000training\u0088sb"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  private static byte[] source(String name) throws IOException {
    String resource = "kernels/" + name + ".py";
    try (InputStream in = KernelArchive.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IllegalStateException("the class path has no " + resource);
      }
      return in.readAllBytes();
    }
  }

  /** Pickle's protocol 2: its two opening bytes, the program, and a stop. */
  private static byte[] pickle(String program) {
    return ascii("\u0080\u0002" + program + ".");
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  private static void add(ZipOutputStream zip, String name, byte[] content) throws IOException {
    var crc = new CRC32();
    crc.update(content);
    var entry = new ZipEntry("archive/" + name);
    entry.setMethod(ZipEntry.STORED);
    entry.setSize(content.length);
    entry.setCrc(crc.getValue());
    entry.setTime(0);
    zip.putNextEntry(entry);
    zip.write(content);
    zip.closeEntry();
  }
}
