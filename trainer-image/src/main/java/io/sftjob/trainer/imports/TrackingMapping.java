package io.sftjob.trainer.imports;

import io.sftjob.trainer.imports.Note.Kind;

/** {@code report_to}: whom a run tells how it goes. */
record TrackingMapping(Carrier carrier) {
  private static final String NAME = "report_to";

  void map() {
    for (String tracker : carrier.arguments().items(NAME)) {
      switch (tracker) {
        case "none" ->
            told(Kind.Moot, tracker, "metrics and a report lie in the output in any case");
        case "tensorboard" ->
            told(Kind.Moot, tracker, "its event files lie in the output in any case");
        case "mlflow", "all" ->
            told(Kind.ToDo, tracker, "write where the server is: tracking: {mlflow: {uri: …}}");
        default ->
            told(
                Kind.Differs,
                tracker,
                "the output has metrics.jsonl, report.html and TensorBoard's event files, and"
                    + " tracking.mlflow tells an MLflow server");
      }
    }
  }

  private void told(Kind kind, String tracker, String text) {
    if (carrier.arguments().isGiven(NAME)) {
      carrier.draft().note(kind, "%s %s: %s".formatted(NAME, tracker, text));
    }
  }
}
