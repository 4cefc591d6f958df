package io.sftjob.operator.child;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.PodTemplateSpecBuilder;
import io.fabric8.kubernetes.api.model.Toleration;
import io.sftjob.api.v1alpha1.ComputeSpec;
import io.sftjob.api.v1alpha1.SFTJob;
import io.sftjob.operator.config.Settings;
import io.sftjob.operator.kube.Pods;
import java.util.List;
import java.util.Map;

/** The trainer's pod: docs/contract.md as a pod template, at Pod Security level `restricted`. */
final class TrainerPod {
  private static final ComputeSpec NO_COMPUTE = new ComputeSpec(null, null, null, null);

  private static final long USER = 65532;
  private static final String SPEC_FOLDER = "/etc/sft";

  private TrainerPod() {}

  static PodTemplateSpec template(SFTJob job, int execution, Settings.Trainer settings) {
    var compute = compute(job);
    return new PodTemplateSpecBuilder()
        .withNewMetadata()
        .withLabels(Labels.of(job, execution))
        .withAnnotations(Children.ANNOTATIONS)
        .endMetadata()
        .withNewSpec()
        .withRestartPolicy("Never")
        .withTerminationGracePeriodSeconds(settings.gracePeriodSeconds())
        .withAutomountServiceAccountToken(false)
        .withEnableServiceLinks(false)
        .withNodeSelector(compute.nodeSelector() == null ? Map.of() : compute.nodeSelector())
        .withTolerations(tolerations(compute))
        .withNewSecurityContext()
        .withRunAsNonRoot(true)
        .withRunAsUser(USER)
        .withRunAsGroup(USER)
        .withFsGroup(USER)
        // A claim may hold a large model: its files change owner once, not at every start.
        .withFsGroupChangePolicy("OnRootMismatch")
        .withNewSeccompProfile()
        .withType("RuntimeDefault")
        .endSeccompProfile()
        .endSecurityContext()
        .withContainers(container(job, settings))
        .addNewVolume()
        .withName("spec")
        .withNewConfigMap()
        .withName(Children.name(job, execution))
        .endConfigMap()
        .endVolume()
        .addNewVolume()
        .withName("tmp")
        .withNewEmptyDir()
        .endEmptyDir()
        .endVolume()
        .addAllToVolumes(Claims.of(job.getSpec()).volumes())
        .endSpec()
        .build();
  }

  private static Container container(SFTJob job, Settings.Trainer settings) {
    return new ContainerBuilder()
        .withName(Pods.TRAINER)
        .withImage(settings.image())
        .withImagePullPolicy(settings.pullPolicy())
        .withArgs("train", "--spec", SPEC_FOLDER + "/" + TrainerConfigMap.KEY)
        .withEnv(TrainerEnv.of(compute(job), job.getSpec().tracking(), settings))
        .addNewPort()
        .withName("http")
        .withContainerPort(settings.port())
        .endPort()
        .withResources(Resources.of(compute(job)))
        .withTerminationMessagePath(TrainerEnv.TERMINATION_LOG)
        .withTerminationMessagePolicy("FallbackToLogsOnError")
        .withNewSecurityContext()
        .withAllowPrivilegeEscalation(false)
        .withReadOnlyRootFilesystem(true)
        .withNewCapabilities()
        .withDrop("ALL")
        .endCapabilities()
        .endSecurityContext()
        .addNewVolumeMount()
        .withName("spec")
        .withMountPath(SPEC_FOLDER)
        .withReadOnly(true)
        .endVolumeMount()
        .addNewVolumeMount()
        .withName("tmp")
        .withMountPath("/tmp")
        .endVolumeMount()
        .addAllToVolumeMounts(Claims.of(job.getSpec()).mounts())
        .build();
  }

  private static ComputeSpec compute(SFTJob job) {
    return job.getSpec().compute() == null ? NO_COMPUTE : job.getSpec().compute();
  }

  private static List<Toleration> tolerations(ComputeSpec compute) {
    return compute.tolerations() == null ? List.of() : compute.tolerations();
  }
}
