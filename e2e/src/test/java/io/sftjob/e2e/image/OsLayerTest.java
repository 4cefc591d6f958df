package io.sftjob.e2e.image;

import static org.assertj.core.api.Assertions.assertThat;

import io.sftjob.e2e.Command;
import io.sftjob.e2e.Hashes;
import io.sftjob.e2e.Repository;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

/**
 * What the base image is made of, by a registry that plays its part: {@code apt-get download} takes
 * files from a folder, and {@code apt-cache madison} lists what is written in another.
 */
@EnabledIf("debian")
class OsLayerTest {
  private static final String APT_GET =
      """
      #!/bin/sh
      for word; do last=$word; done
      [ "$last" = update ] || cp "%1$s/served/$last" base.deb
      """;
  private static final String APT_CACHE =
      """
      #!/bin/sh
      cat "%1$s/listed" 2>/dev/null
      """;

  @TempDir Path folder;

  static boolean debian() {
    return Files.exists(Path.of("/usr/bin/dpkg-deb"));
  }

  @BeforeEach
  void registry() throws IOException {
    Files.createDirectories(folder.resolve("served"));
    program("apt-get", APT_GET.formatted(folder));
    program("apt-cache", APT_CACHE.formatted(folder));
  }

  @Test
  void theLockedPackageIsTakenAndKept() throws IOException {
    lock("1.0", Hashes.sha256(serve("base=1.0", "1.0")));
    var first = build();
    assertThat(first.exitCode()).isZero();
    assertThat(first.output()).isEmpty();
    assertThat(layer()).exists();

    Files.delete(folder.resolve("served/base=1.0"));
    Files.delete(layer());
    assertThat(build().exitCode()).isZero();
    assertThat(layer()).exists();
  }

  @Test
  void theLockedVersionWithOtherBytesIsRefused() throws IOException {
    var found = Hashes.sha256(serve("base=1.0", "1.0"));
    serve("base", "1.1");
    var expected = "0".repeat(64);
    lock("1.0", expected);
    var result = build();
    assertThat(result.exitCode()).isNotZero();
    assertThat(result.output())
        .contains("base 1.0", found, expected, "make base-lock")
        .doesNotContain("today");
    assertThat(layer()).doesNotExist();
  }

  @Test
  void aVersionThatIsGoneIsReplacedByTodays() throws IOException {
    serve("base", "1.1");
    list("1.1");
    lock("1.0", "0".repeat(64));
    var result = build();
    assertThat(result.exitCode()).isZero();
    assertThat(result.output()).contains("base 1.0", "taking today's", "make base-lock");
    assertThat(
            Command.of("tar", "-xOf", layer().toString(), "./var/lib/dpkg/status.d/base").output())
        .contains("Version: 1.1");
  }

  /** A broken network must not change the image. */
  @Test
  void aVersionThatIsListedButCanNotBeDownloadedIsNotReplaced() throws IOException {
    serve("base", "1.1");
    list("1.0");
    lock("1.0", "0".repeat(64));
    var result = build();
    assertThat(result.exitCode()).isNotZero();
    assertThat(result.output()).contains("base 1.0", "apt-get update").doesNotContain("today");
    assertThat(layer()).doesNotExist();
  }

  private Path layer() {
    return folder.resolve("os.tar");
  }

  private Command.Result build() {
    return Command.of(
            Repository.here().root().resolve("images/base/os-layer.sh").toString(),
            folder.resolve("lock").toString(),
            folder.resolve("cache").toString(),
            layer().toString())
        .env("PATH", folder.resolve("bin") + ":" + System.getenv("PATH"))
        .env("SOURCE_DATE_EPOCH", "0")
        .run();
  }

  private void lock(String version, String sha256) throws IOException {
    Files.writeString(folder.resolve("lock"), "base %s all %s%n".formatted(version, sha256));
  }

  private void list(String version) throws IOException {
    Files.writeString(folder.resolve("listed"), "  base | %s | main Packages%n".formatted(version));
  }

  /** A package with the files that an OS layer can not be without. */
  private Path serve(String request, String version) throws IOException {
    var tree = folder.resolve("tree-" + version);
    write(tree.resolve("etc/ssl/certs/README"), "");
    write(tree.resolve("usr/share/ca-certificates/mozilla/a.crt"), "a certificate");
    write(tree.resolve("usr/share/doc/base/copyright"), "free");
    write(
        tree.resolve("DEBIAN/control"),
        """
        Package: base
        Version: %s
        Architecture: all
        Maintainer: nobody
        Description: a test
        """
            .formatted(version));
    var deb = folder.resolve("served").resolve(request);
    Command.of("dpkg-deb", "--build", "-Znone", tree.toString(), deb.toString()).output();
    return deb;
  }

  private void program(String name, String script) throws IOException {
    var file = folder.resolve("bin").resolve(name);
    write(file, script);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private static void write(Path file, String text) throws IOException {
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }
}
