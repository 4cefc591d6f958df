package io.sftjob.trainer.cli;

import static java.nio.file.StandardWatchEventKinds.ENTRY_CREATE;
import static java.nio.file.StandardWatchEventKinds.ENTRY_MODIFY;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/**
 * Does something once files below a folder were created or written so many times (inotify). Folders
 * that come into being are watched too.
 */
final class FileTrigger implements AutoCloseable {
  private final Path root;
  private final Pattern path;
  private final Runnable action;
  private final WatchService events;
  private final Map<WatchKey, Path> folders = new HashMap<>();
  private final CountDownLatch done = new CountDownLatch(1);
  private int left;

  /**
   * @param path found in the path of the file, relative to the folder
   * @param count the action follows the event of this number, from 1
   */
  FileTrigger(Path root, String path, int count, Runnable action) {
    this.root = root;
    this.path = Pattern.compile(path);
    this.left = count;
    this.action = action;
    try {
      Files.createDirectories(root);
      this.events = root.getFileSystem().newWatchService();
      watch(root);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Thread.ofPlatform().daemon().name("trigger").start(this::run);
  }

  /** Whether it came to that, after the process has ended. */
  boolean fired() {
    return done.getCount() == 0;
  }

  /** Waits until it came to that. */
  void await() {
    try {
      if (!done.await(60, TimeUnit.SECONDS)) {
        throw new AssertionError("no file like " + path + " below " + root);
      }
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private void watch(Path folder) throws IOException {
    folders.put(folder.register(events, ENTRY_CREATE, ENTRY_MODIFY), folder);
    try (var entries = Files.list(folder)) {
      for (Path entry : entries.filter(Files::isDirectory).toList()) {
        watch(entry);
      }
    }
  }

  private void run() {
    try {
      while (!fired()) {
        var key = events.take();
        for (var event : key.pollEvents()) {
          seen(folders.get(key).resolve(String.valueOf(event.context())));
        }
        key.reset();
      }
    } catch (InterruptedException | ClosedWatchServiceException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void seen(Path entry) {
    if (path.matcher(root.relativize(entry).toString()).find() && --left == 0) {
      done.countDown();
      action.run();
    }
    if (Files.isDirectory(entry)) {
      try {
        watch(entry);
      } catch (IOException gone) {
        // Renamed or removed meanwhile: nothing more happens under this name.
      }
    }
  }

  @Override
  public void close() {
    try {
      events.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
