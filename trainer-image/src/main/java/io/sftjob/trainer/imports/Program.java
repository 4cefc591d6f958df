package io.sftjob.trainer.imports;

/** A program whose arguments can be imported. */
public enum Program {
  trl("TRL", "trl.json"),
  llamafactory("LLaMA-Factory", "llamafactory.json");

  private final String title;
  private final String resource;

  Program(String title, String resource) {
    this.title = title;
    this.resource = resource;
  }

  String title() {
    return title;
  }

  /** Its {@link KnownArguments}. */
  String resource() {
    return resource;
  }
}
