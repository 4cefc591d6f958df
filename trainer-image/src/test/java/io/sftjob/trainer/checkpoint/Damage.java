package io.sftjob.trainer.checkpoint;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** What storage and people do to files. */
enum Damage {
  FLIP {
    @Override
    void inflict(Path file, int at) throws IOException {
      byte[] bytes = Files.readAllBytes(file);
      bytes[at / 8 % bytes.length] ^= (byte) (1 << at % 8);
      Files.write(file, bytes);
    }
  },
  TRUNCATE {
    @Override
    void inflict(Path file, int at) throws IOException {
      byte[] bytes = Files.readAllBytes(file);
      Files.write(file, Arrays.copyOf(bytes, at % bytes.length));
    }
  },
  EMPTY {
    @Override
    void inflict(Path file, int at) throws IOException {
      Files.write(file, new byte[0]);
    }
  },
  GROW {
    @Override
    void inflict(Path file, int at) throws IOException {
      byte[] bytes = Files.readAllBytes(file);
      byte[] longer = Arrays.copyOf(bytes, bytes.length + 1 + at % 100);
      // No white space, which says nothing in JSON.
      Arrays.fill(longer, bytes.length, longer.length, (byte) (at | 0x80));
      Files.write(file, longer);
    }
  },
  REMOVE {
    @Override
    void inflict(Path file, int at) throws IOException {
      Files.delete(file);
    }
  },
  FOLDER {
    @Override
    void inflict(Path file, int at) throws IOException {
      byte[] bytes = Files.readAllBytes(file);
      Files.delete(file);
      Files.write(Files.createDirectory(file).resolve(file.getFileName()), bytes);
    }
  };

  /**
   * @param at any number; where in the file, and with what
   */
  abstract void inflict(Path file, int at) throws IOException;
}
