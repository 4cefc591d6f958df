package io.sftjob.operator;

import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(packages = "io.sftjob.operator", importOptions = DoNotIncludeTests.class)
class ArrowsTest {

  @ArchTest
  static final ArchRule REALITY_IS_READ_IN_PARTS_AND_JOINED_IN_RECONCILE =
      layeredArchitecture()
          .consideringOnlyDependenciesInLayers()
          .layer("reconcile")
          .definedBy("..reconcile..")
          .layer("child")
          .definedBy("..child..")
          .layer("progress")
          .definedBy("io.sftjob.operator.progress..")
          .layer("status")
          .definedBy("io.sftjob.operator.status..")
          .layer("events")
          .definedBy("..events..")
          .layer("metrics")
          .definedBy("..metrics..")
          .layer("config")
          .definedBy("..config..")
          .layer("kube")
          .definedBy("..kube..")
          .whereLayer("reconcile")
          .mayNotBeAccessedByAnyLayer()
          .whereLayer("child")
          .mayOnlyBeAccessedByLayers("reconcile")
          .whereLayer("progress")
          .mayOnlyBeAccessedByLayers("reconcile")
          .whereLayer("status")
          .mayOnlyBeAccessedByLayers("reconcile")
          .whereLayer("events")
          .mayOnlyBeAccessedByLayers("reconcile")
          .whereLayer("metrics")
          .mayOnlyBeAccessedByLayers("reconcile")
          .whereLayer("config")
          .mayOnlyBeAccessedByLayers("reconcile", "child", "progress")
          .whereLayer("kube")
          .mayOnlyBeAccessedByLayers("reconcile", "child", "progress", "status");
}
