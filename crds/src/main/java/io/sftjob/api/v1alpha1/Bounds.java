package io.sftjob.api.v1alpha1;

/** How much a status may hold; the operator cuts what a trainer reports to these sizes. */
public final class Bounds {
  public static final int CHECKPOINTS = 10;
  public static final int ARTIFACTS = 4;
  public static final int DROPS = 24;
  public static final int URI = 1280;
  public static final int MESSAGE = 4096;
  public static final int NAME = 253;
  public static final int WORD = 64;
  public static final int DECIMAL = 32;

  private Bounds() {}
}
