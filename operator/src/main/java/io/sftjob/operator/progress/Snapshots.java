package io.sftjob.operator.progress;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.sftjob.api.progress.ProgressSnapshot;
import io.sftjob.operator.progress.Problem.Kind;
import java.io.IOException;

/** Reads what a trainer wrote, and believes nothing that the status could not hold. */
final class Snapshots {
  private static final JsonMapper JSON =
      JsonMapper.builder()
          .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
          .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
          // A newer trainer may say more.
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
          .build();

  private Snapshots() {}

  static ProgressSnapshot read(byte[] json) throws UnusableException {
    try {
      var snapshot = JSON.readValue(json, ProgressSnapshot.class);
      if (snapshot == null)
        throw new UnusableException(Kind.Malformed, "null instead of an object");
      var wrong = Ranges.violation(snapshot);
      if (wrong.isPresent()) throw new UnusableException(Kind.Malformed, wrong.get());
      return snapshot;
    } catch (JsonMappingException e) {
      throw new UnusableException(Kind.Malformed, field(e) + e.getOriginalMessage());
    } catch (JsonProcessingException e) {
      throw new UnusableException(Kind.Malformed, e.getOriginalMessage());
    } catch (IOException e) {
      throw new UnusableException(Kind.Malformed, e.getMessage());
    }
  }

  private static String field(JsonMappingException e) {
    return e.getPath().isEmpty() ? "" : e.getPath().getFirst().getFieldName() + ": ";
  }
}
