package io.sftjob.trainer.run;

import io.sftjob.trainer.data.Fingerprint;
import java.util.Map;
import java.util.TreeMap;

/** What the rows were made of, as a map in a checkpoint. */
final class Fingerprints {
  private Fingerprints() {}

  static Map<String, String> map(Fingerprint fingerprint) {
    var map = new TreeMap<String, String>();
    map.put("trainData", fingerprint.trainData());
    map.put("evalData", fingerprint.evalData());
    map.put("tokenizer", fingerprint.tokenizer());
    map.put("template", fingerprint.template());
    map.put("settings", fingerprint.settings());
    return map;
  }

  static Fingerprint of(Map<String, String> map) {
    return new Fingerprint(
        map.get("trainData"),
        map.get("evalData"),
        map.get("tokenizer"),
        map.get("template"),
        map.get("settings"));
  }
}
