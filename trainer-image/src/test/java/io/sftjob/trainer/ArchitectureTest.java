package io.sftjob.trainer;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.CompositeArchRule;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** What each package of the trainer may know. */
@AnalyzeClasses(
    packages = {"io.sftjob.trainer", "ai.djl.pytorch.jni"},
    importOptions = {ImportOption.DoNotIncludeTests.class, ImportOption.DoNotIncludeJars.class})
class ArchitectureTest {
  private static final String ROOT = "io.sftjob.trainer";
  private static final String API = "io.sftjob.api..";
  private static final String[] NATIVES = {"ai.djl.pytorch..", "ai.djl.engine..", "com.sun.jna.."};
  private static final String TOKENIZERS = "ai.djl.huggingface..";

  /** Each package, and the packages that it may use. */
  private static final Map<String, Set<String>> ARROWS =
      Map.ofEntries(
          arrows("concurrent"),
          arrows("mapped"),
          arrows("gguf", "mapped"),
          arrows("pickle", "mapped"),
          arrows("safetensors", "mapped"),
          arrows("source"),
          arrows("store"),
          arrows("torch"),
          arrows("config"),
          arrows("report"),
          arrows("tokenizer", "gguf"),
          arrows("chat", "tokenizer"),
          arrows("data", "source", "tokenizer", "chat", "safetensors", "mapped", "concurrent"),
          arrows("weights", "torch", "safetensors", "pickle", "gguf"),
          arrows("quant", "weights", "torch", "safetensors"),
          arrows("model", "weights", "quant", "gguf", "torch"),
          arrows("lora", "model", "torch", "safetensors", "pickle"),
          arrows("modelfiles", "safetensors", "store"),
          arrows(
              "quantize",
              "model",
              "quant",
              "weights",
              "torch",
              "safetensors",
              "store",
              "modelfiles"),
          arrows(
              "merge", "model", "lora", "weights", "torch", "safetensors", "store", "modelfiles"),
          arrows("estimate", "model", "lora", "quant", "torch", "weights"),
          arrows("train", "model", "lora", "data", "source", "torch", "safetensors"),
          arrows("generate", "model", "lora", "torch", "tokenizer", "chat", "weights"),
          arrows("inspect", "model", "lora", "torch", "tokenizer", "chat", "weights"),
          arrows("checkpoint", "store", "train", "concurrent"),
          arrows("spec"),
          arrows("imports", "spec"),
          arrows("trail", "concurrent"),
          arrows("tensorboard", "trail"),
          arrows("page", "trail", "store"),
          arrows("mlflow", "trail"));

  /** They compose the others. */
  private static final Set<String> TOP = Set.of("run", "cli");

  @ArchTest
  static final ArchRule arrowsHold =
      CompositeArchRule.of(
          ARROWS.entrySet().stream()
              .map(arrow -> onlyUses(arrow.getKey(), arrow.getValue()))
              .toList());

  @ArchTest
  static final ArchRule everyPackageHasItsPlace =
      classes()
          .that()
          .resideInAPackage(ROOT + "..")
          .should()
          .resideInAnyPackage(placed())
          .because("a new package needs its arrows in this test");

  @ArchTest
  static final ArchRule onlyTheShellKnowsTheApi =
      noClasses()
          .that()
          .resideOutsideOfPackages(
              "io.sftjob.trainer.run..",
              "io.sftjob.trainer.cli..",
              "io.sftjob.trainer.spec..",
              "io.sftjob.trainer.report..")
          .should()
          .dependOnClassesThat(resideInAnyPackage(API).and(DescribedPredicate.not(itsWords())))
          .because("below the shell the API is known by the words of its enums alone");

  @ArchTest
  static final ArchRule onlyTheBridgeTouchesNatives =
      noClasses()
          .that()
          .resideOutsideOfPackages("io.sftjob.trainer.torch..", "ai.djl.pytorch.jni..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(NATIVES);

  @ArchTest
  static final ArchRule onlyTheTokenizerTouchesTokenizersNatives =
      noClasses()
          .that()
          .resideOutsideOfPackage("io.sftjob.trainer.tokenizer..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage(TOKENIZERS);

  private static ArchRule onlyUses(String name, Set<String> used) {
    String[] others =
        ARROWS.keySet().stream()
            .filter(other -> !other.equals(name) && !used.contains(other))
            .map(ArchitectureTest::pattern)
            .toArray(String[]::new);
    return noClasses()
        .that()
        .resideInAPackage(pattern(name))
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(others)
        .orShould()
        .dependOnClassesThat()
        .resideInAnyPackage(TOP.stream().map(ArchitectureTest::pattern).toArray(String[]::new))
        .as("%s uses only %s".formatted(name, used))
        .allowEmptyShould(false);
  }

  private static String[] placed() {
    var names = new TreeSet<>(ARROWS.keySet());
    names.addAll(TOP);
    var patterns = new TreeSet<>(Set.of(ROOT));
    names.forEach(name -> patterns.add(pattern(name)));
    return patterns.toArray(String[]::new);
  }

  private static DescribedPredicate<JavaClass> itsWords() {
    return DescribedPredicate.describe("enums", JavaClass::isEnum);
  }

  private static String pattern(String name) {
    return ROOT + "." + name + "..";
  }

  private static Map.Entry<String, Set<String>> arrows(String name, String... used) {
    return Map.entry(name, new TreeSet<>(List.copyOf(Arrays.asList(used))));
  }
}
