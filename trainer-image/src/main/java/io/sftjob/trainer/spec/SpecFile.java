package io.sftjob.trainer.spec;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.databind.JsonNode;
import io.sftjob.api.v1alpha1.SFTJobSpec;

/**
 * An SFTJob as a file. Status is accepted, so that what {@code kubectl get -o yaml} prints can be
 * run, and not read.
 */
record SpecFile(
    String apiVersion, String kind, Metadata metadata, SFTJobSpec spec, JsonNode status) {

  @JsonIgnoreProperties(ignoreUnknown = true)
  record Metadata(String name, String namespace, String uid) {}
}
