package io.sftjob.trainer.spec;

import io.fabric8.kubernetes.api.model.Quantity;
import io.sftjob.api.v1alpha1.AdapterSource;
import io.sftjob.api.v1alpha1.ComputeSpec;
import io.sftjob.api.v1alpha1.DataSource;
import io.sftjob.api.v1alpha1.ModelSpec;
import io.sftjob.api.v1alpha1.OutputSpec;
import io.sftjob.api.v1alpha1.Uris;
import io.sftjob.api.v1alpha1.WeightedSource;
import io.sftjob.trainer.spec.SpecRules.Rule;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;

/** The CRD's rules of where a job's things are and where it runs. */
final class PlaceRules {
  private static final String GPU = "nvidia.com/gpu";

  static final List<Rule<?>> ALL =
      Stream.of(
              uri(ModelSpec.class, ModelSpec::uri),
              uri(DataSource.class, DataSource::uri),
              uri(WeightedSource.class, WeightedSource::uri),
              uri(AdapterSource.class, AdapterSource::uri),
              uri(OutputSpec.class, OutputSpec::uri),
              List.<Rule<?>>of(
                  new Rule<>(
                      ComputeSpec.class,
                      "GPUs are asked for with compute.gpus: remove nvidia.com/gpu from resources",
                      c ->
                          c.resources() == null
                              || !(has(c.resources().getLimits())
                                  || has(c.resources().getRequests())))))
          .flatMap(List::stream)
          .toList();

  private PlaceRules() {}

  private static <T extends Record> List<Rule<?>> uri(Class<T> type, Function<T, String> uri) {
    return List.of(
        new Rule<>(
            type,
            "uri must be pvc://CLAIM/PATH, in a claim of the job's namespace, or file:///PATH",
            t -> uri.apply(t) == null || uri.apply(t).matches(Uris.PATTERN)),
        new Rule<>(
            type,
            "uri has a `..` segment: write the path as it is seen from the claim's root",
            t ->
                uri.apply(t) == null
                    || List.of(uri.apply(t).split("/", -1)).stream().noneMatch(".."::equals)));
  }

  private static boolean has(Map<String, Quantity> amounts) {
    return amounts != null && amounts.containsKey(GPU);
  }
}
