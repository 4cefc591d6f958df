package io.sftjob.e2e.image;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.sftjob.e2e.Repository;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.function.IntPredicate;
import java.util.regex.Pattern;
import java.util.stream.StreamSupport;
import java.util.zip.ZipInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What `make images` put into its archives. */
class ImageIT {
  private static final String CERTIFICATES = "/etc/ssl/certs/ca-certificates.crt";
  private static final String TRUST_STORE = "/opt/java/lib/security/cacerts";
  private static final Map<String, String> SLIM_JARS =
      Map.of(
          "/app/slim/tokenizers.jar", "native/lib/tokenizers.properties",
          "/app/slim/pytorch-jni.jar", "jnilib/pytorch.properties");
  private static final int SETUID_OR_SETGID = 06000;
  private static final int WRITABLE_BY_OTHERS = 0002;
  private static final int READABLE_BY_OTHERS = 0004;
  private static final int STICKY = 01000;

  private enum Image {
    OPERATOR,
    TRAINER
  }

  private static final Map<Image, ImageArchive> IMAGES = new HashMap<>();

  @BeforeAll
  static void read() throws IOException {
    var repository = Repository.here();
    var wanted = new HashSet<>(SLIM_JARS.keySet());
    wanted.addAll(List.of(CERTIFICATES, TRUST_STORE));
    IMAGES.put(Image.OPERATOR, ImageArchive.read(repository.operatorImage(), wanted));
    IMAGES.put(Image.TRAINER, ImageArchive.read(repository.trainerImage(), wanted));
  }

  @ParameterizedTest
  @EnumSource
  void runsAsTheNumericUserThatPodSecurityRestrictedCanCheck(Image image) {
    var config = IMAGES.get(image).config();
    assertThat(config.get("User").textValue()).isEqualTo("65532:65532");
    assertThat(config.get("WorkingDir").textValue()).isEqualTo("/tmp");
  }

  @ParameterizedTest
  @EnumSource
  void namesAProgramThatIsThere(Image image) {
    var archive = IMAGES.get(image);
    assertThat(archive.config().at("/Entrypoint/0").textValue()).isEqualTo("java");
    assertThat(texts(archive.config().get("Env")))
        .contains("PATH=/opt/java/bin:/usr/bin:/bin", "LANG=C.UTF-8");
    assertThat(archive.entries().get("/opt/java/bin/java").getMode() & 0111).isEqualTo(0111);
    var named =
        texts(archive.config().get("Entrypoint")).stream()
            .flatMap(word -> Pattern.compile("(?<=^@|^|=)/[^=]+").matcher(word).results())
            .map(match -> match.group());
    assertThat(named.toList()).isNotEmpty().allMatch(archive.entries()::containsKey);
  }

  @ParameterizedTest
  @EnumSource
  void givesNobodyMoreThanReading(Image image) {
    var entries = IMAGES.get(image).entries();
    assertThat(paths(entries, mode -> (mode & SETUID_OR_SETGID) != 0)).isEmpty();
    assertThat(paths(entries, mode -> (mode & (WRITABLE_BY_OTHERS | STICKY)) == WRITABLE_BY_OTHERS))
        .isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void letsTheUserReadTheProgram(Image image) {
    var closed =
        paths(IMAGES.get(image).entries(), mode -> (mode & READABLE_BY_OTHERS) == 0).stream()
            .filter(path -> path.matches("/(app|deployments|opt|usr/lib)/.*"));
    assertThat(closed).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void trustsWhatDebianTrustsAndNothingOfTheBuildMachine(Image image) throws Exception {
    var archive = IMAGES.get(image);
    var store = KeyStore.getInstance("PKCS12");
    store.load(new ByteArrayInputStream(archive.contents().get(TRUST_STORE)), null);
    var bundle = new String(archive.contents().get(CERTIFICATES), StandardCharsets.US_ASCII);
    long debian =
        archive.entries().keySet().stream()
            .filter(path -> path.matches("/usr/share/ca-certificates/mozilla/.*\\.crt"))
            .count();
    assertThat(debian).isGreaterThan(100);
    assertThat(bundle.lines().filter("-----BEGIN CERTIFICATE-----"::equals)).hasSize((int) debian);
    assertThat(store.size()).isEqualTo((int) debian);
  }

  @Test
  void theTrainerFindsItsLibrariesUnpacked() {
    var trainer = IMAGES.get(Image.TRAINER);
    assertThat(trainer.entries().keySet())
        .contains(
            "/opt/natives/torch/libtorch_cpu.so",
            "/opt/natives/torch/libc10.so",
            "/opt/natives/jna/libjnidispatch.so")
        .anyMatch(path -> path.matches("/opt/natives/torch/[0-9.]+-libdjl_torch\\.so"))
        .anyMatch(path -> path.matches("/opt/natives/djl/tokenizers/[^/]+/libtokenizers\\.so"))
        .noneMatch(path -> path.contains("pytorch-native-cpu"));
    assertThat(texts(trainer.config().get("Env"))).contains("DJL_OFFLINE=true");
  }

  @Test
  void theTrainerHasNoLibrariesOfOtherPlatforms() throws IOException {
    var trainer = IMAGES.get(Image.TRAINER);
    assertThat(trainer.entries().keySet())
        .noneMatch(path -> path.matches("/app/libs/(tokenizers|pytorch-jni)-.*"));
    for (var jar : SLIM_JARS.entrySet()) {
      assertThat(names(trainer.contents().get(jar.getKey())))
          .contains(jar.getValue())
          .noneMatch(name -> name.matches(".*\\.(so|dylib|dll)"));
    }
  }

  @Test
  void theOperatorHoldsOneCopyOfItsLibraries() {
    assertThat(IMAGES.get(Image.OPERATOR).entries().keySet())
        .contains("/deployments/quarkus-run.jar")
        .anyMatch(path -> path.startsWith("/deployments/lib/main/"))
        .noneMatch(path -> path.startsWith("/app/libs/"));
  }

  /** The paths of the files and folders whose mode is so. */
  private static List<String> paths(Map<String, TarArchiveEntry> entries, IntPredicate mode) {
    return entries.entrySet().stream()
        .filter(entry -> !entry.getValue().isSymbolicLink())
        .filter(entry -> mode.test(entry.getValue().getMode()))
        .map(Map.Entry::getKey)
        .toList();
  }

  private static List<String> names(byte[] jar) throws IOException {
    var names = new ArrayList<String>();
    try (var zip = new ZipInputStream(new ByteArrayInputStream(jar))) {
      for (var entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        names.add(entry.getName());
      }
    }
    return names;
  }

  private static List<String> texts(JsonNode array) {
    return StreamSupport.stream(array.spliterator(), false).map(JsonNode::textValue).toList();
  }
}
