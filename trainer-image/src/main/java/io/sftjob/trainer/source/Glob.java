package io.sftjob.trainer.source;

import io.sftjob.api.progress.ExitCode;
import io.sftjob.trainer.TrainerException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.List;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Stream;

/**
 * A path with a pattern in it, in the words of {@link java.nio.file.FileSystem#getPathMatcher}:
 * {@code *} and {@code ?} within a name, {@code **} across folders, {@code [a-c]}, <code>{a,b}
 * </code>.
 */
final class Glob {
  private Glob() {}

  static boolean is(Path path) {
    return isPattern(path.toString());
  }

  private static boolean isPattern(String part) {
    return part.chars().anyMatch(c -> "*?[{".indexOf(c) >= 0);
  }

  /** The folder below which there is no pattern any more. */
  static Path root(Path pattern) {
    Path root = pattern;
    while (root.getParent() != null && isPattern(root.toString())) {
      root = root.getParent();
    }
    return root;
  }

  /** Files that match, in the order of their names. */
  static List<Path> matches(Path pattern) {
    Path root = root(pattern);
    if (!Files.isDirectory(root)) {
      return List.of();
    }
    // Not below what the pattern can reach: a claim may hold millions of files.
    int depth =
        pattern.toString().contains("**")
            ? Integer.MAX_VALUE
            : pattern.getNameCount() - root.getNameCount();
    try (Stream<Path> files = Files.walk(root, depth)) {
      PathMatcher matcher = pattern.getFileSystem().getPathMatcher("glob:" + pattern);
      return files.filter(matcher::matches).filter(Files::isRegularFile).sorted().toList();
    } catch (PatternSyntaxException e) {
      throw new TrainerException(
          ExitCode.InvalidSpec, "%s is no pattern: %s".formatted(pattern, e.getDescription()), e);
    } catch (IOException | UncheckedIOException e) {
      throw new TrainerException(
          ExitCode.StorageRefused, root + " can not be searched: " + e.getMessage(), e);
    }
  }
}
