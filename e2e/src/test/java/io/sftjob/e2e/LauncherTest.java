package io.sftjob.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What bin/sft runs, in a tree of its own with a JDK that says what it was asked for. */
class LauncherTest {
  private static final Instant BUILT = Instant.parse("2026-01-01T00:00:00Z");

  @TempDir Path tree;

  @BeforeEach
  void build() throws IOException {
    for (var script : new String[] {"bin/sft", "tools/find-jdk"}) {
      program(script, Files.readString(Repository.here().root().resolve(script)));
    }
    program("jdk/bin/java", "#!/bin/sh\necho \"$@\"\n");
    program("jdk/bin/javac", "#!/bin/sh\n");
    write("jdk/release", "JAVA_VERSION=\"25.0.1\"\n", BUILT);
    write("trainer-image/target/class-path", "/m2/djl.jar", BUILT);
    write("trainer-image/target/classes/Sft.class", "", BUILT);
    write("crds/target/classes/SFTJob.class", "", BUILT);
    touch("trainer-image/target/classes", BUILT);
    touch("crds/target/classes", BUILT);
  }

  @Test
  void withoutAnArchiveItRunsTheClasses() {
    assertThat(run())
        .contains("-cp %s/trainer-image/target/classes:/m2/djl.jar".formatted(tree))
        .endsWith("io.sftjob.trainer.cli.Sft train --spec a b\n");
  }

  @Test
  void anArchiveComesWithItsJars() throws IOException {
    archive();
    assertThat(run())
        .contains("-XX:SharedArchiveFile=%s/trainer-image/target/classes.jsa".formatted(tree))
        .contains("-cp /the.jar:/m2/djl.jar io.sftjob");
  }

  @Test
  void classesCompiledSinceGoBeforeTheJars() throws IOException {
    archive();
    write("crds/target/classes/SFTJob.class", "", BUILT.plusSeconds(2));
    assertThat(run()).contains("target/classes:/m2/djl.jar").doesNotContain("Archive", "the.jar");
  }

  private void archive() throws IOException {
    write("trainer-image/target/jars", "/the.jar:/m2/djl.jar", BUILT.plusSeconds(1));
    write("trainer-image/target/classes.jsa", "", BUILT.plusSeconds(1));
  }

  private String run() {
    return Command.of(tree.resolve("bin/sft").toString(), "train", "--spec", "a b")
        .env("JAVA_HOME", tree.resolve("jdk").toString())
        .output();
  }

  private void program(String name, String script) throws IOException {
    write(name, script, BUILT);
    Files.setPosixFilePermissions(tree.resolve(name), PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private void write(String name, String text, Instant time) throws IOException {
    var file = tree.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
    touch(name, time);
  }

  private void touch(String name, Instant time) throws IOException {
    Files.setLastModifiedTime(tree.resolve(name), FileTime.from(time));
  }
}
