package io.sftjob.api.v1alpha1;

import io.fabric8.generator.annotation.Required;
import io.fabric8.kubernetes.api.model.Namespaced;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Plural;
import io.fabric8.kubernetes.model.annotation.ShortNames;
import io.fabric8.kubernetes.model.annotation.Version;

/** One supervised fine-tuning run: a checkpoint, a data set and a recipe in, a LoRA adapter out. */
@Group(SFTJob.GROUP)
@Version(SFTJob.VERSION)
@Plural("sftjobs")
@ShortNames("sft")
public class SFTJob extends CustomResource<SFTJobSpec, SFTJobStatus> implements Namespaced {
  public static final String GROUP = "sftjob.io";
  public static final String VERSION = "v1alpha1";
  public static final String API_VERSION = GROUP + "/" + VERSION;
  public static final String KIND = "SFTJob";

  @Override
  @Required
  public SFTJobSpec getSpec() {
    return super.getSpec();
  }
}
