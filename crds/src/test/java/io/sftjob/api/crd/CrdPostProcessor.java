package io.sftjob.api.crd;

import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn;
import io.fabric8.crdv2.generator.CRDPostProcessor;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.sftjob.api.v1alpha1.SFTJob;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/** What the generator can not be told by annotations: the order of columns, borrowed types. */
final class CrdPostProcessor implements CRDPostProcessor {

  @Override
  public HasMetadata process(HasMetadata resource, String crdSpecVersion) {
    var crd = (CustomResourceDefinition) resource;
    var version = crd.getSpec().getVersions().getFirst();
    // The generator sorts columns by path; people read them in the order of the annotations.
    version
        .getAdditionalPrinterColumns()
        .sort(Comparator.comparing(c -> order().indexOf(c.getName())));
    var job = version.getSchema().getOpenAPIV3Schema().getProperties();
    BorrowedTypes.bound(job.get("spec"), job.get("status"));
    return crd;
  }

  private static List<String> order() {
    return Arrays.stream(SFTJob.class.getAnnotationsByType(AdditionalPrinterColumn.class))
        .map(AdditionalPrinterColumn::name)
        .toList();
  }
}
