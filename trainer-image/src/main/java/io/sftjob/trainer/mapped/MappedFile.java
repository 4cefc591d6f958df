package io.sftjob.trainer.mapped;

import io.sftjob.api.progress.ExitCode;
import io.sftjob.trainer.TrainerException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.function.BiFunction;

/**
 * A file of a checkpoint in memory, of any size; it takes address space, and pages only where they
 * are read.
 */
public final class MappedFile {
  private static final byte[] LFS_POINTER =
      "version https://git-lfs.github.com/spec/".getBytes(StandardCharsets.US_ASCII);

  private MappedFile() {}

  /**
   * Maps a whole file read-only and makes something of its bytes, which owns the arena from then
   * on.
   *
   * @throws TrainerException {@link ExitCode#StorageRefused} if it can not be opened; {@link
   *     ExitCode#ModelNotUsable} if it only stands for a file that Git LFS did not fetch
   */
  public static <T> T open(Path path, BiFunction<Arena, MemorySegment, T> make) {
    Arena arena = Arena.ofShared();
    try (FileChannel channel = FileChannel.open(path)) {
      MemorySegment bytes = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
      if (isLfsPointer(bytes)) {
        throw new TrainerException(
            ExitCode.ModelNotUsable,
            path + ": is a pointer of Git LFS, not the file itself; fetch it with `git lfs pull`");
      }
      return make.apply(arena, bytes);
    } catch (NoSuchFileException e) {
      arena.close();
      throw new TrainerException(ExitCode.StorageRefused, path + ": no such file", e);
    } catch (IOException e) {
      arena.close();
      throw new TrainerException(
          ExitCode.StorageRefused, path + ": can not be opened: " + e.getMessage(), e);
    } catch (RuntimeException e) {
      arena.close();
      throw e;
    }
  }

  /**
   * Maps a whole file read-only; unmapped when nothing refers to the segment any more.
   *
   * @throws TrainerException {@link ExitCode#StorageRefused} if it can not be opened
   */
  public static MemorySegment map(Path path) {
    try (FileChannel channel = FileChannel.open(path)) {
      return channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), Arena.ofAuto());
    } catch (IOException e) {
      throw new TrainerException(
          ExitCode.StorageRefused, path + ": can not be opened: " + e.getMessage(), e);
    }
  }

  private static boolean isLfsPointer(MemorySegment bytes) {
    int length = LFS_POINTER.length;
    return bytes.byteSize() >= length
        && bytes.asSlice(0, length).mismatch(MemorySegment.ofArray(LFS_POINTER)) == -1;
  }
}
