package io.sftjob.trainer.source;

/** How a file is compressed as a whole. */
enum Compression {
  None(""),
  Gzip(".gz"),
  Zstd(".zst");

  private final String extension;

  Compression(String extension) {
    this.extension = extension;
  }

  /** By its extension. */
  static Compression of(String name) {
    return name.endsWith(Gzip.extension) ? Gzip : name.endsWith(Zstd.extension) ? Zstd : None;
  }

  /** The name without what says this. */
  String strip(String name) {
    return name.substring(0, name.length() - extension.length());
  }
}
