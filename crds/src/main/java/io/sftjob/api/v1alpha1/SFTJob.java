package io.sftjob.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonClassDescription;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn;
import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn.Type;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.ValidationRule;
import io.fabric8.kubernetes.api.model.Namespaced;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Categories;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Plural;
import io.fabric8.kubernetes.model.annotation.ShortNames;
import io.fabric8.kubernetes.model.annotation.Version;

/** One supervised fine-tuning run: a checkpoint, a data set and a recipe in, a LoRA adapter out. */
@Group(SFTJob.GROUP)
@Version(SFTJob.VERSION)
@Plural("sftjobs")
@ShortNames("sft")
@Categories("sft")
@JsonClassDescription(
    "One supervised fine-tuning run: a checkpoint, a data set and a recipe in, a LoRA adapter out.")
@ValidationRule(
    value = "size(self.metadata.name) <= 52",
    message = "metadata.name is too long: at most 52 characters, so that its pods' names fit")
@AdditionalPrinterColumn(name = "State", jsonPath = ".status.state", type = Type.STRING)
@AdditionalPrinterColumn(
    name = "Reason",
    jsonPath = ".status.conditions[?(@.type==\"Succeeded\")].reason",
    type = Type.STRING,
    getDescription = "Why it is in that state: the reason of the Succeeded condition.")
@AdditionalPrinterColumn(
    name = "Progress",
    jsonPath = ".status.progress.percent",
    type = Type.INTEGER,
    getDescription = "Percent of the optimizer steps.")
@AdditionalPrinterColumn(name = "Step", jsonPath = ".status.progress.step", type = Type.INTEGER)
@AdditionalPrinterColumn(name = "Loss", jsonPath = ".status.progress.loss", type = Type.STRING)
@AdditionalPrinterColumn(
    name = "Checkpoint",
    jsonPath = ".status.checkpoints[-1:].step",
    type = Type.INTEGER,
    getDescription = "The step of the newest checkpoint.")
@AdditionalPrinterColumn(name = "Age", jsonPath = ".metadata.creationTimestamp", type = Type.DATE)
@AdditionalPrinterColumn(
    name = "ETA",
    jsonPath = ".status.progress.etaSeconds",
    type = Type.INTEGER,
    priority = 1,
    getDescription = "Seconds until the end, by the trainer's estimate.")
@AdditionalPrinterColumn(
    name = "Tokens/s",
    jsonPath = ".status.progress.tokensPerSecond",
    type = Type.STRING,
    priority = 1)
@AdditionalPrinterColumn(
    name = "Attempt",
    jsonPath = ".status.attempt",
    type = Type.INTEGER,
    priority = 1)
@AdditionalPrinterColumn(
    name = "Artifact",
    jsonPath = ".status.artifacts[0].uri",
    type = Type.STRING,
    priority = 1)
public class SFTJob extends CustomResource<SFTJobSpec, SFTJobStatus> implements Namespaced {
  public static final String GROUP = "sftjob.io";
  public static final String VERSION = "v1alpha1";
  public static final String API_VERSION = GROUP + "/" + VERSION;
  public static final String KIND = "SFTJob";

  @Override
  @Required
  @JsonPropertyDescription("What to train.")
  public SFTJobSpec getSpec() {
    return super.getSpec();
  }

  @Override
  @JsonPropertyDescription("What is true of the run; written by the operator.")
  public SFTJobStatus getStatus() {
    return super.getStatus();
  }
}
