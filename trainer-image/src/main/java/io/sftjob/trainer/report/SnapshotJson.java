package io.sftjob.trainer.report;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.sftjob.api.progress.ProgressSnapshot;
import java.io.UncheckedIOException;

/** A snapshot as JSON in UTF-8; absent values are left out. */
public final class SnapshotJson {
  private static final ObjectMapper JSON =
      JsonMapper.builder().defaultPropertyInclusion(nonNull()).build();

  private SnapshotJson() {}

  public static byte[] bytes(ProgressSnapshot snapshot) {
    try {
      return JSON.writeValueAsBytes(snapshot);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static JsonInclude.Value nonNull() {
    return JsonInclude.Value.construct(JsonInclude.Include.NON_NULL, JsonInclude.Include.ALWAYS);
  }
}
