package io.sftjob.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;

@ValidationRule(
    value = "self.uri.matches('" + MlflowSpec.URI + "')",
    fieldPath = ".uri",
    message = MlflowSpec.URI_MESSAGE)
public record MlflowSpec(
    @Required
        @Size(min = 8, max = 1024)
        @JsonPropertyDescription("Where its REST API is: http://HOST:PORT or https://HOST/PATH.")
        String uri,
    @Size(min = 1, max = 256)
        @JsonPropertyDescription("The experiment, made if it is not there (default Default).")
        String experiment,
    @Size(min = 1, max = 256)
        @JsonPropertyDescription(
            "The run's name (default: the job's). A resumed job goes on in it.")
        String runName,
    @JsonPropertyDescription(
            "A Secret of the job's namespace whose value is sent as bearer token (default: none).")
        SecretKey tokenSecret) {

  /** The parts that a server's address has here. */
  public static final String URI = "^https?://[^/?#@ ]+(/[^?#@ ]*)?$";

  public static final String URI_MESSAGE =
      "uri must be http://HOST[:PORT][/PATH] or https://…, without user, password or query: a token belongs into tokenSecret";
}
